"""The engine of DocumentDB, against the double: logins, rights and passwords."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import OperationFailure

from emulator.databases.documentdb_server import DocumentdbServer
from lambdas.database_roles import documentdb
from lambdas.database_roles.database import ConflictError, UnreachableError
from lambdas.database_roles.documentdb import NOTES, Documentdb
from tests.emulator.databases.documentdb import MASTER, MAY_LEAVE_A_CONNECTION, PASSWORD, Client, connected, create_user
from tests.lambdas.database_roles.documentdb_engine import BACKEND, CHANGES, OWNER, REPORTS, WORKER, Wire, engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lambdas.database_roles.settings import Role

pytestmark = MAY_LEAVE_A_CONNECTION

NEW, NEWER = "the-password-that-is-set-first", "the-password-that-is-set-later"
ALL = [OWNER, BACKEND, WORKER, REPORTS]
ENDED = timedelta(0)
"""A lease of which nothing is left."""


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def server(wire: Wire) -> Iterator[DocumentdbServer]:
    with DocumentdbServer(master=MASTER, password=PASSWORD, before=wire) as running:
        yield running


@pytest.fixture
def database(server: DocumentdbServer, tmp_path: Path) -> Iterator[Documentdb]:
    with engine(server, tmp_path) as made:
        yield made


@pytest.fixture
def master(server: DocumentdbServer) -> Iterator[Client]:
    with connected(server) as client:
        yield client


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documentdb, "_TIMEOUT_MILLISECONDS", 300)


def users(client: Client) -> dict[str, list[tuple[str, str]]]:
    """The roles of all users but the two that each cluster has."""
    found = client.admin.command("usersInfo", 1)["users"]
    return {
        user["user"]: sorted((grant["db"], grant["role"]) for grant in user["roles"])
        for user in found
        if user["user"] not in {MASTER, "serviceadmin"}
    }


OF_OWNER = [("backend", "dbAdmin"), ("backend", "readWrite"), ("worker", "dbAdmin"), ("worker", "readWrite")]
OF_BACKEND, OF_WORKER = [("backend", "readWrite")], [("worker", "readWrite")]
OF_REPORTS = [("backend", "read"), ("worker", "read")]


def both(**roles: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """The same rights for the two logins of each role."""
    return {f"{name}_{slot}": rights for name, rights in roles.items() for slot in "ab"}


WHOLE = both(owner=OF_OWNER, backend=OF_BACKEND, worker=OF_WORKER, reports=OF_REPORTS)


def test_each_kind_of_role_gets_its_rights_and_no_others(database: Documentdb, master: Client) -> None:
    database.ensure_roles(ALL)
    assert users(master) == WHOLE


@pytest.mark.parametrize("version", ["4.0.0", "5.0.0", "5.0.1"])
def test_every_version_of_the_engine_is_served(tmp_path: Path, version: str) -> None:
    with (
        DocumentdbServer(master=MASTER, password=PASSWORD, engine_version=version) as server,
        engine(server, tmp_path) as database,
        database.lock(),
    ):
        database.ensure_roles(ALL)
        database.set_password("backend_a", NEW)
        assert database.signs_in("backend_a", NEW)


def test_new_login_has_a_password_that_nobody_knows(database: Documentdb, wire: Wire) -> None:
    made: set[str] = set()

    def token(length: int) -> str:
        made.add("x" * length)
        return f"{length}-{len(made)}-not-known-to-anybody"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("secrets.token_urlsafe", token)
        database.ensure_roles([OWNER, BACKEND])
    assert made == {"x" * 32}
    assert wire.commands.count("createUser") == 4
    assert not database.signs_in("backend_a", NEW)


def test_password_is_set_and_replaced(database: Documentdb) -> None:
    database.ensure_roles([OWNER, BACKEND])
    database.set_password("backend_a", NEW)
    database.set_password("backend_b", NEW)
    assert database.signs_in("backend_a", NEW)
    database.set_password("backend_a", NEWER)
    assert not database.signs_in("backend_a", NEW)
    assert database.signs_in("backend_a", NEWER)
    assert database.signs_in("backend_b", NEW)


def test_second_run_changes_nothing(database: Documentdb, wire: Wire) -> None:
    database.ensure_roles(ALL)
    database.set_password("backend_a", NEW)
    wire.commands.clear()
    database.ensure_roles(ALL)
    assert wire.commands == ["find", "usersInfo"]
    assert database.signs_in("backend_a", NEW)


def test_rights_are_corrected_and_passwords_kept(database: Documentdb, master: Client) -> None:
    database.ensure_roles(ALL)
    database.set_password("backend_a", NEW)
    master.admin.command("grantRolesToUser", "backend_a", roles=[{"role": "root", "db": "admin"}])
    master.admin.command("updateUser", "backend_b", roles=[])
    master.admin.command("revokeRolesFromUser", "owner_a", roles=[{"role": "dbAdmin", "db": "worker"}])
    master.admin.command("dropUser", "reports_b")
    database.ensure_roles(ALL)
    assert users(master) == WHOLE
    assert database.signs_in("backend_a", NEW)


def test_role_that_is_added_or_removed_changes_only_its_logins(
    database: Documentdb, master: Client, wire: Wire
) -> None:
    database.ensure_roles([OWNER, BACKEND])
    database.set_password("backend_a", NEW)
    database.ensure_roles(ALL)
    assert users(master) == WHOLE
    master.worker.jobs.insert_one({"_id": 1})
    create_user(master, "somebody", ("read", "worker"))
    wire.commands.clear()
    database.ensure_roles([OWNER, BACKEND, REPORTS])
    assert wire.commands.count("dropUser") == 2
    assert users(master) == {
        **both(owner=OF_OWNER[:2], backend=OF_BACKEND, reports=OF_REPORTS[:1]),
        "somebody": [("worker", "read")],
    }
    assert database.signs_in("backend_a", NEW)
    assert master.worker.jobs.find_one() == {"_id": 1}
    wire.commands.clear()
    database.ensure_roles([OWNER, BACKEND, REPORTS])
    assert "dropUser" not in wire.commands


def test_login_that_somebody_else_made_is_refused_until_it_is_noted(database: Documentdb, master: Client) -> None:
    create_user(master, "backend_b", ("root", "admin"))
    with pytest.raises(ConflictError, match=r'a user backend_b .*\.logins\.insertOne\(\{_id: "backend_b"\}\)'):
        database.ensure_roles([OWNER, BACKEND])
    assert users(master) == {"backend_b": [("admin", "root")]}
    master[NOTES].logins.insert_one({"_id": "backend_b"})
    database.ensure_roles([OWNER, BACKEND])
    assert users(master)["backend_b"] == [("backend", "readWrite")]


def refused(client: Client, database: str) -> bool:
    """Whether a database can neither be read nor written."""
    for action in (client[database].all.find_one, lambda: client[database].all.insert_one({})):
        with pytest.raises(OperationFailure, match="Authorization failure"):
            action()
    return True


def test_service_reaches_only_its_own_database(database: Documentdb, server: DocumentdbServer, master: Client) -> None:
    with database.lock():
        database.ensure_roles(ALL)
        database.set_password("backend_a", NEW)
        master.worker.all.insert_one({})
        with connected(server, "backend_a", NEW) as client:
            client.backend.all.insert_one({})
            assert client.backend.all.count_documents({}) == 1
            assert all(refused(client, other) for other in ("worker", "owner", "reports", NOTES, "admin"))
            for command in (
                {"createUser": "mine", "pwd": NEW, "roles": []},
                {"updateUser": "backend_a", "pwd": NEWER},
                {"grantRolesToUser": "backend_a", "roles": [{"role": "root", "db": "admin"}]},
                {"dropUser": "worker_a"},
                {"usersInfo": 1},
                {"listDatabases": 1},
            ):
                with pytest.raises(OperationFailure, match="Authorization failure"):
                    client.admin.command(command)
            with pytest.raises(OperationFailure, match="Authorization failure"):
                client.drop_database("backend")


def test_reader_reads_all_and_writes_nothing(database: Documentdb, server: DocumentdbServer, master: Client) -> None:
    database.ensure_roles(ALL)
    database.set_password("reports_a", NEW)
    for name in ("backend", "worker"):
        master[name].all.insert_one({"_id": name})
    with connected(server, "reports_a", NEW) as client:
        for name in ("backend", "worker"):
            assert client[name].all.find_one() == {"_id": name}
            with pytest.raises(OperationFailure, match="Authorization failure"):
                client[name].all.delete_one({})
        assert refused(client, "reports")


def test_owner_changes_structure_and_data_of_all(database: Documentdb, server: DocumentdbServer) -> None:
    database.ensure_roles(ALL)
    database.set_password("owner_b", NEW)
    with connected(server, "owner_b", NEW) as client:
        for name in ("backend", "worker"):
            client[name].create_collection("people", check_exists=False)
            client[name].people.create_index("name")
            client[name].people.insert_one({})
            client.drop_database(name)
        assert refused(client, NOTES)


def ensure(database: Documentdb, *roles: Role) -> None:
    """What a run does first."""
    with database.lock():
        database.ensure_roles(roles)


@pytest.mark.usefixtures("impatient")
def test_run_that_was_killed_after_any_change_is_ended_by_the_next_one(tmp_path: Path) -> None:
    whole, changes = interrupted_run(tmp_path, after=None)
    assert set(changes) == CHANGES
    for count in range(len(changes)):
        assert interrupted_run(tmp_path, after=count)[0] == whole, changes[:count]


def interrupted_run(folder: Path, *, after: int | None) -> tuple[dict[str, Any], list[str]]:
    """What there is after a run, one for other roles that is killed after so many changes, and that one again.

    Returns also the changes of the second one.
    """
    wire = Wire()
    with DocumentdbServer(master=MASTER, password=PASSWORD, before=wire) as server:
        with engine(server, folder) as database:
            ensure(database, WORKER, REPORTS)
        wire.commands.clear()
        wire.remaining = after
        with engine(server, folder, lease=ENDED) as database, contextlib.suppress(UnreachableError):
            ensure(database, BACKEND, REPORTS)
        changes = wire.changes
        wire.remaining = None
        if after is not None:
            assert len(changes) == after
            with engine(server, folder) as database:
                ensure(database, BACKEND, REPORTS)
        with connected(server) as client:
            notes = sorted(note["_id"] for note in client[NOTES].logins.find())
            return {"users": users(client), "notes": notes}, changes
