"""Requests to Node that are sent before the answers to earlier ones are read, each with the answer that it expects."""

from __future__ import annotations

import fcntl
import json
import re
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jsii._kernel.providers.process import jdefault, ohook

from synthesis.fast_start.node import HELLO, LOADED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synthesis.fast_start.node import EarlyNode

# Of what a pipe holds, the part that may be under way: with less than a pipe holds, writing never waits for Node, which
# itself may wait until its answers are read.
_USED_SHARE: Final = 0.75
# Where the size of a pipe cannot be read, and the most that Linux allows every user:
# https://man7.org/linux/man-pages/man7/pipe.7.html
_SMALLEST_PIPE, _WIDEST_PIPE = 4096, 1 << 20
# The kernel counts its objects from here: https://github.com/aws/jsii/blob/main/packages/%40jsii/kernel/src/objects.ts
_FIRST_OBJECT: Final = 10_000
_OBJECT: Final = re.compile(rb'"\$jsii\.byref":"[^"]*@(\d+)"')
_encode: Final = json.JSONEncoder(default=jdefault).encode


class AheadError(Exception):
    """The block failed, or an answer was not the expected one; run the program again without it."""


class _Sent(NamedTuple):
    expected: bytes
    """What the answer begins with."""
    size: int
    receive: Callable[[str], object] | None = None
    """Gets the value of the answer."""


class Pipe:
    """The way to Node and back. What the early start asked for is still to be read."""

    def __init__(self, early: EarlyNode) -> None:
        self.next_object = _FIRST_OBJECT
        """Number of the object that Node makes next."""
        self._early = early
        self._sent = deque([_Sent(HELLO, 0), *(_Sent(LOADED, 0) for _ in early.requests)])
        self._bytes = 0
        self._stdin: Any = early.process.stdin
        self._stdout: Any = early.process.stdout
        self._max_bytes = int(_USED_SHARE * min(_widened(self._stdin), _widened(self._stdout)))

    def send(self, message: Mapping[str, Any], expected: bytes, receive: Callable[[str], object] | None = None) -> None:
        """Send a request.

        Args:
            message: The request.
            expected: What its answer begins with.
            receive: Gets the value of the answer, when it is read.
        """
        data = _encode(message).encode() + b"\n"
        while self._sent and self._bytes + len(data) > self._max_bytes:
            self._receive()
        try:
            self._stdin.write(data)
            self._stdin.flush()
        except OSError as error:
            message_ = "Node has ended"
            raise AheadError(message_) from error
        self._sent.append(_Sent(expected, len(data), receive))
        self._bytes += len(data)

    def drain(self) -> None:
        """Read all answers.

        Raises:
            AheadError: One was not the expected one.
        """
        while self._sent:
            self._receive()

    def next_message(self) -> Any:  # noqa: ANN401 (JSON)
        """Read an answer that jsii waits for, and learn from it which number the next object has."""
        line = self._stdout.readline()
        for number in _OBJECT.findall(line):
            self.next_object = max(self.next_object, int(number) + 1)
        return json.loads(line, object_hook=ohook)

    def close(self) -> None:
        """Read all answers and let Node end."""
        self.drain()
        self._early.release()

    def _receive(self) -> None:
        line = self._stdout.readline()
        sent = self._sent.popleft()
        self._bytes -= sent.size
        if not line or not line.startswith(sent.expected):
            message = f"expected {sent.expected!r}, received {line!r}"
            raise AheadError(message)
        if sent.receive:
            sent.receive(json.loads(line)["ok"]["value"])


def _widened(pipe: Any) -> int:  # noqa: ANN401 (a file)
    """The size of the pipe, now as wide as possible, so that Python rarely waits while Node is busy."""
    try:
        with suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _WIDEST_PIPE)
        return fcntl.fcntl(pipe.fileno(), fcntl.F_GETPIPE_SZ)
    except (AttributeError, OSError):  # only Linux can say
        return _SMALLEST_PIPE
