"""Python and Node work at the same time: a request whose answer is known is sent and not waited for.

Stock, each of two thousand requests waits for its answer. Most of the answers are known before they come:

- a create returns the next number of the kernel's table of objects;
- a method without a result returns nothing;
- a string attribute of a resource returns a token, whose key the request chooses (`preload.cjs`).

An environment that is complete is written while Python composes the next one (`write_stacks`).

Each answer is compared with what was expected when it comes in. If one differs, or a call fails, the block ends with
`AheadError` and the program runs again without this, so that an error has its own message, place and traceback. The
output cannot differ: the requests are the same, in the same order.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import sys
from collections import deque
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

import jsii
from jsii import _reference_map
from jsii._kernel.providers.process import jdefault, ohook
from jsii._kernel.types import GetResponse, InvokeResponse, ObjRef

from synthesis.fast_start.node import HELLO, LOADED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cdktf import App

    from synthesis.fast_start.node import EarlyNode

# Set for the second run of a program whose first run failed.
OFF_SWITCH: Final = "NOT_AHEAD"
PROVIDER_TYPES: Final = "@cdktf/provider-aws."
# Every resource class has it; reading its value makes Node load the class.
_STATIC_MEMBER: Final = "TF_RESOURCE_TYPE"
# Of what a pipe holds, the part that may be under way: with less than a pipe holds, writing never waits for Node, which
# itself may wait until its answers are read.
_USED_SHARE: Final = 0.75
# Where the size of a pipe cannot be read, as it is for a user with many pipes:
# https://man7.org/linux/man-pages/man7/pipe.7.html
_SMALLEST_PIPE: Final = 4096
_WIDE_PIPE: Final = 1 << 20
# The kernel counts its objects from here: https://github.com/aws/jsii/blob/main/packages/%40jsii/kernel/src/objects.ts
_FIRST_OBJECT: Final = 10_000
_OBJECT: Final = re.compile(rb'"\$jsii\.byref":"[^"]*@(\d+)"')
# Methods of constructs that return nothing and call nothing of Python's.
_VOID: Final = frozenset({"addDependency", "addOverride"})
_DEBUGGERS: Final = frozenset({"bdb", "pydevd"})
_encode: Final = json.JSONEncoder(default=jdefault).encode


class AheadError(Exception):
    """The block failed, or an answer was not the expected one; run the program again without it."""


class _Sent(NamedTuple):
    expected: bytes
    size: int


@contextmanager
def ahead() -> Iterator[None]:
    """Send requests ahead within the block, and wait for all answers at its end; after the app was created.

    Without an `AheadProvider` in the kernel, the block runs as it would alone.

    Raises:
        AheadError: The block failed. Its own error may be the consequence of an earlier one that is not known here.
    """
    provider: object = jsii.kernel.provider
    if not isinstance(provider, AheadProvider):
        yield
        return
    try:
        provider.begin()
        yield
        provider.end()
    except Exception as error:
        raise AheadError from error


def run_again() -> NoReturn:
    """Replace this process by the same program, which then waits for each answer."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if stream is not None:  # closed by the caller
                stream.flush()
    os.execve(sys.executable, sys.orig_argv, os.environ | {OFF_SWITCH: "1"})  # noqa: S606 (the same program)


def can_run_again(environ: Mapping[str, str]) -> bool:
    """Whether this run may send ahead: the second run may not, and a debugger would lose its breakpoints."""
    return environ.get(OFF_SWITCH, "") in {"", "0"} and not _DEBUGGERS & sys.modules.keys()


def install(node: EarlyNode) -> None:
    """Put an `AheadProvider` between Python and this process of Node."""
    provider = AheadProvider(jsii.kernel.provider, node)
    jsii.kernel.provider = provider  # type: ignore[assignment]
    stock_register = _reference_map.register_type

    def register(class_: Any) -> None:  # noqa: ANN401 (as jsii has it)
        stock_register(class_)
        # Node loads the module of a resource class as soon as Python has its own side of it.
        if _STATIC_MEMBER in vars(class_) and class_.__jsii_type__.startswith(PROVIDER_TYPES):
            provider.load_class(class_.__jsii_type__)

    _reference_map.register_type = register  # type: ignore[assignment]


def write_stacks(app: App) -> None:
    """Let Node write the stacks that the app has so far, while Python goes on; within the block, and nothing without it.

    Their lazy values are produced now. What would change one of these stacks later ends the block with `AheadError`.
    """
    provider: object = jsii.kernel.provider
    if isinstance(provider, AheadProvider):
        provider.write_stacks(app.__jsii_ref__)


def release_node() -> None:
    """Let Node end if requests are sent ahead; nothing may be asked of it any more."""
    provider: object = jsii.kernel.provider
    if isinstance(provider, AheadProvider):
        provider.release()


class AheadProvider:
    """Stands before jsii's provider, between Python and Node; outside the block it only passes on."""

    def __init__(self, provider: Any, early: EarlyNode) -> None:  # noqa: ANN401 (jsii's own)
        self._provider = provider
        self._early = early
        self._is_on = False
        # What the early start asked for is still to be read.
        self._sent: deque[_Sent] = deque([_Sent(HELLO, 0), *(_Sent(LOADED, 0) for _ in early.requests)])
        self._bytes = 0
        self._max_bytes = 0
        self._next_object = _FIRST_OBJECT
        self._next_token = 0
        self._node: Any = None
        self._app = ""
        self._producers: list[tuple[str, Any]] = []
        self._first_unwritten = 0

    def begin(self) -> None:
        """Start to send ahead."""
        self._connect()
        self._is_on = True

    def end(self) -> None:
        """Wait for all answers, and for each one from now on."""
        self._drain()
        self._is_on = False

    def release(self) -> None:
        """Let Node end."""
        self._drain()
        self._early.release()

    def create(self, request: Any) -> Any:  # noqa: ANN401
        """Create an object; its number is the next one."""
        # The constructor of a class of Python's could call it back; that of a lazy value (`Object`) does not.
        if not self._is_on or (request.overrides and request.fqn != "Object"):
            return self._wait("create", request)
        reference = ObjRef(
            ref=f"{request.fqn}@{self._next_object}",
            interfaces=(request.interfaces or None) if request.fqn == "Object" else None,
        )
        self._next_object += 1
        if request.overrides:
            self._producers.append((reference.ref, request.overrides))
        message = {
            "fqn": request.fqn,
            "args": request.args,
            "overrides": [
                {"method": override.method, "property": override.property, "cookie": override.cookie}
                for override in request.overrides
            ],
            "interfaces": request.interfaces,
            "api": "create",
        }
        self._send(message, b'{"ok":%b}\n' % _compact(_reference(reference)))
        return reference

    def invoke(self, request: Any) -> Any:  # noqa: ANN401
        """Call a method; those in `_VOID` return nothing."""
        self._require_unwritten(request.objref)
        if not self._is_on or request.method not in _VOID:
            return self._wait("invoke", request)
        message = {"objref": _reference(request.objref), "method": request.method, "args": request.args}
        self._send(message | {"api": "invoke"}, b'{"ok":{}}\n')
        return InvokeResponse(result=None)

    def set(self, request: Any) -> Any:  # noqa: ANN401
        """Set a property."""
        self._require_unwritten(request.objref)
        return self._wait("set", request)

    def get(self, request: Any) -> Any:  # noqa: ANN401
        """Read a property; a string attribute of a resource is a token."""
        if not self._is_on or request.property not in _string_attributes(request.objref.ref.rpartition("@")[0]):
            if request.property == "node":
                self._require_unwritten(request.objref)
            return self._wait("get", request)
        message = {"objref": _reference(request.objref), "property": request.property, "api": "get"}
        return GetResponse(value=self._token(message, b'{"ok":{"value":"%b"}}\n'))

    def sinvoke(self, request: Any) -> Any:  # noqa: ANN401
        """Call a static method; `Lazy.stringValue` returns a token."""
        if self._first_unwritten and request.fqn == "cdktf.Aspects":
            message = "an aspect comes too late for the stacks that are written"
            raise AheadError(message)
        if not self._is_on or (request.fqn, request.method) != ("cdktf.Lazy", "stringValue"):
            return self._wait("sinvoke", request)
        message = {"fqn": request.fqn, "method": request.method, "args": request.args, "api": "sinvoke"}
        return InvokeResponse(result=self._token(message, b'{"ok":{"result":"%b"}}\n'))

    def write_stacks(self, app: ObjRef) -> None:
        """Let Node write the stacks of this app, unless a lazy value depends on where it is used."""
        if not self._is_on:
            return
        values = {}
        for reference, overrides in self._producers:
            value = _produced(_reference_map.resolve_id(reference), overrides)
            if value is None:
                return
            values[reference] = value
        self._producers.clear()
        message = {"objref": _reference(app), "method": "synth", "args": [], "api": "invoke"}
        self._send(message | {"$jsii.stacktrace": values}, b'{"ok":{}}\n')
        self._app = app.ref
        self._first_unwritten = self._next_object

    def _require_unwritten(self, object_: ObjRef) -> None:
        if self._first_unwritten and self._is_on and object_.ref != self._app:
            number = int(object_.ref.rpartition("@")[2])
            if number < self._first_unwritten:
                message = f"{object_.ref} is in a stack that is written"
                raise AheadError(message)

    def load_class(self, fqn: str) -> None:
        """Make Node load the module of a class while Python imports its own side."""
        self._connect()
        self._send({"fqn": fqn, "property": "tfResourceType", "api": "sget"}, b"")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever the provider has)
        self._drain()
        return getattr(self._provider, name)

    def _token(self, message: dict[str, Any], answer: bytes) -> str:
        key = f"A.{self._next_token}"
        self._next_token += 1
        token = f"${{TfToken[{key}]}}"
        # jsii's own field for the caller's stack trace, which the preload reads as the key.
        self._send(message | {"$jsii.stacktrace": key}, answer % token.encode())
        return token

    def _connect(self) -> None:
        """Start Node, and learn from each answer that is waited for which number the next object has."""
        if self._node is not None:
            return
        self._node = self._provider._process  # noqa: SLF001 (starts it)
        pipes = self._node._process  # noqa: SLF001
        self._max_bytes = int(_USED_SHARE * min(_widened(pipes.stdin), _widened(pipes.stdout)))

        def next_message() -> Any:  # noqa: ANN401
            line = self._node._process.stdout.readline()  # noqa: SLF001
            for number in _OBJECT.findall(line):
                self._next_object = max(self._next_object, int(number) + 1)
            return json.loads(line, object_hook=ohook)

        self._node._next_message = next_message  # noqa: SLF001

    def _send(self, message: dict[str, Any], expected: bytes) -> None:
        data = _encode(message).encode() + b"\n"
        pipes = self._node._process  # noqa: SLF001
        while self._sent and self._bytes + len(data) > self._max_bytes:
            self._receive(pipes.stdout)
        pipes.stdin.write(data)
        pipes.stdin.flush()
        self._sent.append(_Sent(expected, len(data)))
        self._bytes += len(data)

    def _receive(self, stdout: Any) -> None:  # noqa: ANN401
        line = stdout.readline()
        sent = self._sent.popleft()
        self._bytes -= sent.size
        if not line or not line.startswith(sent.expected):
            message = f"expected {sent.expected!r}, received {line!r}"
            raise AheadError(message)

    def _drain(self) -> None:
        while self._sent:
            self._receive(self._node._process.stdout)  # noqa: SLF001

    def _wait(self, name: str, request: Any) -> Any:  # noqa: ANN401
        self._connect()
        self._drain()
        return getattr(self._provider, name)(request)


class _ContextError(Exception):
    """A producer asked where its value is used."""


class _NoContext:
    def __getattr__(self, name: str) -> NoReturn:
        raise _ContextError(name)


def _produced(producer: Any, overrides: Any) -> str | None:  # noqa: ANN401 (jsii's own)
    """The text of a lazy value; None if it is no text, or another one wherever it is used."""
    if [override.method for override in overrides] != ["produce"]:
        return None
    try:
        value = getattr(producer, overrides[0].cookie)(_NoContext())
    except _ContextError:
        return None
    return value if type(value) is str else None


@cache
def _string_attributes(fqn: str) -> frozenset[str]:
    """The properties of a provider's class that are tokens: those of the class itself that always have a string."""
    if not fqn.startswith(PROVIDER_TYPES):
        return frozenset()
    members = vars(_reference_map._types[fqn]).values()  # noqa: SLF001
    getters = [member.fget for member in members if isinstance(member, property) and member.fget is not None]
    return frozenset(
        getattr(getter, "__jsii_name__", "")
        for getter in getters
        if getter.__annotations__.get("return") in {str, "builtins.str"}
    )


def _widened(pipe: Any) -> int:  # noqa: ANN401 (a file)
    """The size of the pipe, now as much as Linux allows every user, so that Python rarely waits while Node is busy."""
    try:
        with suppress(OSError):  # as for a user with many pipes
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _WIDE_PIPE)
        return fcntl.fcntl(pipe.fileno(), fcntl.F_GETPIPE_SZ)
    except (AttributeError, OSError):  # only Linux can say
        return _SMALLEST_PIPE


def _reference(object_: ObjRef) -> dict[str, object]:
    found: dict[str, object] = {"$jsii.byref": object_.ref}
    return found | {"$jsii.interfaces": object_.interfaces} if object_.interfaces else found


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
