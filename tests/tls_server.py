"""A small TLS server for tests: certificates of an authority of its own, and answers that a test decides."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emulator.databases.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ADDRESS: Final = "127.0.0.1"
_END_OF_REQUEST: Final = b"\r\n\r\n"

Answer = bytes | None
"""What the server sends; None closes the connection without a byte."""


class HostAuthority:
    """An authority that signs certificates of hosts; its own certificate is in `file`."""

    def __init__(self, folder: Path) -> None:
        """Write its certificate into the folder."""
        self._folder = folder
        self._authority = Authority("Authority of tests")
        self.file = folder / "authority.pem"
        self.file.write_text(self._authority.pem, encoding="utf-8")

    def context(self, host_name: str) -> ssl.SSLContext:
        """The context of a server that presents a certificate for this name."""
        certificate, key = self._authority.issue([host_name])
        file = self._folder / f"{host_name}.pem"
        file.write_text(certificate + key, encoding="utf-8")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@dataclass
class TlsServer:
    """A server that runs, with what it was asked."""

    port: int
    requests: list[str] = field(default_factory=list)
    """The text of each request."""
    names: list[str | None] = field(default_factory=list)
    """The name that each client asked for in TLS (SNI)."""


@contextmanager
def tls_server(context: ssl.SSLContext, answer: Callable[[str, threading.Event], Answer]) -> Iterator[TlsServer]:
    """Serve on a free port until the end of the block.

    Args:
        context: Has the certificate.
        answer: Gets the path of a request, and an event that is set at the end, for one that waits.
    """
    listening = socket.create_server((ADDRESS, 0))
    server = TlsServer(port=listening.getsockname()[1])
    context.sni_callback = lambda _, name, __: server.names.append(name)
    ended = threading.Event()
    threads: list[threading.Thread] = []

    def serve(plain: socket.socket) -> None:
        with plain:
            try:
                with context.wrap_socket(plain, server_side=True) as secure:
                    text = b""
                    while _END_OF_REQUEST not in text and (part := secure.recv(1024)):
                        text += part
                    if not text:
                        return
                    server.requests.append(text.decode("ascii"))
                    if said := answer(text.decode("ascii").split()[1], ended):
                        secure.sendall(said)
            except (OSError, ValueError):
                return  # the client does not trust the certificate, or did not wait

    def accept() -> None:
        while not ended.is_set():
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(plain,)))
            threads[-1].start()

    threads.append(threading.Thread(target=accept))
    threads[0].start()
    try:
        yield server
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in threads:
            thread.join(timeout=10)
