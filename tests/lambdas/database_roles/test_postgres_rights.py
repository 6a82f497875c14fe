"""What the roles may do in PostgreSQL, on each major version that the machine has."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from pg8000.exceptions import DatabaseError

from tests.lambdas.database_roles.platform import MASTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lambdas.database_roles.platform import Platform

REFUSED = "42501"


@pytest.fixture
def migrated(shared: Platform) -> Iterator[Platform]:
    """The owner has made a table with a sequence and a function in each schema."""
    with shared.client("owner") as owner:
        for schema in ("backend", "worker"):
            owner.run(f"CREATE TABLE {schema}.people (id serial PRIMARY KEY, name text)")
            owner.run(of(schema, "INSERT INTO $schema.people (name) VALUES ('ann')"))
            owner.run(f"CREATE FUNCTION {schema}.answer() RETURNS int LANGUAGE sql AS 'SELECT 42'")
        yield shared
        for schema in ("backend", "worker"):
            owner.run(f"DROP TABLE {schema}.people CASCADE")
            owner.run(f"DROP FUNCTION {schema}.answer")


def of(schema: str, statement: str) -> str:
    return statement.replace("$schema", schema)


def refuse(client: Any, *statements: str, code: str = REFUSED) -> None:
    for statement in statements:
        with pytest.raises(DatabaseError) as caught:
            client.run(statement)
        assert caught.value.args[0]["C"] == code, (statement, caught.value)


def test_a_role_reads_and_writes_its_own_schema_without_naming_it(migrated: Platform) -> None:
    with migrated.client("backend") as backend:
        backend.run("INSERT INTO people (name) VALUES ('bob')")
        backend.run("UPDATE people SET name = 'ben' WHERE name = 'bob'")
        assert backend.run("SELECT name, answer() FROM people ORDER BY id") == [["ann", 42], ["ben", 42]]
        backend.run("DELETE FROM people WHERE name = 'ben'")
        backend.run("SELECT currval('people_id_seq')")


def test_a_role_changes_no_structure(migrated: Platform) -> None:
    with migrated.client("backend") as backend:
        refuse(
            backend,
            "CREATE TABLE mine (id int)",
            "CREATE TABLE public.mine (id int)",
            "CREATE TEMPORARY TABLE mine (id int)",
            "CREATE SCHEMA mine",
            "ALTER TABLE people ADD COLUMN more text",
            "CREATE INDEX ON people (name)",
            "TRUNCATE people",
            "DROP TABLE people",
            "DROP SCHEMA backend CASCADE",
            "CREATE TABLE child (id int REFERENCES backend.people)",
            "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "SELECT setval('people_id_seq', 1)",
            "CREATE EXTENSION pgcrypto",
            "CREATE DATABASE mine",
            "CREATE ROLE mine",
        )


def test_a_role_does_not_see_the_schema_of_another(migrated: Platform) -> None:
    with migrated.client("backend") as backend:
        refuse(
            backend,
            "SELECT * FROM worker.people",
            "INSERT INTO worker.people (name) VALUES ('bob')",
            "SELECT worker.answer()",
            "CREATE TABLE worker.mine (id int)",
        )


def test_a_role_cannot_become_another(shared: Platform) -> None:
    others = ("owner", "owner_a", "worker", "worker_a", "reports", "audit_owner", MASTER, "rds_superuser", "rdsadmin")
    for name in ("backend", "worker", "reports"):
        with shared.client(name) as client:
            for other in others:
                if other.split("_")[0] != name:
                    refuse(
                        client, f"SET ROLE {other}", f"SET SESSION AUTHORIZATION {other}", f"GRANT {other} TO {name}"
                    )
            refuse(client, f"ALTER ROLE {name} CREATEROLE", "ALTER ROLE owner_a PASSWORD 'mine'")


def test_a_read_only_role_reads_all_schemas_and_writes_nothing(migrated: Platform) -> None:
    with migrated.client("reports") as reports:
        for schema in ("backend", "worker"):
            assert reports.run(of(schema, "SELECT name FROM $schema.people")) == [["ann"]]
            refuse(
                reports,
                *(
                    of(schema, statement)
                    for statement in (
                        "INSERT INTO $schema.people (name) VALUES ('bob')",
                        "UPDATE $schema.people SET name = 'bob'",
                        "DELETE FROM $schema.people",
                        "TRUNCATE $schema.people",
                        "SELECT nextval('$schema.people_id_seq')",
                        "SELECT $schema.answer()",  # which could write with the rights of the owner
                        "CREATE TABLE $schema.mine (id int)",
                    )
                ),
            )


def test_what_the_owner_creates_belongs_to_the_role_whichever_login_was_used(shared: Platform) -> None:
    for slot in ("a", "b"):
        stored = shared.stored("owner", slot)
        owner = shared.sign_in(stored["username"], stored["password"])
        owner.run(f"CREATE TABLE backend.of_{slot} (id int)")
        assert owner.run("SELECT session_user::text, current_user::text") == [[f"owner_{slot}", "owner"]]
        owner.close()
    with shared.client("owner") as owner:
        rows = owner.run("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename IN ('of_a', 'of_b')")
        assert rows == [["owner"]]
        owner.run("ALTER TABLE backend.of_a ADD COLUMN name text")
        owner.run("DROP TABLE backend.of_a, backend.of_b")
        owner.run("CREATE TEMPORARY TABLE scratch (id int)")
        owner.run("CREATE SCHEMA more")
        owner.run("DROP SCHEMA more")
        # With several schemas, it must say in which a table is to be.
        refuse(owner, "CREATE TABLE somewhere (id int)", code="3F000")


def test_the_owner_makes_no_roles_and_no_databases(shared: Platform) -> None:
    with shared.client("owner") as owner:
        refuse(
            owner,
            "CREATE ROLE mine",
            "CREATE DATABASE mine",
            "ALTER ROLE backend_a PASSWORD 'mine'",
            "SET ROLE backend",
        )


def test_nobody_enters_the_database_without_a_grant(shared: Platform) -> None:
    with shared.master() as master:
        master.run("CREATE ROLE visitor LOGIN PASSWORD 'visitor'")
        master.run("CREATE DATABASE other")
    try:
        shared.call("apply")
        for database in ("users", "other"):
            with pytest.raises(DatabaseError, match="permission denied for database"):
                shared.sign_in("visitor", "visitor", database=database)
        # RDS Proxy signs in there with a user that is made after the roles.
        shared.sign_in("visitor", "visitor", database="postgres").close()
    finally:
        with shared.master() as master:
            master.run("DROP DATABASE other")
            master.run("DROP ROLE visitor")


def test_tables_that_were_there_before_get_the_rights(shared: Platform) -> None:
    with shared.master() as master:
        master.run("CREATE TABLE backend.old (id serial, name text)")
        master.run("CREATE FUNCTION backend.old() RETURNS int LANGUAGE sql AS 'SELECT 42'")
        with shared.client("backend") as backend:
            refuse(backend, "SELECT * FROM old")
            shared.call("apply")
            backend.run("INSERT INTO old (name) VALUES ('ann')")
            assert backend.run("SELECT old()") == [[42]]
        with shared.client("reports") as reports:
            assert reports.run("SELECT name FROM backend.old") == [["ann"]]
            refuse(reports, "SELECT backend.old()")
        master.run("DROP TABLE backend.old")
        master.run("DROP FUNCTION backend.old")


def test_rights_that_somebody_added_are_taken_away(migrated: Platform) -> None:
    with migrated.client("owner") as owner:
        for right in (
            "USAGE ON SCHEMA worker",
            "CREATE ON SCHEMA backend",
            "ALL ON worker.people",
            "TRUNCATE ON backend.people",
        ):
            owner.run(f"GRANT {right} TO backend")
        owner.run("GRANT INSERT ON backend.people TO reports")
    migrated.call("apply")
    with migrated.client("backend") as backend:
        refuse(backend, "SELECT * FROM worker.people", "CREATE TABLE mine (id int)", "TRUNCATE people")
    with migrated.client("reports") as reports:
        refuse(reports, "INSERT INTO backend.people (name) VALUES ('bob')")


def test_objects_of_an_extension_do_not_stop_it(shared: Platform) -> None:
    with shared.client("owner") as owner:
        owner.run("CREATE EXTENSION pg_trgm SCHEMA backend")
        shared.call("apply")
        with shared.client("backend") as backend:
            assert backend.run("SELECT similarity('ann', 'ann')") == [[1.0]]
        owner.run("DROP EXTENSION pg_trgm")


def test_a_login_that_signs_in_by_iam_has_no_password(shared: Platform) -> None:
    with shared.server.administrator() as administrator:
        rows = administrator.run(
            "SELECT rolpassword, pg_has_role('people_iam', 'rds_iam', 'MEMBER'), "
            "pg_has_role('people_iam', 'people', 'USAGE') FROM pg_authid WHERE rolname = 'people_iam'"
        )
        assert rows == [[None, True, True]]
        assert administrator.run("SELECT count(*) FROM pg_authid WHERE rolname LIKE 'people\\__'") == [[0]]
    assert shared.url("people") == "postgresql://people_iam@localhost:5432/users?sslmode=verify-full"
    with pytest.raises(DatabaseError, match="28000"):
        shared.sign_in("people_iam", "")


def test_no_role_gets_code_into_the_session_of_the_master(shared: Platform) -> None:
    """The search path of a user starts with the schema of its name, and `owner` may create schemas."""
    planted = (
        "CREATE SCHEMA $schema",
        "CREATE TABLE $schema.seen (name text)",
        # PostgreSQL itself has no operator of exactly these types, so this one is the better match.
        (
            "CREATE FUNCTION $schema.equal(a oid, b regclass) RETURNS boolean LANGUAGE plpgsql AS "
            "'BEGIN INSERT INTO $schema.seen VALUES (current_user); RETURN a = b::oid; END'"
        ),
        "CREATE OPERATOR $schema.= (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = $schema.equal)",
    )
    with shared.client("owner") as owner:
        for statement in planted:
            owner.run(of(MASTER, statement))
        try:
            shared.call("apply")
            assert owner.run(of(MASTER, "SELECT name FROM $schema.seen")) == []
        finally:
            owner.run(of(MASTER, "DROP SCHEMA $schema CASCADE"))


@pytest.mark.parametrize("function", ["pg_advisory_lock", "pg_advisory_lock_shared"])
def test_a_role_that_takes_the_lock_of_the_function_loses_it(shared: Platform, function: str) -> None:
    holder = shared.connect(shared.url("backend"))
    held = holder._usock  # noqa: SLF001  it stays open when the server has ended the session
    holder.run(f"SELECT {function}(6027111841)")
    assert shared.call("apply")["outcome"] == "applied"
    with pytest.raises(Exception, match=r"terminating connection|network error|unpack requires"):
        holder.run("SELECT 1")
    with suppress(Exception):
        holder.close()
    held.close()
    # Locks of its own stay.
    with shared.client("backend") as backend:
        backend.run("SELECT pg_advisory_lock(1732144545), pg_advisory_lock(1, 1732144545)")
        assert shared.call("turn")["outcome"] == "nothing is due"
        backend.run("SELECT 1")


@pytest.mark.parametrize("event", [{"action": "apply"}, {"action": "rotate", "role": "worker"}])
def test_what_a_login_sets_for_itself_does_not_stay(shared: Platform, event: dict[str, Any]) -> None:
    for slot in ("a", "b"):
        stored = shared.stored("worker", slot)
        worker = shared.sign_in(stored["username"], stored["password"])
        for where in ("", "IN DATABASE users "):
            worker.run(f"ALTER ROLE SESSION_USER {where}SET default_transaction_read_only = on")
            worker.run(f"ALTER ROLE SESSION_USER {where}SET search_path = pg_catalog")
        worker.close()
    shared.call(**event)
    with shared.client("worker") as worker:
        assert worker.run("SELECT current_setting('default_transaction_read_only')") == [["off"]]
        assert worker.run("SHOW search_path") == [["worker, public"]]
