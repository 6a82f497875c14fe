"""The settings of a resource as a person reads them: a path and a value, without references and policies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LEFT_OUT: Final = frozenset({"//", "depends_on", "lifecycle", "provider", "tags", "tags_all", "timeouts"})
_DOCUMENT: Final = re.compile(r'^\s*[{\[]\s*("|$)|^\s*[{\[]\s*\n')
LONGEST: Final = 96
"""Characters of a value that are shown."""


def settings(arguments: Mapping[str, Any]) -> dict[str, str]:
    """The literal values of a resource by their path, like `environment.compute_type`.

    References, JSON documents and what only Terraform reads are left out.
    """
    return dict(_flat({name: value for name, value in arguments.items() if name not in _LEFT_OUT}, ""))


def at(arguments: Mapping[str, Any], path: str) -> object:
    """The value at a path, in the first block of each name; None if there is none."""
    *outer, last = path.split(".")
    block = arguments
    for name in outer:
        block = next(iter(blocks(block.get(name))), {})
    return block.get(last)


def text(value: object) -> str:
    """A value as a person reads it; empty for a reference and for what is not a value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, str):
        return "" if "${" in value or _DOCUMENT.search(value) else value
    if isinstance(value, list) and value and not any(isinstance(one, (dict, list)) for one in value):
        parts = [text(one) for one in value]
        return ", ".join(parts) if all(parts) else ""
    return ""


def shortened(value: str) -> str:
    """A value in one line."""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value, start=1):
            yield from _flat(inner, path if number == 1 else f"{path}[{number}]")
    elif shown := text(value):
        yield path, shortened(shown)
