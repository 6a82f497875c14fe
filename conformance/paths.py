"""Paths into the arguments of a resource: through blocks, items of a list, and JSON inside a text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

REMOVED: Final = object()
"""What a change returns to take an argument away."""


@dataclass(frozen=True)
class Item:
    """The first item of a list that has these values, by paths of names: `Item((("metric.stat", "p95"),))`."""

    values: tuple[tuple[str, object], ...]

    def matches(self, value: object) -> bool:
        """Whether a value is an object with these values."""
        return isinstance(value, dict) and all(read(value, key.split(".")) == wanted for key, wanted in self.values)

    def __str__(self) -> str:
        return f"[{', '.join(f'{key}={value}' for key, value in self.values)}]"


def item(values: dict[str, object] | None = None, /, **named: object) -> Item:
    """The first item of a list that has these values; `{"metric.stat": "p95"}` looks into a block."""
    return Item((*(values or {}).items(), *named.items()))


Step = str | Item
Path = tuple[Step, ...]


def text_of(path: Path) -> str:
    """The path for a person: `parameter[name=tls].value`."""
    return "".join(str(step) if isinstance(step, Item) else f".{step}" for step in path).removeprefix(".")


def read(value: object, path: Sequence[Step]) -> Any:  # noqa: ANN401 - JSON is of any type
    """The value at a path, None if there is none.

    A name looks into the first block if there are several; a text that is JSON is read as JSON.
    """
    for step in path:
        value = _parsed(value)
        if isinstance(step, Item):
            value = next((one for one in value if step.matches(one)), None) if isinstance(value, list) else None
            continue
        if isinstance(value, list):
            value = next(iter(value), None)
        value = value.get(step) if isinstance(value, dict) else None
    return value


def changed(value: object, path: Sequence[Step], change: Callable[[Any], object]) -> object:
    """A copy of a value with another value at a path; `REMOVED` takes the argument or item away.

    Args:
        value: Any JSON.
        path: Where; names that are missing are added.
        change: From the old value, None if there is none, to the new one.
    """
    if not path:
        return change(value)
    step, *rest = path
    if isinstance(value, str) and isinstance(parsed := _parsed(value), dict | list):
        return json.dumps(changed(parsed, path, change))
    if isinstance(step, Item):
        return _changed_item(value, step, rest, change)
    if isinstance(value, list):
        first, *others = value or [{}]
        return [changed(first, path, change), *others]
    block = value if isinstance(value, dict) else {}
    new = changed(block.get(step), rest, change)
    return {**{key: old for key, old in block.items() if key != step}, **({} if new is REMOVED else {step: new})}


def _changed_item(value: object, step: Item, rest: Sequence[Step], change: Callable[[Any], object]) -> object:
    items = list(value) if isinstance(value, list) else []
    place = next((number for number, one in enumerate(items) if step.matches(one)), len(items))
    new = changed(items[place] if place < len(items) else dict(step.values), rest, change)
    return items[:place] + ([] if new is REMOVED else [new]) + items[place + 1 :]


def _parsed(value: object) -> object:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
