"""The same run-time type checks as jsii's, without doing the same work on every call.

Generated code checks each argument of each call: it resolves the function's annotations (`typing.get_type_hints`)
and hands every value to typeguard, absent ones included. Here less is done, and nothing is accepted that was refused
before:

- an annotation is resolved when a value needs it, once; None needs none if the annotation is `Optional`;
- a value whose exact type is one of the plain types that the expected type names (`Optional[str]` names `str` and
  `NoneType`) is accepted at once; every other value goes to typeguard as before;
- the version of typeguard, which every generated module asks for, is looked up once.
"""

from __future__ import annotations

import importlib.metadata
import typing
from functools import cache
from typing import Any, Final

import typeguard

_STUB_PREFIX: Final = "_typecheckingstub__"
_OPTIONAL: Final = "typing.Optional["
_PLAIN: Final = frozenset({str, bool, int, float, type(None)})

_stock_hints: Final = typing.get_type_hints
_stock_check: Final = typeguard.check_type
_version: Final = cache(importlib.metadata.version)
_stub_hints: Final[dict[object, dict[str, Any]]] = {}
_resolved: Final[dict[tuple[str, int], Any]] = {}


class _Hint:
    """An annotation of a generated stub that is not resolved yet."""

    __slots__ = ("_annotation", "_globals", "is_optional")

    def __init__(self, annotation: str, globals_: dict[str, Any]) -> None:
        self._annotation = annotation
        self._globals = globals_
        self.is_optional = annotation.startswith(_OPTIONAL)

    def resolve(self) -> Any:  # noqa: ANN401 (any type)
        key = (self._annotation, id(self._globals))  # of a module, which stays
        if key not in _resolved:
            _resolved[key] = _stock_hints(_Annotated({"it": self._annotation}), self._globals)["it"]
        return _resolved[key]


class _Annotated:
    def __init__(self, annotations: dict[str, str]) -> None:
        self.__annotations__ = annotations


def install() -> None:
    """Replace the stock functions by these; a second call changes nothing."""
    typing.get_type_hints = get_type_hints
    typeguard.check_type = check_type
    importlib.metadata.version = _version


def get_type_hints(obj: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 (as typing declares it)
    """`typing.get_type_hints`; for a generated stub with annotations that are not resolved, if they are text."""
    if args or kwargs or not getattr(obj, "__name__", "").startswith(_STUB_PREFIX):
        return _stock_hints(obj, *args, **kwargs)
    hints = _stub_hints.get(obj)
    if hints is None:
        annotations = obj.__annotations__
        if all(type(annotation) is str for annotation in annotations.values()):
            hints = {name: _Hint(annotation, obj.__globals__) for name, annotation in annotations.items()}
        else:
            hints = _stock_hints(obj)
        _stub_hints[obj] = hints
    return hints


def check_type(argname: str, value: Any, expected_type: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
    """`typeguard.check_type`, which accepts a named plain type without walking the hint."""
    if type(expected_type) is _Hint:
        if value is None and expected_type.is_optional:
            return
        expected_type = expected_type.resolve()
    try:
        if type(value) in _plain_types(expected_type):
            return
    except TypeError:  # an unhashable annotation cannot be cached
        pass
    _stock_check(argname, value, expected_type, *args, **kwargs)


@cache
def _plain_types(expected: object) -> frozenset[type]:
    """The plain types that `expected` names."""
    if expected in _PLAIN:
        return frozenset({typing.cast("type", expected)})
    if typing.get_origin(expected) is typing.Union:
        return frozenset().union(*(_plain_types(member) for member in typing.get_args(expected)))
    return frozenset()
