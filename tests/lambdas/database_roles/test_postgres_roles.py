"""Roles that come and go, names that are taken, and databases from before."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError

from lambdas.database_roles.database import ConflictError, RolesError, UnreachableError
from tests.lambdas.database_roles.platform import (
    BACKEND,
    MASTER,
    OWNER,
    PATH,
    PEOPLE,
    REPORTS,
    WORKER,
    role,
)
from tests.lambdas.database_roles.test_rotation import be_patient

if TYPE_CHECKING:
    from tests.lambdas.database_roles.platform import Platform

pytestmark = [pytest.mark.emulator, pytest.mark.seconds(3)]


def rows(platform: Platform, query: str) -> list[Any]:
    with platform.server.administrator() as administrator:
        found: list[list[Any]] = administrator.run(query)
    return [row[0] for row in found]


def logins(platform: Platform) -> list[str]:
    return rows(platform, "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname ~ '_(a|b|iam)$' ORDER BY 1")


def test_a_role_that_is_added_can_be_used_and_read_by_those_that_read_all(applied: Platform) -> None:
    applied.change(*applied.roles, role("billing"))
    applied.call("apply")
    with applied.client("owner") as owner:
        owner.run("CREATE TABLE billing.invoices (id int)")
    with applied.client("billing") as billing:
        billing.run("INSERT INTO invoices VALUES (1)")
    with applied.client("reports") as reports:
        assert reports.run("SELECT id FROM invoices") == [[1]]


def test_a_role_that_is_removed_cannot_sign_in_and_its_data_stays(applied: Platform) -> None:
    with applied.client("owner") as owner:
        owner.run("CREATE TABLE worker.people (id int)")
        owner.run("INSERT INTO worker.people VALUES (1)")
    url = applied.url("worker")
    session = applied.connect(url)
    applied.change(OWNER, BACKEND, REPORTS)

    applied.call("apply")

    assert logins(applied) == ["backend_a", "backend_b", "owner_a", "owner_b", "reports_a", "reports_b"]
    with pytest.raises(DatabaseError, match="28"):
        applied.connect(url)
    with pytest.raises(Exception, match=r"terminating connection|network error|unpack requires"):
        session.run("SELECT * FROM people")
    with suppress(InterfaceError):
        session.close()
    with applied.client("reports") as reports, pytest.raises(DatabaseError, match="42501"):
        reports.run("SELECT * FROM worker.people")
    with applied.client("owner") as owner:
        assert owner.run("SELECT id FROM worker.people") == [[1]]

    # It may come back, with its data.
    applied.change(OWNER, BACKEND, REPORTS, WORKER)
    for slot in ("a", "b"):
        applied.ssm.put_parameter(Name=f"/{PATH}/worker/{slot}", Value="unset", Type="SecureString", Overwrite=True)
    applied.call("apply")
    with applied.client("worker") as worker:
        assert worker.run("SELECT id FROM people") == [[1]]


def test_a_removed_login_to_which_somebody_gave_something_stays_without_a_way_in(applied: Platform) -> None:
    with applied.master() as master:
        master.run("CREATE TABLE public.theirs (id int)")
        master.run("GRANT SELECT ON public.theirs TO worker_a")
    applied.change(OWNER, BACKEND)
    applied.call("apply")
    assert logins(applied) == ["backend_a", "backend_b", "owner_a", "owner_b"]
    assert rows(applied, "SELECT rolname FROM pg_roles WHERE rolname IN ('worker_a', 'worker_b')") == ["worker_a"]
    assert rows(applied, "SELECT pg_has_role('worker_a', 'worker', 'MEMBER')") == [False]
    assert applied.call("apply")["outcome"] == "applied"


def test_a_role_may_change_how_it_signs_in_and_what_it_may_do(applied: Platform) -> None:
    applied.change(OWNER, BACKEND, WORKER | {"access": "read_only"}, REPORTS | {"iam": True, "stores": {}})
    applied.call("apply")
    assert [name for name in logins(applied) if name.startswith("reports")] == ["reports_iam"]
    with applied.client("owner") as owner:
        owner.run("CREATE TABLE backend.people (id int)")
        owner.run("CREATE TABLE worker.people (id int)")
    with applied.client("worker") as worker:
        assert worker.run("SELECT * FROM backend.people") == []
        for statement in ("INSERT INTO backend.people VALUES (1)", "SELECT * FROM worker.people"):
            with pytest.raises(DatabaseError, match="42501"):
                worker.run(statement)

    applied.change(OWNER, BACKEND, WORKER, REPORTS, PEOPLE)
    applied.call("apply")
    with applied.client("reports") as reports:
        assert reports.run("SELECT * FROM worker.people") == []
    assert "reports_iam" not in logins(applied)


def test_a_password_login_that_somebody_put_into_rds_iam_can_sign_in_again(applied: Platform) -> None:
    with applied.master() as master:
        master.run("GRANT rds_iam TO worker_a")
    with pytest.raises(DatabaseError, match="28"):
        applied.connect(applied.url("worker"))
    applied.call("apply")
    applied.connect(applied.url("worker")).close()


@pytest.mark.parametrize("name", ["backend", "owner", "worker_b", "audit_owner"])
def test_a_role_of_somebody_else_is_refused_and_stays_as_it_is(platform: Platform, name: str) -> None:
    with platform.master() as master:
        master.run(f"CREATE ROLE {name} LOGIN PASSWORD 'theirs'")
    with platform.server.administrator() as administrator:
        administrator.run(f"GRANT CREATE ON SCHEMA public TO {name}")
    session = platform.sign_in(name, "theirs")
    session.run("CREATE TABLE public.theirs (id int)")

    with pytest.raises(
        ConflictError, match=f"the database has a role {name} that this function did not make"
    ) as caught:
        platform.call("apply")

    session.run("INSERT INTO theirs VALUES (1)")
    session.close()
    platform.sign_in(name, "theirs").close()
    # Nothing was made of the others either, and the message has the way on.
    assert logins(platform) == (["worker_b"] if name == "worker_b" else [])
    with platform.master() as master:
        master.run(f"COMMENT ON ROLE {str(caught.value).rpartition('COMMENT ON ROLE ')[2]}")
    assert platform.call("apply")["outcome"] == "applied"


def test_a_schema_of_somebody_else_is_refused_and_one_of_the_master_is_taken(platform: Platform) -> None:
    with platform.server.administrator() as administrator:
        administrator.run("CREATE SCHEMA backend")
    with platform.master() as master:
        master.run("CREATE SCHEMA worker")
        master.run("CREATE TABLE worker.people (id int)")
    with pytest.raises(ConflictError, match="the schema backend belongs to rdsadmin"):
        platform.call("apply")
    with platform.server.administrator() as administrator:
        administrator.run("DROP SCHEMA backend")
    platform.call("apply")
    assert rows(platform, "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'worker'") == ["owner"]
    with platform.client("worker") as worker:
        worker.run("INSERT INTO people VALUES (1)")


def test_a_table_that_the_master_may_not_grant_is_reported(applied: Platform) -> None:
    with applied.server.administrator() as administrator:
        administrator.run("CREATE TABLE backend.theirs (id int)")
    with pytest.raises(ConflictError, match="permission denied for table theirs"):
        applied.call("apply")
    # The transaction was rolled back, and what was there still works.
    applied.connect(applied.url("backend")).close()


def test_apply_repairs_a_database_that_was_restored(applied: Platform) -> None:
    """Its passwords are older than those that are stored, and a role that is newer than the backup is missing."""
    with applied.master() as master:
        for login in ("owner_a", "backend_a", "backend_b"):
            master.run(f"ALTER ROLE {login} PASSWORD 'older'")
        for login in ("worker_a", "worker_b"):
            master.run(f"DROP ROLE {login}")
    before = {name: applied.url(name) for name in ("owner", "backend", "worker")}
    with pytest.raises(RolesError, match='role "worker_a" does not exist: invoke the function'):
        applied.call("turn")

    applied.call("apply")

    assert {name: applied.url(name) for name in before} == before
    for url in before.values():
        applied.connect(url).close()


def test_a_new_password_of_the_master_is_read_at_each_run(applied: Platform) -> None:
    applied.server.set_master_password("another")
    with pytest.raises(UnreachableError, match=f"localhost does not let the master user {MASTER} in"):
        applied.call("turn")
    text = f'{{"username": "{MASTER}", "password": "another"}}'
    applied.secrets.put_secret_value(SecretId=f"{PATH}/master", SecretString=text)
    assert applied.call("turn")["outcome"] == "nothing is due"


def test_public_may_create_nothing(applied: Platform) -> None:
    query = (
        "SELECT has_schema_privilege('public', 'public', 'CREATE'), has_database_privilege('public', {}, 'TEMPORARY')"
    )
    for database in ("'users'", "'postgres'"):
        with applied.server.administrator() as administrator:
            assert administrator.run(query.format(database)) == [[False, False]]


def test_an_apply_that_meets_a_migration_is_repeated(applied: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = be_patient(monkeypatch)
    with applied.client("owner") as owner:
        owner.run("CREATE TABLE backend.people (id int)")
        owner.run("BEGIN")
        owner.run("GRANT TRUNCATE ON backend.people TO backend")

        def commit() -> None:
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'"
            with applied.master() as master:
                deadline = time.monotonic() + 30
                while master.run(waiting) == [[0]] and time.monotonic() < deadline:
                    time.sleep(0.01)
            owner.run("COMMIT")

        committer = Thread(target=commit)
        committer.start()
        assert applied.call("apply")["outcome"] == "applied"
        committer.join()
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("state", "text", "kind"),
    [
        ("40P01", "deadlock detected", UnreachableError),
        ("40001", "could not serialize access", UnreachableError),
        ("XX000", "tuple concurrently updated", UnreachableError),
        ("XX000", "cache lookup failed", RolesError),
    ],
)
def test_only_what_another_transaction_caused_can_be_repeated(
    platform: Platform, state: str, text: str, kind: type[RolesError]
) -> None:
    database = platform.open_database()
    with pytest.raises(RolesError, match=text) as caught, closing(database):
        database._run(f"DO $$BEGIN RAISE '{text}' USING ERRCODE = '{state}'; END$$")  # noqa: SLF001
    assert type(caught.value) is kind


def test_a_removed_login_that_a_policy_names_stays_without_a_way_in(applied: Platform) -> None:
    with applied.client("owner") as owner:
        owner.run("CREATE TABLE backend.people (id int)")
        owner.run("CREATE POLICY theirs ON backend.people TO worker_a")
    applied.change(OWNER, BACKEND)
    assert applied.call("apply")["outcome"] == "applied"
    assert logins(applied) == ["backend_a", "backend_b", "owner_a", "owner_b"]
    assert rows(applied, "SELECT rolname FROM pg_roles WHERE rolname IN ('worker_a', 'worker_b')") == ["worker_a"]
