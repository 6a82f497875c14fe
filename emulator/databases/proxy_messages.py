"""The messages of PostgreSQL's protocol by which a client signs in.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

TLS_REQUEST: Final = 80_877_103
ENCRYPTION_REQUEST: Final = 80_877_104
VERSION: Final = 3 << 16
MECHANISM: Final = "SCRAM-SHA-256"

CLEARTEXT, SASL, SASL_CONTINUE, SASL_FINAL, SIGNED_IN = 3, 10, 11, 12, 0
_LENGTH: Final = 4
_MOST_BYTES: Final = 1 << 20


class ProtocolError(Exception):
    """The other side left, or does not speak the protocol."""


class FatalError(Exception):
    """What the client is told before the connection ends."""

    def __init__(self, code: str, message: str) -> None:
        """Use a code of PostgreSQL's list."""
        super().__init__(message)
        self.code = code


class Message(NamedTuple):
    """A message of either side after the first."""

    kind: bytes
    body: bytes

    def encode(self) -> bytes:
        """Return its bytes."""
        return self.kind + struct.pack("!i", len(self.body) + _LENGTH) + self.body


def read_exactly(connection: socket.socket, size: int) -> bytes:
    """Read that many bytes."""
    read = bytearray()
    while len(read) < size:
        part = connection.recv(size - len(read))
        if not part:
            message = "the connection has ended"
            raise ProtocolError(message)
        read += part
    return bytes(read)


def read_first(connection: socket.socket) -> tuple[int, bytes]:
    """Read a client's first message, which has a number instead of a kind."""
    (length,) = struct.unpack("!i", read_exactly(connection, _LENGTH))
    if not 2 * _LENGTH <= length <= _MOST_BYTES:
        message = "the first message has a wrong length"
        raise ProtocolError(message)
    body = read_exactly(connection, length - _LENGTH)
    return struct.unpack("!i", body[:_LENGTH])[0], body[_LENGTH:]


def read_message(connection: socket.socket) -> Message:
    """Read one message."""
    kind = read_exactly(connection, 1)
    (length,) = struct.unpack("!i", read_exactly(connection, _LENGTH))
    if not _LENGTH <= length <= _MOST_BYTES:
        message = "a message has a wrong length"
        raise ProtocolError(message)
    return Message(kind, read_exactly(connection, length - _LENGTH))


def authentication(step: int, data: bytes = b"") -> bytes:
    """A server's step of signing in."""
    return Message(b"R", struct.pack("!i", step) + data).encode()


def answer(data: bytes) -> bytes:
    """A client's answer to such a step."""
    return Message(b"p", data).encode()


def sasl_start(first: str) -> bytes:
    """A client's first answer for SASL."""
    data = first.encode()
    return answer(MECHANISM.encode() + b"\0" + struct.pack("!i", len(data)) + data)


def startup(parameters: Mapping[str, str]) -> bytes:
    """A client's first message."""
    body = struct.pack("!i", VERSION)
    for name, value in parameters.items():
        body += name.encode() + b"\0" + value.encode() + b"\0"
    body += b"\0"
    return struct.pack("!i", len(body) + _LENGTH) + body


def parse_startup(body: bytes) -> dict[str, str]:
    """The parameters of a client's first message."""
    texts = [part.decode() for part in body.split(b"\0")]
    return {name: value for name, value in zip(texts[::2], texts[1::2], strict=False) if name}


def error(problem: FatalError) -> bytes:
    """The message of a server that ends the connection."""
    fields = {"S": "FATAL", "V": "FATAL", "C": problem.code, "M": str(problem)}
    body = b"".join(kind.encode() + text.encode() + b"\0" for kind, text in fields.items())
    return Message(b"E", body + b"\0").encode()
