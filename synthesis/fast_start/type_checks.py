"""The same run-time type checks as jsii's, without doing the same work on every call.

Generated code checks each argument of each call: it resolves the function's annotations (`typing.get_type_hints`)
and hands every value to typeguard, absent ones included. Two caches avoid most of that and accept nothing
that was refused before:

- the hints of a generated stub never change, so they are resolved once;
- a value whose exact type is one of the plain types that the expected type names (`Optional[str]` names `str` and
  `NoneType`) is accepted at once; every other value goes to typeguard as before.
"""

from __future__ import annotations

import typing
from functools import cache
from typing import Any, Final

import typeguard

_STUB_PREFIX: Final = "_typecheckingstub__"
_PLAIN: Final = frozenset({str, bool, int, float, type(None)})

_stock_hints: Final = typing.get_type_hints
_stock_check: Final = typeguard.check_type
_stub_hints: Final[dict[object, dict[str, Any]]] = {}


def install() -> None:
    """Replace the stock functions by the cached ones; a second call changes nothing."""
    typing.get_type_hints = get_type_hints
    typeguard.check_type = check_type


def get_type_hints(obj: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 (as typing declares it)
    """`typing.get_type_hints`, with a cache for generated stubs."""
    if args or kwargs or not getattr(obj, "__name__", "").startswith(_STUB_PREFIX):
        return _stock_hints(obj, *args, **kwargs)
    hints = _stub_hints.get(obj)
    if hints is None:
        hints = _stub_hints[obj] = _stock_hints(obj)
    return hints


def check_type(argname: str, value: Any, expected_type: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
    """`typeguard.check_type`, which accepts a named plain type without walking the hint."""
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
