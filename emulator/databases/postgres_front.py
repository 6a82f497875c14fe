"""What listens before a server of PostgreSQL whose instance has IAM sign-in: it takes tokens where the server cannot.

A member of `rds_iam` shows a token, and is let in through the server's socket; everybody else signs in to the server
itself, to which all bytes are passed on.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
from typing import TYPE_CHECKING, Final

from emulator.databases import proxy_messages as messages
from emulator.databases.listener import Listener
from emulator.databases.proxy_messages import FatalError
from emulator.databases.proxy_session import connect_to_database, receive_client, relay
from emulator.signatures import SignatureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

LOG = logging.getLogger(__name__)

_NOT_ALLOWED: Final = "28000"


class PostgresFront:
    """Listens before one server, until `close()`."""

    def __init__(
        self,
        *,
        port: int,
        local: Path,
        trusted: str,
        chain: Iterable[str],
        is_member: Callable[[str], bool],
        require_token: Callable[[str, str], None],
    ) -> None:
        """Start to listen.

        Args:
            port: The server's.
            local: The server's socket, at which members of `rds_iam` need no password.
            trusted: The authority of the server's certificate.
            chain: The server's certificate and key.
            is_member: Whether a user is a member of `rds_iam`.
            require_token: Checks the token of a user; raises SignatureError.
        """
        self._port, self._local, self._trusted = port, local, trusted
        self._is_member, self._require_token = is_member, require_token
        self._listener = Listener("postgres front", self._serve)
        self.certify, self.close = self._listener.certify, self._listener.close
        self._listener.start(chain)

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1."""
        return self._listener.port

    def _serve(self, plain: socket.socket, context: ssl.SSLContext) -> None:
        connection, parameters = receive_client(plain, context)
        user = parameters.get("user", "")
        try:
            with contextlib.closing(self._connect(connection, user)) as database:
                database.sendall(messages.startup(parameters))
                relay(connection, database)
        except FatalError as problem:
            connection.sendall(messages.error(problem))
        finally:
            connection.close()

    def _connect(self, client: socket.socket, user: str) -> socket.socket:
        """Return the connection on which the server answers a user's startup."""
        if not isinstance(client, ssl.SSLSocket):
            raise FatalError(_NOT_ALLOWED, f'no pg_hba.conf entry for user "{user}", no encryption')
        if not self._is_member(user):
            return connect_to_database(self._port, self._trusted)
        client.sendall(messages.authentication(messages.CLEARTEXT))
        token = messages.read_message(client).body.rstrip(b"\0").decode(errors="replace")
        try:
            self._require_token(user, token)
        except SignatureError as problem:
            LOG.debug("the token of %s is refused: %s", user, problem)
            raise FatalError(_NOT_ALLOWED, f'PAM authentication failed for user "{user}"') from None
        local = socket.socket(socket.AF_UNIX)
        try:
            local.connect(str(self._local))
        except OSError:
            local.close()
            raise
        return local
