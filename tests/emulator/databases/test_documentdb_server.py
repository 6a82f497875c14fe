"""The double of DocumentDB, with MongoDB's own driver as the client: connections, sign-in, what is refused."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import AutoReconnect, ConnectionFailure, OperationFailure, ServerSelectionTimeoutError

from emulator.databases import documentdb_server
from emulator.databases.authority import Authority
from emulator.databases.documentdb_server import DocumentdbServer
from tests.emulator.databases.documentdb import MASTER, PASSWORD, Client, connected, create_user

if TYPE_CHECKING:
    from collections.abc import Iterator

UNAUTHORIZED, AUTHENTICATION_FAILED, NOT_FOUND, GAP, NOT_SUPPORTED = 13, 18, 59, 238, 303


@pytest.fixture(scope="module")
def server() -> Iterator[DocumentdbServer]:
    with DocumentdbServer(master=MASTER, password=PASSWORD) as running:
        yield running


@pytest.fixture(scope="module")
def master(server: DocumentdbServer) -> Iterator[Client]:
    with connected(server) as client:
        yield client


def code_of(function: Any, *arguments: Any, **options: Any) -> int | None:
    """The code with which an operation is refused."""
    with pytest.raises(OperationFailure) as caught:
        function(*arguments, **options)
    return caught.value.code


def test_client_without_tls_gets_no_answer(server: DocumentdbServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain:
        plain.sendall(b"\x3f\x00\x00\x00" + b"\x00" * 59)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            answer = plain.recv(100)
    # At most an alert of TLS (kind 21), never a message.
    assert not answer.lstrip(b"\x15\x03\x01\x02\x03\x00")[6:]


def test_certificate_is_of_the_servers_own_authority(server: DocumentdbServer) -> None:
    with (
        connected(server, ca_pem=Authority().pem, serverSelectionTimeoutMS=300) as client,
        pytest.raises(ServerSelectionTimeoutError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.admin.command("ping")


def test_certificate_is_for_the_hosts_that_are_given_or_added() -> None:
    with DocumentdbServer(master=MASTER, password=PASSWORD, hosts=["first.example"]) as server:
        assert name_error(server, "first.example") is None
        assert "second.example" in str(name_error(server, "second.example"))
        server.add_hosts(["second.example"])
        assert name_error(server, "second.example") is None


def name_error(server: DocumentdbServer, host: str) -> ssl.SSLCertVerificationError | None:
    context = ssl.create_default_context(cadata=server.ca_pem)
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        try:
            context.wrap_socket(plain, server_hostname=host).close()
        except ssl.SSLCertVerificationError as error:
            return error
    return None


def test_replica_set_is_rs0(server: DocumentdbServer) -> None:
    with connected(server, replicaSet="rs0") as client:
        assert client.admin.command("hello")["setName"] == "rs0"
        assert client.nodes == {("localhost", server.port)}


def test_replica_set_of_another_name_is_not_found(server: DocumentdbServer) -> None:
    with (
        connected(server, replicaSet="rs1", serverSelectionTimeoutMS=300) as client,
        pytest.raises(ServerSelectionTimeoutError),
    ):
        client.admin.command("ping")


def test_members_are_what_is_given() -> None:
    with (
        DocumentdbServer(master=MASTER, password=PASSWORD, members=["one.example:27017"]) as server,
        connected(server) as client,
    ):
        hello = client.admin.command("hello")
    assert (hello["hosts"], hello["primary"]) == (["one.example:27017"], "one.example:27017")


@pytest.mark.parametrize(
    ("version", "wire", "mechanisms"),
    [
        ("4.0.0", 7, ["SCRAM-SHA-1"]),
        ("5.0.0", 13, ["SCRAM-SHA-1"]),
        ("5.0.1", 13, ["SCRAM-SHA-1", "SCRAM-SHA-256"]),
    ],
)
def test_each_version_has_its_protocol_and_mechanisms(version: str, wire: int, mechanisms: list[str]) -> None:
    with DocumentdbServer(master=MASTER, password=PASSWORD, engine_version=version) as server:
        with connected(server) as client:
            hello = client.admin.command("hello", saslSupportedMechs=f"admin.{MASTER}")
            assert (hello["maxWireVersion"], hello["saslSupportedMechs"]) == (wire, mechanisms)
            assert client.admin.command("buildInfo")["version"] == version
        for mechanism in ("SCRAM-SHA-1", "SCRAM-SHA-256"):
            with connected(server, authMechanism=mechanism) as client:
                if mechanism in mechanisms:
                    client.admin.command("ping")
                else:
                    assert code_of(client.admin.command, "ping") == AUTHENTICATION_FAILED


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1", "SCRAM-SHA-256"])
def test_mechanisms_of_a_user_can_be_chosen_where_both_are_known(mechanism: str) -> None:
    with DocumentdbServer(master=MASTER, password=PASSWORD, engine_version="5.0.1") as server:
        with connected(server) as client:
            client.admin.command("createUser", "user", pwd=PASSWORD, roles=[], mechanisms=[mechanism])
            hello = client.admin.command("hello", saslSupportedMechs="admin.user")
        assert hello["saslSupportedMechs"] == [mechanism]
        with connected(server, "user") as client:
            client.admin.command("ping")


@pytest.mark.parametrize(
    ("user", "password"), [(MASTER, "another-password"), ("nobody", PASSWORD), ("serviceadmin", PASSWORD)]
)
@pytest.mark.parametrize("version", ["5.0.0", "5.0.1"])
def test_sign_in_is_refused_for_one_reason(version: str, user: str, password: str) -> None:
    with (
        DocumentdbServer(master=MASTER, password=PASSWORD, engine_version=version) as server,
        connected(server, user, password) as client,
    ):
        assert code_of(client.admin.command, "ping") == AUTHENTICATION_FAILED


def test_users_sign_in_from_any_database(server: DocumentdbServer) -> None:
    with connected(server, authSource="profiles") as client:
        users = client.admin.command("connectionStatus")["authInfo"]["authenticatedUsers"]
    assert users == [{"user": MASTER, "db": "admin"}]


def test_client_that_has_not_signed_in_may_do_nothing(server: DocumentdbServer) -> None:
    with connected(server) as signed_in, connected(server, username=None) as client:
        signed_in.profiles.people.insert_one({"_id": 1})
        client.admin.command("ping")
        assert client.admin.command("connectionStatus")["authInfo"]["authenticatedUsers"] == []
        assert code_of(client.profiles.people.find_one) == UNAUTHORIZED
        assert code_of(client.admin.command, "usersInfo", 1) == UNAUTHORIZED
        assert code_of(client.admin.command, "unknown", 1) == UNAUTHORIZED  # nor learn what there is
        signed_in.drop_database("profiles")


def test_logout_ends_the_rights(server: DocumentdbServer) -> None:
    with connected(server, maxPoolSize=1) as client:
        client.admin.command("usersInfo", 1)
        client.admin.command("logout")
        assert code_of(client.admin.command, "usersInfo", 1) == UNAUTHORIZED


def test_retryable_writes_are_refused(server: DocumentdbServer) -> None:
    with connected(server, retryWrites=True) as client:
        assert code_of(client.profiles.people.insert_one, {}) == 301


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"mapReduce": "people"}, NOT_SUPPORTED),
        ({"endSessions": []}, NOT_SUPPORTED),
        ({"create": "people", "capped": True}, NOT_SUPPORTED),
        ({"ping": 1, "apiVersion": "1"}, NOT_SUPPORTED),
        ({"replSetInitiate": 1}, NOT_FOUND),
        ({"createRole": "role"}, GAP),
        ({"insert": "people", "documents": [{}], "startTransaction": True}, GAP),
        ({"find": "people", "filter": {"$where": "1"}}, GAP),
        ({"find": "people", "filter": {"_id": {"$regex": "a"}}}, GAP),
        ({"usersInfo": 1, "showCredentials": True}, GAP),
    ],
    ids=str,
)
def test_commands_are_refused_that_documentdb_or_this_double_lacks(
    master: Client, command: dict[str, Any], code: int
) -> None:
    master.profiles.people.insert_one({})
    assert code_of(master.profiles.command, command) == code


@pytest.mark.parametrize("database", ["admin", "config", "local"])
def test_admin_databases_hold_no_data(master: Client, database: str) -> None:
    assert code_of(master[database].people.insert_one, {}) == NOT_SUPPORTED
    assert list(master[database].people.find()) == []


def test_system_collections_are_empty(master: Client) -> None:
    assert list(master.admin.system.users.find()) == []
    assert code_of(master.profiles.system.users.insert_one, {}) == NOT_SUPPORTED


def test_error_of_the_double_itself_is_an_answer_without_what_was_sent(master: Client) -> None:
    with pytest.raises(OperationFailure) as caught:
        master.admin.command("createUser", 7, pwd="not-to-be-repeated", roles=[])
    assert "createUser" in str(caught.value)
    assert "not-to-be-repeated" not in str(caught.value)


def test_clients_at_once_lose_no_write(server: DocumentdbServer, master: Client) -> None:
    def count(_: int) -> None:
        with connected(server) as client:
            for _ in range(10):
                client.counts.all.update_one({"_id": 1}, {"$inc": {"n": 1}}, upsert=True)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(8)))
    assert master.counts.all.find_one() == {"_id": 1, "n": 80}


def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documentdb_server, "_MAX_CONNECTIONS", 1)
    with (
        DocumentdbServer(master=MASTER, password=PASSWORD) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=5),
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as second,
    ):
        assert second.recv(1) == b""
        assert server.connections == 1


def test_close_ends_connections_and_threads() -> None:
    before = threads_of_servers()
    server = DocumentdbServer(master=MASTER, password=PASSWORD)
    with connected(server, serverSelectionTimeoutMS=300) as client:
        client.admin.command("ping")
        assert threads_of_servers() > before
        server.close()
        with pytest.raises(ConnectionFailure):
            client.admin.command("ping")
    assert server.connections == 0
    assert threads_of_servers() == before


def threads_of_servers() -> int:
    return sum(thread.name.startswith("documentdb") for thread in threading.enumerate())


def test_message_that_is_not_of_the_protocol_ends_the_connection(server: DocumentdbServer) -> None:
    context = ssl.create_default_context(cadata=server.ca_pem)
    for sent in (b"GET / HTTP/1.1\r\n\r\n", b"\x10\x00\x00\x00" * 4, b"\x14\x00\x00\x00" + b"\x00" * 16):
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(sent)
            assert connection.recv(1) == b""


def test_hook_sees_each_command_and_can_end_the_connection() -> None:
    seen: list[tuple[str, str]] = []

    def before(user: str, command: str) -> bool:
        seen.append((user, command))
        return command != "dropUser"

    with DocumentdbServer(master=MASTER, password=PASSWORD, before=before) as server, connected(server) as client:
        create_user(client, "user")
        with pytest.raises(AutoReconnect):
            client.admin.command("dropUser", "user")
        assert len(client.admin.command("usersInfo", "user")["users"]) == 1
    assert seen[:3] == [(MASTER, "createUser"), (MASTER, "dropUser"), (MASTER, "usersInfo")]
