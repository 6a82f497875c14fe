from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import pytest

from emulator.databases.content import PostgresContent, as_of
from emulator.databases.postgres_server import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "first-password"


def now() -> dt.datetime:
    """A moment between two statements, in which nothing else happens."""
    time.sleep(0.01)
    moment = dt.datetime.now(dt.UTC)
    time.sleep(0.01)
    return moment


def run(server: PostgresServer, statement: str) -> Any:
    with server.administrator() as connection:
        return connection.run(statement)


def numbers(content: PostgresContent | None) -> Any:
    """The numbers that a server has which begins with the content."""
    with PostgresServer(master="chief", password="second-password", content=content) as server:
        return run(server, "SELECT number FROM numbers ORDER BY number")


@pytest.fixture(scope="module")
def source() -> Iterator[PostgresServer]:
    with PostgresServer(master="chief", password=PASSWORD) as server:
        run(server, "CREATE TABLE numbers (number integer)")
        run(server, "INSERT INTO numbers VALUES (1)")
        yield server


def test_a_server_begins_with_what_another_one_had_when_it_was_asked(source: PostgresServer) -> None:
    content = source.content()
    run(source, "INSERT INTO numbers VALUES (2)")

    assert numbers(content) == [[1]]
    assert content.size > 0


def test_a_server_begins_with_what_another_one_had_at_a_moment(source: PostgresServer) -> None:
    run(source, "INSERT INTO numbers VALUES (3)")
    moment = now()
    run(source, "INSERT INTO numbers VALUES (4)")
    content = source.content()

    kept = as_of(content, moment)
    assert isinstance(kept, PostgresContent)
    assert [3] in numbers(kept)
    assert [4] not in numbers(kept)
    assert as_of(content, now()) == content
    assert as_of(kept, now()) == kept
    assert as_of(content, content.since) is None


def test_a_restored_server_can_be_restored_itself(source: PostgresServer) -> None:
    with PostgresServer(master="chief", password="second-password", content=source.content()) as restored:
        run(restored, "INSERT INTO numbers VALUES (10)")
        moment = now()
        run(restored, "INSERT INTO numbers VALUES (11)")
        content = restored.content()

    assert numbers(content)[-2:] == [[10], [11]]
    kept = as_of(content, moment)
    assert isinstance(kept, PostgresContent)
    assert numbers(kept)[-1] == [10]


def test_a_restored_server_has_the_roles_of_the_other_and_the_password_that_it_is_given(source: PostgresServer) -> None:
    run(source, "CREATE ROLE reporting LOGIN")

    with PostgresServer(master="chief", password="second-password", content=source.content()) as restored:
        assert run(restored, "SELECT 1 FROM pg_roles WHERE rolname = 'reporting'") == [[1]]
        with restored.administrator("postgres") as connection:
            (stored,) = connection.run("SELECT rolpassword FROM pg_authid WHERE rolname = 'chief'")
    with source.administrator("postgres") as connection:
        assert connection.run("SELECT rolpassword FROM pg_authid WHERE rolname = 'chief'") != [stored]
