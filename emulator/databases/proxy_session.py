"""One connection to an emulated RDS Proxy: who signs in there, and how the proxy signs in to the database.

Clients sign in with what the proxy's secrets say; the proxy signs in to the database with the same secret:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security
The messages are those of
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html#rds-proxy-PostgreSQL-troubleshooting
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from scramp import ScramClient, ScramException, ScramMechanism

from emulator.databases import proxy_messages as messages
from emulator.databases.proxy_messages import FatalError, ProtocolError
from emulator.signatures import SignatureError

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger(__name__)

_CANNOT_CONNECT: Final = "08006"
_NOT_SUPPORTED: Final = "0A000"
_SIGN_IN_FAILED: Final = "28P01"
_NOT_ALLOWED: Final = "28000"
_CHUNK: Final = 1 << 16


@dataclass(frozen=True)
class Credential:
    """What a secret of the proxy says."""

    username: str
    password: str
    iam: bool
    """Whether clients must show an IAM token instead of the password."""


@dataclass(frozen=True)
class Target:
    """Where the proxy signs in."""

    port: int
    trusted: str
    """The authority of the database's certificate."""


def serve(
    plain: socket.socket,
    context: ssl.SSLContext,
    *,
    require_tls: bool,
    find_credential: Callable[[str], Credential | None],
    find_target: Callable[[], Target],
    require_token: Callable[[str, str], None],
) -> None:
    """Serve one client until either side leaves.

    Args:
        plain: The accepted connection.
        context: The proxy's certificate.
        require_tls: Whether clients without TLS are refused.
        find_credential: Returns the secret of a user.
        find_target: Returns the database, or raises FatalError if the proxy does not reach it.
        require_token: Checks the IAM token of a user; raises SignatureError.
    """
    connection, parameters = receive_client(plain, context)
    try:
        _refuse_plain(connection, require_tls=require_tls)
        user = parameters.get("user", "")
        credential = _require(find_credential(user), user)
        _sign_in_client(connection, credential, require_token)
        with contextlib.closing(_sign_in_to_database(find_target(), parameters, credential)) as database:
            connection.sendall(messages.authentication(messages.SIGNED_IN))
            relay(connection, database)
    except FatalError as problem:
        connection.sendall(messages.error(problem))
    finally:
        connection.close()


def receive_client(plain: socket.socket, context: ssl.SSLContext) -> tuple[socket.socket, dict[str, str]]:
    """Return a client's connection, with TLS if it wants that, and the parameters with which it begins."""
    connection = plain
    while True:
        number, body = messages.read_first(connection)
        if number == messages.TLS_REQUEST:
            plain.sendall(b"S")
            connection = context.wrap_socket(plain, server_side=True)
        elif number == messages.ENCRYPTION_REQUEST:
            plain.sendall(b"N")
        elif number == messages.VERSION:
            return connection, messages.parse_startup(body)
        else:
            message = f"a first message with the number {number} has no answer here"
            raise ProtocolError(message)


def _refuse_plain(connection: socket.socket, *, require_tls: bool) -> None:
    if require_tls and not isinstance(connection, ssl.SSLSocket):
        raise FatalError(_NOT_ALLOWED, "This RDS Proxy requires TLS connections")


def _require(credential: Credential | None, user: str) -> Credential:
    if credential is None:
        message = (
            f"This RDS proxy has no credentials for the role {user}. Check the credentials for this role and try again."
        )
        raise FatalError(_NOT_ALLOWED, message)
    return credential


def _sign_in_client(
    connection: socket.socket, credential: Credential, require_token: Callable[[str, str], None]
) -> None:
    if credential.iam:
        connection.sendall(messages.authentication(messages.CLEARTEXT))
        token = messages.read_message(connection).body.rstrip(b"\0").decode(errors="replace")
        try:
            require_token(credential.username, token)
        except SignatureError as problem:
            LOG.debug("the token of %s is refused: %s", credential.username, problem)
            message = (
                f"The IAM authentication failed for the role {credential.username}. Check the IAM token for this role "
                "and try again."
            )
            raise FatalError(_SIGN_IN_FAILED, message) from None
        return
    mechanism = ScramMechanism(messages.MECHANISM)
    expected = mechanism.make_auth_info(credential.password)
    server = mechanism.make_server(lambda _: expected)
    connection.sendall(messages.authentication(messages.SASL, messages.MECHANISM.encode() + b"\0\0"))
    first = messages.read_message(connection).body
    name, _, rest = first.partition(b"\0")
    if name.decode(errors="replace") != messages.MECHANISM:
        raise FatalError(_NOT_SUPPORTED, "RDS Proxy supports only IAM, MD5, or SCRAM authentication.")
    try:
        server.set_client_first(rest[4:].decode())
        connection.sendall(messages.authentication(messages.SASL_CONTINUE, server.get_server_first().encode()))
        server.set_client_final(messages.read_message(connection).body.decode())
    except ScramException as problem:
        message = f"The password that was provided for the role {credential.username} is wrong."
        raise FatalError(_SIGN_IN_FAILED, message) from problem
    connection.sendall(messages.authentication(messages.SASL_FINAL, server.get_server_final().encode()))


def connect_to_database(port: int, trusted: str) -> ssl.SSLSocket:
    """Connect to a server of PostgreSQL on this machine; the caller closes the connection.

    Args:
        port: The server's.
        trusted: The authority of its certificate.
    """
    with contextlib.ExitStack() as closing:
        plain = closing.enter_context(socket.create_connection(("127.0.0.1", port)))
        plain.sendall(struct.pack("!ii", 8, messages.TLS_REQUEST))
        if messages.read_exactly(plain, 1) != b"S":
            message = "the database does not speak TLS"
            raise ProtocolError(message)
        trusting = ssl.create_default_context(cadata=trusted)
        database = closing.enter_context(trusting.wrap_socket(plain, server_hostname="localhost"))
        closing.pop_all()
    return database


def _sign_in_to_database(target: Target, parameters: dict[str, str], credential: Credential) -> ssl.SSLSocket:
    with contextlib.ExitStack() as closing:
        database = closing.enter_context(connect_to_database(target.port, target.trusted))
        database.sendall(messages.startup(parameters))
        _answer_database(database, credential)
        closing.pop_all()  # the caller closes it
    return database


def _answer_database(database: ssl.SSLSocket, credential: Credential) -> None:
    client: Any = None
    while True:
        message = messages.read_message(database)
        if message.kind == b"E":
            raise _fatal_error(message.body)
        if message.kind != b"R":
            continue
        (step,) = struct.unpack("!i", message.body[:4])
        data = message.body[4:]
        if step == messages.SIGNED_IN:
            return
        if step == messages.SASL:
            client = ScramClient([messages.MECHANISM], credential.username, credential.password)
            database.sendall(messages.sasl_start(client.get_client_first()))
        elif step == messages.SASL_CONTINUE:
            client.set_server_first(data.decode())
            database.sendall(messages.answer(client.get_client_final().encode()))
        elif step == messages.SASL_FINAL:
            client.set_server_final(data.decode())
        else:
            problem = f"the database asks for the authentication {step}"
            raise ProtocolError(problem)


def _fatal_error(body: bytes) -> FatalError:
    """Return what the database has said."""
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return FatalError(fields.get(b"C", _CANNOT_CONNECT), fields.get(b"M", "the database refused the connection"))


def relay(client: socket.socket, database: socket.socket) -> None:
    """Pass on what both sides send until one of them leaves."""
    back = threading.Thread(target=_pass_on, args=(database, client), name="proxy answers", daemon=True)
    back.start()
    _pass_on(client, database)
    back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(_CHUNK):
            target.sendall(part)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
