"""MongoDB's wire protocol, as far as drivers of today speak it: OP_MSG, and OP_QUERY for the first `isMaster`.

https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import bson
from bson.codec_options import CodecOptions

if TYPE_CHECKING:
    import socket

MAX_MESSAGE_BYTES: Final = 48_000_000

_HEADER: Final = struct.Struct("<iiii")
_OP_REPLY, _OP_QUERY, _OP_MSG = 1, 2004, 2013
_CHECKSUM_PRESENT, _MORE_TO_COME = 1, 2
_BODY, _SEQUENCE = 0, 1
_AWAIT_CAPABLE: Final = 8
_INT: Final = struct.Struct("<i")
_UNSIGNED: Final = struct.Struct("<I")
_REPLY: Final = struct.Struct("<iqii")
_OPTIONS: Final = CodecOptions[dict[str, Any]](document_class=dict, tz_aware=True)


class WireError(Exception):
    """Bytes that are not a message of the protocol, or not of a kind that is known here."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One command of a client."""

    id: int
    command: dict[str, Any]
    """With `$db`, and with the documents that came beside it (`documents` of an insert)."""
    legacy: bool
    """It came as OP_QUERY and is answered by OP_REPLY."""
    answered: bool
    """False if the client wants no answer: a write that is not acknowledged."""

    @property
    def name(self) -> str:
        """The command: the first key of its document."""
        return next(iter(self.command), "")


def read_request(connection: socket.socket) -> Request | None:
    """Read the next one; None after the last."""
    header = _read(connection, _HEADER.size)
    if not header:
        return None
    length, request_id, _, operation = _HEADER.unpack(header)
    if not _HEADER.size < length <= MAX_MESSAGE_BYTES:
        message = f"a message of {length} bytes"
        raise WireError(message)
    body = _read(connection, length - _HEADER.size)
    if operation == _OP_MSG:
        return _read_message(request_id, body)
    if operation == _OP_QUERY:
        return _read_query(request_id, body)
    message = f"operation {operation} is neither OP_MSG nor OP_QUERY"
    raise WireError(message)


def answer(request: Request, document: dict[str, Any]) -> bytes:
    """Return the bytes of an answer."""
    encoded = bson.encode(document, codec_options=_OPTIONS)
    if request.legacy:
        body = _REPLY.pack(_AWAIT_CAPABLE, 0, 0, 1) + encoded
        operation = _OP_REPLY
    else:
        body = _UNSIGNED.pack(0) + bytes([_BODY]) + encoded
        operation = _OP_MSG
    return _HEADER.pack(_HEADER.size + len(body), 0, request.id, operation) + body


def _read_message(request_id: int, body: bytes) -> Request:
    (flags,) = _UNSIGNED.unpack_from(body)
    end = len(body) - (4 if flags & _CHECKSUM_PRESENT else 0)
    at = _UNSIGNED.size
    command: dict[str, Any] = {}
    beside: dict[str, Any] = {}
    while at < end:
        kind = body[at]
        (size,) = _INT.unpack_from(body, at + 1)
        section = body[at + 1 : at + 1 + size]
        if kind == _BODY:
            command = bson.decode(section, _OPTIONS)
        elif kind == _SEQUENCE:
            name, _, documents = section[_INT.size :].partition(b"\0")
            beside[name.decode()] = bson.decode_all(documents, _OPTIONS)
        else:
            message = f"a section of kind {kind}"
            raise WireError(message)
        at += 1 + size
    return Request(id=request_id, command=command | beside, legacy=False, answered=not flags & _MORE_TO_COME)


def _read_query(request_id: int, body: bytes) -> Request:
    collection, _, rest = body[_INT.size :].partition(b"\0")
    document = rest[2 * _INT.size :]
    (size,) = _INT.unpack_from(document)
    command = bson.decode(document[:size], _OPTIONS)
    database = collection.decode().partition(".")[0]
    return Request(id=request_id, command={**command, "$db": database}, legacy=True, answered=True)


def _read(connection: socket.socket, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = connection.recv(min(count, 1 << 16))
        if not part:
            if parts:
                message = "the connection ended within a message"
                raise WireError(message)
            return b""
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
