"""A double of Amazon DocumentDB, for code that signs in to one: MongoDB's wire protocol over TLS, users and roles.

What it does as DocumentDB does, with the source beside each part: TLS only; a replica set `rs0`; SCRAM-SHA-1, and
SCRAM-SHA-256 from 5.0.1 on; all users with a password in `admin`, whatever database a command or a sign-in names;
roles and users of IAM in `$external`, from 5.0 on; the built-in roles and their actions; `serviceadmin`, which cannot
sign in; refusal of retryable writes, of `customData` and `authenticationRestrictions`, of commands that AWS's
list does not have, of data in `admin`, `local` and `config`.

What it leaves open:

- Roles that users define, change streams, transactions, cursors (an answer has all documents at
  once), unique indexes, most operators and stages. It refuses them with code 238, which DocumentDB does not do.
- Instances: there is one, which is always the primary. No failover, no replica, no lag, no limit by instance class.
- Names and passwords of all users must have the form that AWS documents for the primary user only.
- What AWS does not document, and is here as in MongoDB: a change of roles applies to connections that are open, a
  change of a password does not end them, a user that was dropped may do nothing; the codes of refusals, if no source is
  named.
- The logs of the audit and of the profiler, and what is in them.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

# Importing it registers its commands.
from emulator.databases import documentdb_data_commands as _data_commands  # noqa: F401
from emulator.databases.authority import Authority
from emulator.databases.documentdb_commands import run
from emulator.databases.documentdb_session import Cluster, Session
from emulator.databases.documentdb_wire import Request, WireError, answer, read_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from emulator.databases.content import DocumentContent

_ADDRESS: Final = "127.0.0.1"
_MAX_CONNECTIONS: Final = 200
_END_SECONDS: Final = 5


class DocumentdbServer:
    """A server on a port of 127.0.0.1, until `close()`."""

    def __init__(
        self,
        *,
        master: str,
        password: str,
        hosts: Iterable[str] = (),
        members: Sequence[str] = (),
        engine_version: str = "5.0.0",
        region: str = "us-east-1",
        before: Callable[[str, str], bool] | None = None,
        authority: Authority | None = None,
        content: DocumentContent | None = None,
    ) -> None:
        """Start it.

        Args:
            master: The name of the primary user, who has the role `root`.
            password: The primary user's password.
            hosts: The names that clients know it by, besides localhost.
            members: What clients of the replica set are told to connect to, as `host:port`; by default localhost.
            engine_version: `4.0.0`, `5.0.0` or `5.0.1`, which has SCRAM-SHA-256 too.
            region: Where it is: who signs in by IAM signs for STS there.
            before: Called with the user and the name of each command before it is carried out, once the user has signed
                in. If it returns False, the connection ends without an answer.
            authority: Issues its certificate; by default one of its own.
            content: What it begins with, of a cluster with the same primary user; by default it is empty.
        """
        self.master = master
        self.before = before
        self._authority = authority or Authority()
        self._hosts = ["localhost", _ADDRESS]
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.add_hosts(hosts)
        self._listener = socket.create_server((_ADDRESS, 0))
        self.port = int(self._listener.getsockname()[1])
        self._cluster = Cluster(
            master=master,
            password=password,
            engine_version=engine_version,
            members=members or [f"localhost:{self.port}"],
            region=region,
            content=content,
        )
        self._commands = threading.Lock()
        self._changes = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._closed = False
        self._acceptor = threading.Thread(target=self._accept, name="documentdb", daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def ca_pem(self) -> str:
        """The certificate of the authority that a client must trust."""
        return self._authority.pem

    @property
    def connections(self) -> int:
        """How many are open."""
        with self._changes:
            return len(self._connections)

    def content(self) -> DocumentContent:
        """Return a copy of what it has, between two commands."""
        with self._commands:
            return self._cluster.content()

    def set_master_password(self, password: str) -> None:
        """Replace the primary user's password, as `ModifyDBCluster` does."""
        with self._commands:
            self._cluster.users.set_master_password(password)

    def add_hosts(self, hosts: Iterable[str]) -> None:
        """Let the certificate be valid for other names too."""
        self._hosts += hosts
        with tempfile.TemporaryDirectory() as folder:  # Python loads a key only from a file
            chain = Path(folder, "chain.pem")
            chain.write_text("".join(self._authority.issue(self._hosts)), encoding="utf-8")
            self._context.load_cert_chain(chain)

    def close(self) -> None:
        """End all connections, then the server."""
        with self._changes:
            self._closed = True
            connections, threads = set(self._connections), set(self._threads)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in (self._acceptor, *threads):
            thread.join(_END_SECONDS)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # it was closed
                return
            thread = threading.Thread(target=self._serve, args=(connection,), name="documentdb client", daemon=True)
            with self._changes:
                refused = self._closed or len(self._connections) >= _MAX_CONNECTIONS
                if not refused:
                    self._connections.add(connection)
                    self._threads.add(thread)
                    thread.start()
            if refused:
                connection.close()

    def _serve(self, plain: socket.socket) -> None:
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A client that does not speak TLS ends here: AWS's parameter `tls` is enabled by default.
            # https://docs.aws.amazon.com/documentdb/latest/developerguide/security.encryption.ssl.html
            with self._context.wrap_socket(plain.dup(), server_side=True) as connection:
                self._converse(connection)
        except (OSError, WireError):
            pass  # the client left, or does not speak the protocol: there is nobody to answer
        finally:
            with self._changes:
                self._connections.discard(plain)
                self._threads.discard(threading.current_thread())
            plain.close()

    def _converse(self, connection: ssl.SSLSocket) -> None:
        session = Session(cluster=self._cluster)
        while request := read_request(connection):
            told = self._answer(session, request)
            if told is None:
                return
            if request.answered:
                connection.sendall(told)

    def _answer(self, session: Session, request: Request) -> bytes | None:
        with self._commands:
            signed_in = session.user and session.conversation is None
            if self.before and session.user and signed_in and not self.before(session.user, request.name):
                return None
            return answer(request, run(session, request.command))
