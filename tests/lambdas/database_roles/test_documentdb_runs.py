"""The engine of DocumentDB, against the double: what does not answer or refuses, runs at once, what is left open."""

from __future__ import annotations

import logging
import socket
import time
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from emulator.databases import documentdb_server
from emulator.databases.authority import Authority
from emulator.databases.documentdb_commands import run
from emulator.databases.documentdb_server import DocumentdbServer
from lambdas.database_roles import documentdb
from lambdas.database_roles.database import BusyError, RolesError, UnreachableError
from lambdas.database_roles.documentdb import NOTES, Documentdb
from tests.emulator.databases.documentdb import MASTER, MAY_LEAVE_A_CONNECTION, PASSWORD, Client, connected
from tests.lambdas.database_roles.documentdb_engine import BACKEND, OWNER, REPORTS, WORKER, Wire, engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


def names(client: Client) -> set[str]:
    """The users that the function has made."""
    return {user["user"] for user in client.admin.command("usersInfo", 1)["users"]} - {MASTER, "serviceadmin"}


@pytest.mark.parametrize(("login", "password"), [("backend_a", NEWER), ("nobody", NEW), ("serviceadmin", NEW)])
def test_refused_credentials_are_no_error(database: Documentdb, login: str, password: str) -> None:
    database.ensure_roles([OWNER, BACKEND])
    database.set_password("backend_a", NEW)
    assert database.signs_in(login, password) is False


@pytest.mark.usefixtures("impatient")
def test_server_that_does_not_answer_is_reported(server: DocumentdbServer, tmp_path: Path) -> None:
    with engine(server, tmp_path) as database:
        server.close()
        for action in (
            lambda: database.signs_in("backend_a", NEW),
            lambda: database.set_password("backend_a", NEW),
            lambda: database.ensure_roles([OWNER]),
        ):
            with pytest.raises(
                UnreachableError, match=rf"DocumentDB at localhost:{server.port} does not answer: "
            ) as e:
                action()
            assert NEW not in str(e.value)


@pytest.mark.usefixtures("impatient")
def test_certificate_of_another_authority_or_name_is_refused(
    server: DocumentdbServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        engine(server, tmp_path, ca_pem=Authority().pem) as database,
        pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        database.signs_in("backend_a", NEW)
    resolve = socket.getaddrinfo
    monkeypatch.setattr("socket.getaddrinfo", lambda _, *rest, **options: resolve("localhost", *rest, **options))
    with (
        engine(server, tmp_path) as database,
        pytest.raises(UnreachableError, match=r"certificate is not valid for 'other\.example'"),
    ):
        database.signs_in("backend_a", NEW, host="other.example")


@pytest.mark.usefixtures("impatient")
def test_other_host_is_asked_where_one_is_given(database: Documentdb) -> None:
    assert database.signs_in(MASTER, PASSWORD, host="127.0.0.1")
    with pytest.raises(UnreachableError, match=r"nowhere\.invalid"):
        database.signs_in(MASTER, PASSWORD, host="nowhere.invalid")


def test_other_answer_than_a_refusal_is_no_refusal(database: Documentdb, wire: Wire) -> None:
    wire.remaining = 0
    with pytest.raises(UnreachableError):
        database.signs_in(MASTER, PASSWORD)


def test_primary_user_that_is_refused_is_named_with_the_way_out(server: DocumentdbServer, tmp_path: Path) -> None:
    with engine(server, tmp_path, password="not-the-password") as database:
        for action in (partial(database.ensure_roles, [OWNER]), partial(database.set_password, "owner_a", NEW)):
            with pytest.raises(RolesError, match=f"refuses its primary user {MASTER} .* password_version") as caught:
                action()
            assert "not-the-password" not in str(caught.value)


def test_what_documentdb_refuses_is_reported(database: Documentdb) -> None:
    with pytest.raises(RolesError, match=f"refuses what {MASTER} asked for: User 'nobody' not found"):
        database.set_password("nobody", NEW)


def test_second_run_waits_for_the_first(database: Documentdb, server: DocumentdbServer, tmp_path: Path) -> None:
    with engine(server, tmp_path) as other:
        with database.lock():
            with pytest.raises(BusyError, match=r"another run is changing .* its lock ends after 45 seconds"):
                enter(other)
            database.ensure_roles([OWNER])
        enter(other)


def enter(database: Documentdb) -> None:
    with database.lock():
        pass


def test_lock_is_released_after_an_error(database: Documentdb) -> None:
    with pytest.raises(ZeroDivisionError), database.lock():
        raise ZeroDivisionError
    enter(database)


@pytest.mark.usefixtures("impatient")
def test_lock_of_a_run_that_was_killed_ends(server: DocumentdbServer, tmp_path: Path, wire: Wire) -> None:
    with engine(server, tmp_path) as killed, killed.lock():
        wire.remaining = 0
    wire.remaining = None
    with engine(server, tmp_path) as next_run, pytest.raises(BusyError):
        enter(next_run)
    with connected(server) as client:
        client[NOTES].locks.update_one({}, {"$set": {"until": client.admin.command("hello")["localTime"]}})
    with engine(server, tmp_path) as next_run:
        enter(next_run)


def test_run_that_lost_its_lock_changes_nothing_more(server: DocumentdbServer, master: Client, tmp_path: Path) -> None:
    with engine(server, tmp_path, lease=ENDED) as slow, engine(server, tmp_path) as other, ExitStack() as locks:
        lock_of_slow = slow.lock()
        lock_of_slow.__enter__()
        slow.ensure_roles([OWNER])
        locks.enter_context(other.lock())
        for action in (
            partial(slow.ensure_roles, [OWNER, BACKEND]),
            partial(slow.ensure_roles, []),
            partial(slow.set_password, "owner_a", NEW),
        ):
            with pytest.raises(BusyError):
                action()
        assert names(master) == {"owner_a", "owner_b"}
        assert not other.signs_in("owner_a", NEW)
        lock_of_slow.__exit__(None, None, None)
        with pytest.raises(BusyError):  # the lock of the other one is still there
            enter(slow)


def test_run_that_goes_on_extends_its_lock(server: DocumentdbServer, master: Client, tmp_path: Path) -> None:
    with engine(server, tmp_path) as database, database.lock():
        before = master[NOTES].locks.find_one()
        database.ensure_roles([OWNER])
        after = master[NOTES].locks.find_one()
    assert before is not None
    assert after is not None
    assert after["until"] > before["until"]


@pytest.mark.usefixtures("impatient")
def test_lock_that_cannot_be_released_is_only_a_warning(
    database: Documentdb, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    with database.lock():
        wire.remaining = 0
    assert "the lock was not released and ends in 0:00:45" in caplog.text


def test_no_connection_stays_open(server: DocumentdbServer, tmp_path: Path) -> None:
    with engine(server, tmp_path) as database:
        with database.lock():
            database.ensure_roles(ALL)
            database.set_password("backend_a", NEW)
            assert database.signs_in("backend_a", NEW)
            assert not database.signs_in("backend_a", NEWER)
        await_connections(server, at_most=2)  # the primary user's, and the one by which the driver watches the server
    await_connections(server, at_most=0)


def await_connections(server: DocumentdbServer, *, at_most: int) -> None:
    """Wait until the server has seen that clients have closed theirs."""
    deadline = time.monotonic() + 5
    while server.connections > at_most and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.connections <= at_most


def test_file_of_authorities_is_removed(server: DocumentdbServer, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp_path))
        with engine(server, tmp_path) as database:
            database.signs_in(MASTER, PASSWORD)
            assert len(list(tmp_path.iterdir())) == 2
        assert [file.name for file in tmp_path.iterdir()] == ["authorities.pem"]


def test_no_password_is_logged(
    database: Documentdb, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "the-password-that-nobody-keeps")
    with caplog.at_level(logging.DEBUG), database.lock():
        database.ensure_roles(ALL)
        database.set_password("backend_a", NEW)
        database.signs_in("backend_a", NEWER)
    assert "user backend_a was created" in caplog.text
    for password in (NEW, NEWER, PASSWORD, "the-password-that-nobody-keeps"):
        assert password not in caplog.text


# https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
@pytest.mark.parametrize("code", [91, 189, 10107, 11602, 13435])
def test_member_that_stopped_being_the_primary_can_be_asked_again(
    database: Documentdb, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    database.ensure_roles([OWNER])

    def refuse(session: Any, command: dict[str, Any]) -> dict[str, Any]:
        failover = {"ok": 0.0, "code": code, "errmsg": "not primary"}
        return failover if "updateUser" in command else run(session, command)

    monkeypatch.setattr(documentdb_server, "run", refuse)
    with pytest.raises(UnreachableError, match="not primary"):
        database.set_password("owner_a", NEW)
    monkeypatch.undo()
    database.set_password("owner_a", NEW)
