"""Reads arguments at any depth of a resource, by what they are called, and not by a list of types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_UNSET: Final[tuple[object, ...]] = (None, "", [], {})
_NOT_AWS: Final = frozenset({"//", "lifecycle", "depends_on", "provisioner", "connection", "timeouts"})
"""Arguments of Terraform that are the same in every type."""
_OFF: Final = frozenset({"false", "disabled", "disable", "none", "off", "0", "no", "disabled_v2"})
_DEEPEST: Final = 30


def walk(value: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, str, Any]]:
    """Every argument in a block at any depth: its path, its name and its value."""
    if isinstance(value, dict) and depth < _DEEPEST:
        for name, inner in value.items():
            if depth or name not in _NOT_AWS:
                here = f"{path}.{name}" if path else str(name)
                yield here, str(name), inner
                if isinstance(inner, (dict, list)):
                    yield from walk(inner, here, depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        for inner in value:
            if isinstance(inner, (dict, list)):
                yield from walk(inner, path, depth + 1)


def inside(value: object, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """The same, also in JSON that is the text of an argument, like the containers of a task."""
    for where, name, inner in walk(value, path):
        yield where, name, inner
        if isinstance(inner, str) and (document := parsed(inner)) is not None:
            yield from walk(document, where, depth=1)


def parsed(text: str) -> Any:  # noqa: ANN401 - JSON is of any type
    """An object or an array that a text is, None if it is neither."""
    if text[:1] in "{[ \n" and text.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None
    return None


def at(value: Mapping[str, Any], path: str) -> list[Any]:
    """The values at a path of names with dots; a block on the way can be there more than once."""
    found: list[Any] = [value]
    *names, last = path.split(".")
    for name in names:
        found = [block for one in found for block in blocks(one.get(name))]
    return [one.get(last) for one in found if isinstance(one, dict)]


def is_set(value: object) -> bool:
    """Whether an argument has a value: null, and an empty text, list or block, are like none."""
    return not any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in _UNSET)


def is_off(value: object) -> bool:
    """Whether a value switches something off, in any of the words by which AWS says that."""
    return value is False or (isinstance(value, (str, int)) and str(value).strip().lower() in _OFF)


def is_on(value: object) -> bool:
    """Whether a value is set and switches nothing off."""
    return is_set(value) and not is_off(value)
