"""Requests to a listener of the emulator."""

from __future__ import annotations

import socket
import ssl

from emulator.databases.servers import authority


def ask(port: int, path: str, *, host_name: str) -> tuple[int, str]:
    """Ask at a port of this machine under a name of the certificate; return status and text."""
    context = ssl.create_default_context(cadata=authority().pem)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host_name) as secure,
    ):
        secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {host_name}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := secure.recv(4096):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()
