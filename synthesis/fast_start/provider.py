"""Stands between jsii's Python and Node: what is known before Node answers is returned at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from jsii import _reference_map
from jsii._kernel.types import GetResponse, InvokeResponse, ObjRef

from synthesis.fast_start import tokens
from synthesis.fast_start.pipe import AheadError, Pipe
from synthesis.fast_start.tree import Tree

if TYPE_CHECKING:
    from synthesis.fast_start.node import EarlyNode

RESOURCE_TYPE: Final = "tfResourceType"
# Methods of constructs that return nothing and call nothing of Python's.
_VOID: Final = frozenset({"addDependency", "addOverride"})


class AheadProvider:
    """jsii's provider, with an answer to some of the requests; outside the block it only passes on."""

    def __init__(self, provider: Any, early: EarlyNode) -> None:  # noqa: ANN401 (jsii's own)
        self._provider = provider
        self._early = early
        self._pipe = Pipe(early)
        self._tree = Tree()
        self._keys = tokens.Keys()
        self._is_on = False
        self._is_connected = False
        self._resource_types: dict[str, str] = {}
        self._producers: list[tuple[str, Any]] = []
        self._first_unwritten = 0

    def begin(self) -> None:
        """Start to send ahead."""
        self._connect()
        self._is_on = True

    def end(self) -> None:
        """Wait for all answers, and for each one from now on."""
        self._pipe.drain()
        self._is_on = False

    def release(self) -> None:
        """Let Node end."""
        self._pipe.close()

    def stop(self) -> None:
        """End Node, whatever it still has to do: it may be writing stacks."""
        self._early.stop()

    def load_class(self, fqn: str) -> None:
        """Make Node load the module of a class while Python imports its own side."""
        request = {"fqn": fqn, "property": RESOURCE_TYPE, "api": "sget"}
        self._pipe.send(request, b'{"ok":{"value":"', lambda value: self._resource_types.setdefault(fqn, value))

    def create(self, request: Any) -> Any:  # noqa: ANN401
        """Create an object; its number is the next one."""
        # The constructor of a class of Python's could call it back; that of a lazy value (`Object`) does not.
        if not self._is_on or (request.overrides and request.fqn != "Object"):
            response = self._wait("create", request)
            self._tree.add(response.ref, request.fqn, request.args)
            return response
        reference = ObjRef(
            ref=f"{request.fqn}@{self._pipe.next_object}",
            interfaces=(request.interfaces or None) if request.fqn == "Object" else None,
        )
        self._pipe.next_object += 1
        self._tree.add(reference.ref, request.fqn, request.args)
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
        self._pipe.send(message, b'{"ok":%b}\n' % _compact(_by_reference(reference)))
        return reference

    def invoke(self, request: Any) -> Any:  # noqa: ANN401
        """Call a method; those in `_VOID` return nothing."""
        self._require_unwritten(request.objref)
        if self._first_unwritten and request.method == "synth":
            return self._write_rest(request)
        if not self._is_on or request.method not in _VOID:
            return self._wait("invoke", request)
        message = {"objref": _by_reference(request.objref), "method": request.method, "args": request.args}
        self._pipe.send(message | {"api": "invoke"}, b'{"ok":{}}\n')
        return InvokeResponse(result=None)

    def set(self, request: Any) -> Any:  # noqa: ANN401
        """Set a property."""
        self._require_unwritten(request.objref)
        return self._wait("set", request)

    def get(self, request: Any) -> Any:  # noqa: ANN401
        """Read a property: an attribute of a resource is a token, and the tree knows where a construct is."""
        reference, property_ = request.objref.ref, request.property
        if property_ == "node":
            self._require_unwritten(request.objref)
        if not self._is_on:
            return self._wait("get", request)
        message = {"objref": _by_reference(request.objref), "property": property_, "api": "get"}
        kind = tokens.attributes(reference.rpartition("@")[0]).get(property_)
        if kind:
            return GetResponse(value=self._token(kind, message, b'{"ok":{"value":%b}}\n'))
        value: str | ObjRef | None = self._tree.text(reference, property_)
        if property_ == "node" and self._tree.has(reference):
            value = ObjRef(ref=self._node_of(reference))
        if value is None:
            return self._wait("get", request)
        self._pipe.send(message, b'{"ok":{"value":%b}}\n' % _compact(_by_reference(value)))
        return GetResponse(value=value)

    def sget(self, request: Any) -> Any:  # noqa: ANN401
        """Read a static property; the type of a resource was read when its class was loaded."""
        if request.property == RESOURCE_TYPE:
            if request.fqn not in self._resource_types:
                self._pipe.drain()
            if request.fqn in self._resource_types:
                return GetResponse(value=self._resource_types[request.fqn])
        return self._wait("sget", request)

    def sinvoke(self, request: Any) -> Any:  # noqa: ANN401
        """Call a static method: a function of Terraform returns a token, and the tree knows a construct's stack."""
        if self._first_unwritten and request.fqn == "cdktf.Aspects":
            reason = "an aspect comes too late for the stacks that are written"
            raise AheadError(reason)
        if not self._is_on:
            return self._wait("sinvoke", request)
        message = {"fqn": request.fqn, "method": request.method, "args": request.args, "api": "sinvoke"}
        answer = b'{"ok":{"result":%b}}\n'
        found = self._tree.ancestor(request.fqn, request.args[0]) if request.method == "of" and request.args else None
        if found:
            reference = ObjRef(ref=found)
            self._pipe.send(message, answer % _compact(_by_reference(reference)))
            return InvokeResponse(result=reference)
        kind = tokens.functions(request.fqn).get(request.method)
        if (request.fqn, request.method) == ("cdktf.Token", "asNumber") and type(request.args[0]) is str:
            kind = "number"
        if kind:
            return InvokeResponse(result=self._token(kind, message, answer))
        return self._wait("sinvoke", request)

    def write_stacks(self, app: ObjRef) -> None:
        """Let Node write the stacks that this app has, unless a lazy value depends on where it is used."""
        if not self._is_on:
            return
        values = {}
        for reference, overrides in self._producers:
            value = _produced(_reference_map.resolve_id(reference), overrides)
            if value is None:
                return
            values[reference] = value
        self._producers.clear()
        message = {"objref": _by_reference(app), "method": "synth", "args": [], "api": "invoke"}
        self._pipe.send(message | {"$jsii.stacktrace": values}, b'{"ok":{}}\n')
        self._first_unwritten = self._pipe.next_object

    def _write_rest(self, request: Any) -> Any:  # noqa: ANN401
        try:
            return self._wait("invoke", request)
        except Exception as error:  # a stack that is written can have no part in it
            message = "the other stacks cannot be written"
            raise AheadError(message) from error

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever the provider has)
        self._pipe.drain()
        return getattr(self._provider, name)

    def _wait(self, name: str, request: Any) -> Any:  # noqa: ANN401
        self._connect()
        self._pipe.drain()
        return getattr(self._provider, name)(request)

    def _connect(self) -> None:
        if not self._is_connected:
            self._is_connected = True
            self._provider._process._next_message = self._pipe.next_message  # noqa: SLF001

    def _token(self, kind: tokens.Kind, message: dict[str, Any], answer: bytes) -> Any:  # noqa: ANN401
        key, token = self._keys.new(kind)
        # jsii's own field for the caller's stack trace, which the preload reads as the key.
        self._pipe.send(message | {"$jsii.stacktrace": key}, answer % _compact(token))
        return token

    def _node_of(self, construct: str) -> str:
        node = self._tree.node(construct)
        if node is None:
            node = f"constructs.Node@{self._pipe.next_object}"
            self._pipe.next_object += 1
            self._tree.add_node(construct, node)
        return node

    def _require_unwritten(self, object_: ObjRef) -> None:
        if self._is_on and self._first_unwritten and not self._tree.is_root(object_.ref):
            number = int(object_.ref.rpartition("@")[2])
            if number < self._first_unwritten:
                message = f"{object_.ref} is in a stack that is written"
                raise AheadError(message)


class _ContextError(Exception):
    """A producer asked where its value is used."""


class _NoContext:
    def __getattr__(self, name: str) -> NoReturn:
        raise _ContextError(name)


def _produced(producer: Any, overrides: Any) -> str | None:  # noqa: ANN401 (jsii's own)
    """The text of a lazy value; None if it has another type, or depends on where it is used."""
    if [override.method for override in overrides] != ["produce"]:
        return None
    try:
        value = getattr(producer, overrides[0].cookie)(_NoContext())
    except _ContextError:
        return None
    return value if type(value) is str else None


def _by_reference(value: str | ObjRef) -> object:
    if isinstance(value, str):
        return value
    found: dict[str, object] = {"$jsii.byref": value.ref}
    return found | {"$jsii.interfaces": value.interfaces} if value.interfaces else found


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
