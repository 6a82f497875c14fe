"""What others have changed since the last apply, without the values that controllers of AWS own.

Terraform's plan says it twice. `resource_changes` has what an apply would undo. `resource_drift` has what a refresh
found, also of arguments that Terraform ignores; one that a controller owns (`controllers.toml`) is left out of it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONTROLLERS: Final = Path(__file__).parent / "controllers.toml"


@dataclass(frozen=True, kw_only=True)
class OwnedArgument:
    """An argument of a type of resource that something else than Terraform sets."""

    type: str
    argument: str
    controller: str
    """Who sets it."""
    reason: str
    """When it does, and why that is not drift."""


def owned_arguments(path: Path = CONTROLLERS) -> tuple[OwnedArgument, ...]:
    """The written list."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["owned"]
    return tuple(
        OwnedArgument(type=each["type"], argument=argument, controller=each["controller"], reason=each["reason"])
        for each in listed
        for argument in each["arguments"]
    )


def drift(content: Mapping[str, Any], owned: tuple[OwnedArgument, ...]) -> Iterator[str]:
    """What others have changed or deleted: the address and the names of the arguments, never a value."""
    allowed: dict[str, set[str]] = {}
    for each in owned:
        allowed.setdefault(each.type, set()).add(each.argument)
    for found in content.get("resource_drift") or ():
        address, change = found["address"], found["change"]
        if "delete" in change["actions"]:
            yield f"{address}: deleted"
            continue
        before, after = change.get("before") or {}, change.get("after") or {}
        names = {name for name in {*before, *after} if _value(before.get(name)) != _value(after.get(name))}
        names -= allowed.get(found["type"], set())
        # `tags_all` follows `tags`, which is named itself.
        names -= {"tags_all"} if "tags" in names else set()
        if names:
            yield f"{address}: {', '.join(sorted(names))}"


def drifted_arguments(content: Mapping[str, Any]) -> dict[str, dict[str, object]]:
    """Every argument that a refresh found different, controllers' too: its value of today, by address and name."""
    found: dict[str, dict[str, object]] = {}
    for each in content.get("resource_drift") or ():
        before, after = each["change"].get("before") or {}, each["change"].get("after") or {}
        names = [name for name in {*before, *after} if _value(before.get(name)) != _value(after.get(name))]
        found[each["address"]] = {name: after.get(name) for name in names}
    return found


def _value(value: object) -> object:
    """A value in which nothing, 0, false, and an empty text, list or object are the same.

    The provider writes one of them when it makes a resource, and another one when it reads it again.
    """
    if isinstance(value, dict):
        value = {name: found for name, each in value.items() if (found := _value(each)) is not None}
    elif isinstance(value, list):
        value = [_value(each) for each in value]
    return value or None
