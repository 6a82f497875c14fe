"""The same run-time type checks as jsii's, without doing the same work on every call.

Generated code checks each argument of each call: it resolves the function's annotations (`typing.get_type_hints`)
and hands every value to typeguard, absent ones included. Here an annotation is resolved only for a value that needs
it, and three kinds of values do not need typeguard. Nothing is accepted that was refused before:

- None where the annotation is `Optional`;
- a value whose exact type is one of the plain types that the annotation names (`Optional[str]` names `str`);
- an instance of a class of the bindings that the annotation names.
"""

from __future__ import annotations

import re
import typing
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

import typeguard

_STUB_PREFIX: Final = "_typecheckingstub__"
_PLAIN: Final = frozenset({str, bool, int, float, type(None)})
_OPTIONAL: Final = "typing.Optional["
# The first part of each name in an annotation, and those that mean the same in every generated module.
_NAMES: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_GENERAL: Final = ("builtins", "typing", "jsii", "_cdktf_", "_constructs_")

_stock_hints: Final = typing.get_type_hints
_stock_check: Final = typeguard.check_type
_hints_by_stub: Final[dict[object, dict[str, Any]]] = {}
_hints_by_text: Final[dict[tuple[int, str], Hint]] = {}


def install() -> None:
    """Replace the stock functions by these; a second call changes nothing."""
    typing.get_type_hints = get_type_hints
    typeguard.check_type = check_type


class _Accepted(typing.NamedTuple):
    """What a hint names."""

    plain: frozenset[type] = frozenset()
    classes: tuple[type, ...] = ()

    def has(self, value: object) -> bool:
        return type(value) in self.plain or isinstance(value, self.classes)


class Hint:
    """The annotation of one argument of a generated stub, resolved when a value needs it."""

    __slots__ = ("_accepted", "_annotation", "_globals", "_resolved", "is_optional")

    def __init__(self, annotation: object, namespace: dict[str, Any]) -> None:
        self._annotation = annotation
        self._globals = namespace
        self._accepted: _Accepted | None = None
        # Text if the module was compiled so (`bindings.py`).
        text = annotation if isinstance(annotation, str) else repr(annotation)
        self.is_optional = text.startswith(_OPTIONAL)

    def accepts(self, value: object) -> bool:
        """Whether the value is of one of the three kinds; if not, typeguard decides."""
        if value is None and self.is_optional:
            return True
        if self._accepted is None:
            self._accepted = _accepted(self.resolve())
        return self._accepted.has(value)

    def resolve(self) -> Any:  # noqa: ANN401 (as typing has it)
        """What `typing.get_type_hints` has for the argument."""
        alone = SimpleNamespace(__annotations__={"argument": self._annotation})
        return _stock_hints(alone, self._globals)["argument"]


def get_type_hints(obj: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 (as typing declares it)
    """`typing.get_type_hints`, which leaves the hints of generated stubs unresolved."""
    if args or kwargs or not getattr(obj, "__name__", "").startswith(_STUB_PREFIX):
        return _stock_hints(obj, *args, **kwargs)
    hints = _hints_by_stub.get(obj)
    if hints is None:
        hints = {name: _hint(annotation, obj.__globals__) for name, annotation in obj.__annotations__.items()}
        _hints_by_stub[obj] = hints
    return hints


def check_type(argname: str, value: Any, expected_type: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
    """`typeguard.check_type`, which accepts the three kinds of values without walking the hint."""
    if type(expected_type) is Hint:
        if expected_type.accepts(value):
            return
        expected_type = expected_type.resolve()
    else:
        try:
            if _accepted(expected_type).has(value):
                return
        except TypeError:  # an unhashable annotation cannot be cached
            pass
    _stock_check(argname, value, expected_type, *args, **kwargs)


def _hint(annotation: object, namespace: dict[str, Any]) -> Hint:
    if not isinstance(annotation, str):
        return Hint(annotation, namespace)
    is_general = all(name.startswith(_GENERAL) for name in _NAMES.findall(annotation))
    key = (0 if is_general else id(namespace), annotation)
    hint = _hints_by_text.get(key)
    if hint is None:
        hint = _hints_by_text[key] = Hint(annotation, namespace)
    return hint


@cache
def _accepted(expected: object) -> _Accepted:
    if expected in _PLAIN:
        return _Accepted(plain=frozenset({typing.cast("type", expected)}))
    if typing.get_origin(expected) is typing.Union:
        members = [_accepted(member) for member in typing.get_args(expected)]
        return _Accepted(
            plain=frozenset().union(*(member.plain for member in members)),
            classes=tuple(class_ for member in members for class_ in member.classes),
        )
    # Not the interfaces, which are protocols.
    if isinstance(expected, type) and hasattr(expected, "__jsii_type__") and not hasattr(expected, "_is_protocol"):
        return _Accepted(classes=(expected,))
    return _Accepted()
