"""The reader of restored copies: it counts what its role may read, says no value, and reports who does not answer."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any

import boto3
import pg8000.native
import pytest

from emulator import Emulator
from emulator.databases.documentdb_server import DocumentdbServer
from emulator.databases.postgres_server import PostgresServer
from lambdas.restore_reader import handler as module
from lambdas.restore_reader.documentdb import read_documentdb
from lambdas.restore_reader.handler import Counts, ReadError, Source, handler
from lambdas.restore_reader.postgres import read_postgres, token
from tests.emulator.backup_role import create_role
from tests.emulator.conftest import Clients
from tests.emulator.databases.documentdb import MAY_LEAVE_A_CONNECTION, connected
from tests.emulator.databases.iam import credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MASTER, PASSWORD = "user_management", "a-long-password-of-the-master"
LOGIN, THEIRS = "reader", "a-password-of-the-reader"
REGION = "us-west-2"
ACCOUNT = "700000000377"
pytestmark = MAY_LEAVE_A_CONNECTION


def source(folder: Path, server: Any, **changes: Any) -> Source:
    authorities = folder / "authorities.pem"
    authorities.write_text(server.ca_pem, encoding="utf-8")
    values: dict[str, Any] = {
        "host": "localhost",
        "port": server.port,
        "region": REGION,
        "authorities": authorities,
        "database": "users",
        "login": LOGIN,
        "databases": ("backend", "empty"),
        "most_rows": 4,
    }
    return Source(**values | changes)


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer(master=MASTER, password=PASSWORD, hosts=["database.example"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def filled(postgres: PostgresServer) -> PostgresServer:
    """Two tables that the reader may read, one with more rows than are counted; another one that it may not."""
    connection = pg8000.native.Connection(
        MASTER,
        password=PASSWORD,
        host="localhost",
        port=postgres.port,
        database="users",
        ssl_context=ssl.create_default_context(cadata=postgres.ca_pem),
    )
    for statement in (
        f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{THEIRS}'",
        "CREATE SCHEMA backend",
        'CREATE TABLE backend."odd ""name" AS SELECT generate_series(1, 3) AS number',
        "CREATE TABLE backend.events (number int) PARTITION BY RANGE (number)",
        "CREATE TABLE backend.events_1 PARTITION OF backend.events FOR VALUES FROM (0) TO (100)",
        "INSERT INTO backend.events SELECT generate_series(1, 9)",
        f"GRANT USAGE ON SCHEMA backend TO {LOGIN}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA backend TO {LOGIN}",
        "CREATE TABLE backend.hidden AS SELECT 1 AS secret",
    ):
        connection.run(statement)
    connection.close()
    return postgres


def test_rows_of_postgres_are_counted_up_to_the_limit(filled: PostgresServer, tmp_path: Path) -> None:
    counts = read_postgres(source(tmp_path, filled), make_token=lambda _: THEIRS)
    assert (counts.tables, counts.rows, counts.capped) == (2, 3 + 4, True)
    assert counts.version.startswith("PostgreSQL 1")


def test_a_login_that_is_refused_is_a_problem_without_its_password(filled: PostgresServer, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^PostgreSQL refuses reader or its query \(SQLSTATE 28P01\)$"):
        read_postgres(source(tmp_path, filled), make_token=lambda _: "wrong")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_nobody_listens(filled: PostgresServer, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^PostgreSQL does not answer: "):
        read_postgres(source(tmp_path, filled, port=free_port()), make_token=lambda _: THEIRS)


def test_another_authority_is_not_trusted(filled: PostgresServer, tmp_path: Path) -> None:
    there = source(tmp_path, filled)
    with DocumentdbServer(master=MASTER, password=PASSWORD, region=REGION) as other:
        there.authorities.write_text(other.ca_pem, encoding="utf-8")
        with pytest.raises(ReadError, match=r"^PostgreSQL does not answer: "):
            read_postgres(there, make_token=lambda _: THEIRS)


def test_the_token_is_of_the_login_and_asks_nobody(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("ACCESS_KEY_ID", "AKIA"), ("SECRET_ACCESS_KEY", "s"), ("SESSION_TOKEN", "t")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    made = token(source(tmp_path, postgres, host="restored.rds"))
    assert made.startswith(f"restored.rds:{postgres.port}/?Action=connect&DBUser={LOGIN}&")
    assert f"%2F{REGION}%2Frds-db%2Faws4_request" in made


@pytest.fixture(scope="module")
def client() -> Iterator[Clients]:
    with Emulator() as emulator:
        yield Clients(emulator.url)


@pytest.fixture(scope="module")
def documents(client: Clients) -> Iterator[tuple[DocumentdbServer, str]]:
    """Two collections in a database that a role may read, and the role."""
    role = create_role(client("iam", account=ACCOUNT), "restore-reader", service="lambda.amazonaws.com")
    with DocumentdbServer(master=MASTER, password=PASSWORD, region=REGION) as server:
        with connected(server, MASTER, PASSWORD) as master:
            master["backend"]["profiles"].insert_many([{"number": number} for number in range(6)])
            master["backend"]["settings"].insert_one({"number": 1})
            master["other"]["hidden"].insert_one({"number": 1})
            rights = [{"role": "read", "db": name} for name in ("backend", "empty")]
            master["$external"].command("createUser", role, mechanisms=["MONGODB-AWS"], roles=rights)
        yield server, role


def as_role(client: Clients, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The credentials that Lambda gives to a function."""
    given = credentials(client("sts", account=ACCOUNT, region=REGION), role)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given.secret_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", given.token or "")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def test_documents_are_counted_with_the_credentials_of_the_role(
    documents: tuple[DocumentdbServer, str], client: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, role = documents
    as_role(client, role, monkeypatch)
    counts = read_documentdb(source(tmp_path, server))
    assert (counts.tables, counts.rows, counts.capped) == (2, 4 + 1, True)
    assert counts.version.startswith("DocumentDB 5")


def test_another_role_is_refused(
    documents: tuple[DocumentdbServer, str], client: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = documents
    stranger = create_role(client("iam", account=ACCOUNT), "stranger", service="lambda.amazonaws.com")
    as_role(client, stranger, monkeypatch)
    with pytest.raises(ReadError, match=r"^DocumentDB refuses the function's role or its query \(code 18\)$"):
        read_documentdb(source(tmp_path, server))


def test_a_database_without_the_right_is_refused(
    documents: tuple[DocumentdbServer, str], client: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, role = documents
    as_role(client, role, monkeypatch)
    with pytest.raises(ReadError, match=r"\(code 13\)$"):
        read_documentdb(source(tmp_path, server, databases=("other",)))


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"AWS_REGION": REGION, "DATABASE": "users", "DATABASES": '["backend"]', "LOGIN": LOGIN, "MOST_ROWS": "9"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("variables")
def test_the_answer_has_numbers_only() -> None:
    asked: list[Source] = []

    def read(there: Source) -> Counts:
        asked.append(there)
        return Counts(tables=1, rows=2, capped=False, version="PostgreSQL 17")

    answer = handler({"engine": "postgres", "host": "h", "port": 5}, None, readers={"postgres": read})
    assert answer == {"tables": 1, "rows": 2, "capped": False, "version": "PostgreSQL 17"}
    (there,) = asked
    assert (there.host, there.port, there.databases, there.most_rows) == ("h", 5, ("backend",), 9)
    assert there.authorities == module.AUTHORITIES


@pytest.mark.usefixtures("variables")
def test_a_problem_is_an_answer_too() -> None:
    def read(_: Source) -> Counts:
        message = "PostgreSQL does not answer: OSError"
        raise ReadError(message)

    answer = handler({"engine": "postgres", "host": "h", "port": 5}, None, readers={"postgres": read})
    assert answer == {"problem": "PostgreSQL does not answer: OSError"}


@pytest.mark.usefixtures("variables")
def test_an_unknown_engine_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^engine 'mysql' is not valid; it must be \"postgres\" or \"documentdb\"$"):
        handler({"engine": "mysql", "host": "h", "port": 5}, None)
