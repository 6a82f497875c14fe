"""Listens on a port of 127.0.0.1 with a certificate, and serves each client in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.databases.proxy_messages import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_END_SECONDS: Final = 5


class Listener:
    """Listens until `close()`."""

    def __init__(self, name: str, serve: Callable[[socket.socket, ssl.SSLContext], None]) -> None:
        """Start to listen.

        Args:
            name: What its threads are called.
            serve: Serves one client, whose first bytes are not encrypted yet, and closes the connection.
        """
        self._name = name
        self._serve_client = serve
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._acceptor = threading.Thread(target=self._accept, name=name, daemon=True)

    def start(self, chain: Iterable[str]) -> None:
        """Serve clients, with a certificate and its key in PEM."""
        self.certify(chain)
        self._acceptor.start()

    def certify(self, chain: Iterable[str]) -> None:
        """Use this certificate for connections from now on."""
        with tempfile.TemporaryDirectory() as folder:  # Python loads a key only from a file
            file = Path(folder, "chain.pem")
            file.write_text("".join(chain), encoding="utf-8")
            self._context.load_cert_chain(file)

    def close(self) -> None:
        """End it and its connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._acceptor.join(_END_SECONDS)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # it was closed
                return
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), name=f"{self._name} client", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # The copy stays usable to end the connection when TLS has taken the other over.
        with connection, contextlib.suppress(OSError, ProtocolError):
            self._serve_client(connection.dup(), self._context)
        with self._lock:
            self._connections.discard(connection)
