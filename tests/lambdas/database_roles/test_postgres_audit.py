"""The audit schema: what each role can do with it, tried as each of its logins."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pg8000.exceptions import DatabaseError

from lambdas.database_roles.database import ConflictError
from tests.lambdas.database_roles.platform import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lambdas.database_roles.platform import Platform

INSERT = "INSERT INTO audit.events (actor, action, subject, details) VALUES ('ann', 'create', 'user/1', '{\"a\": 1}')"
REFUSED = "42501"
LOGINS = [(role["name"], slot) for role in ROLES for slot in (role["stores"] or {"iam": None})]

FORBIDDEN = [
    "UPDATE audit.events SET action = 'other'",
    "UPDATE audit.events SET details = '{}' WHERE id = 1",
    "DELETE FROM audit.events",
    "TRUNCATE audit.events",
    "DROP TABLE audit.events",
    "DROP TABLE audit.events CASCADE",
    "DROP SCHEMA audit CASCADE",
    "ALTER TABLE audit.events ADD COLUMN more text",
    "ALTER TABLE audit.events ALTER COLUMN occurred_at DROP DEFAULT",
    "ALTER TABLE audit.events RENAME TO past",
    "ALTER TABLE audit.events OWNER TO CURRENT_USER",
    "ALTER SCHEMA audit RENAME TO past",
    "INSERT INTO audit.events (actor, action, occurred_at) VALUES ('ann', 'create', now())",
    "INSERT INTO audit.events (actor, action, role) VALUES ('ann', 'create', 'owner')",
    "INSERT INTO audit.events (id, actor, action) OVERRIDING SYSTEM VALUE VALUES (1, 'ann', 'create')",
    "INSERT INTO audit.events (actor, action) VALUES ('ann', 'x') ON CONFLICT (id) DO UPDATE SET action = 'y'",
    "SELECT id FROM audit.events FOR UPDATE",
    "CREATE TRIGGER t BEFORE INSERT ON audit.events FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE r AS ON INSERT TO audit.events DO INSTEAD NOTHING",
    "CREATE INDEX ON audit.events (actor)",
    "CREATE TABLE audit.more (id int)",
    "CREATE VIEW audit.more AS SELECT 1",
    "SET ROLE audit_owner",
    "GRANT audit_owner TO CURRENT_USER",
    "ALTER ROLE audit_owner LOGIN",
    "DROP ROLE audit_owner",
    "DO $$BEGIN LOCK TABLE audit.events IN ACCESS EXCLUSIVE MODE; END$$",
]


@contextmanager
def signed_in(platform: Platform, name: str, slot: str) -> Iterator[Any]:
    """A connection as a login; one that signs in by IAM is put on by RDS's superuser."""
    if slot != "iam":
        stored = platform.stored(name, slot)
        connection = platform.sign_in(stored["username"], stored["password"])
        try:
            yield connection
        finally:
            connection.close()
        return
    with platform.server.administrator() as connection:
        connection.run(f"SET SESSION AUTHORIZATION {name}_iam")
        yield connection


def events(platform: Platform) -> list[list[Any]]:
    with platform.master() as master:
        rows: list[list[Any]] = master.run("SELECT * FROM audit.events ORDER BY id")
    return rows


@pytest.mark.parametrize(("name", "slot"), LOGINS)
def test_no_role_changes_or_removes_an_event(shared: Platform, name: str, slot: str) -> None:
    with shared.client("backend") as backend:
        backend.run(INSERT)
    before = events(shared)

    with signed_in(shared, name, slot) as client:
        for statement in FORBIDDEN:
            with pytest.raises(DatabaseError) as caught:
                client.run(statement)
            assert caught.value.args[0]["C"] == REFUSED, (statement, caught.value)

    assert events(shared) == before


@pytest.mark.parametrize(("name", "slot"), LOGINS)
def test_only_roles_with_the_right_insert_and_read(shared: Platform, name: str, slot: str) -> None:
    (rights,) = (role["audit"] for role in ROLES if role["name"] == name)
    for right, statement in (("insert", INSERT), ("read", "SELECT * FROM audit.events")):
        with signed_in(shared, name, slot) as client:
            if right in rights:
                client.run(statement)
            else:
                with pytest.raises(DatabaseError, match=REFUSED):
                    client.run(statement)


def test_the_server_says_when_and_which_role(shared: Platform) -> None:
    for slot in ("a", "b"):
        with signed_in(shared, "worker", slot) as worker:
            worker.run("SET ROLE NONE")
            worker.run(INSERT)
    with shared.master() as master:
        rows = master.run(
            "SELECT role, actor, details, occurred_at BETWEEN now() - interval '1 minute' AND clock_timestamp() "
            "FROM audit.events ORDER BY id DESC LIMIT 2"
        )
    assert rows == [["worker", "ann", {"a": 1}, True]] * 2


@pytest.mark.emulator
def test_a_right_that_is_taken_from_the_settings_is_taken(platform: Platform) -> None:
    platform.call("prepare")
    platform.roles = tuple(role | {"audit": []} for role in platform.roles)
    platform.call("apply")
    with platform.client("worker") as worker:
        for statement in (INSERT, "SELECT * FROM audit.events"):
            with pytest.raises(DatabaseError, match=REFUSED):
                worker.run(statement)


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["CREATE SCHEMA audit"], "the schema audit belongs to user_management, and this function keeps its own"),
        (
            ["ALTER TABLE audit.events RENAME TO past", "CREATE TABLE audit.events (id int)"],
            "the table audit.events lacks the columns actor, action, subject, details, occurred_at, role",
        ),
    ],
)
def test_an_audit_schema_of_somebody_else_stays(platform: Platform, statements: list[str], message: str) -> None:
    if len(statements) > 1:
        platform.call("prepare")
    with platform.master() as master:
        for statement in statements:
            master.run(statement)
    with pytest.raises(ConflictError, match=message):
        platform.call("apply")
