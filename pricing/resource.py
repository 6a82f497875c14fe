"""Resources that may cost money, from synthesized JSON or from a plan, and how they refer to each other."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from synthesis.template import blocks, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_INDEX: Final = re.compile(r"\[[^\]]*\]")
_NAMES: Final = ("arn", "id", "name", "identifier", "cluster_identifier", "bucket")
"""Arguments and attributes by whose value another resource names this one."""


@dataclass(frozen=True, kw_only=True)
class Billable:
    """One resource, or several equal ones that `count` or `for_each` makes."""

    address: str
    kind: str
    region: str
    """Empty if it is not known."""
    arguments: Mapping[str, Any] = field(repr=False)
    references: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """The addresses, without index, of the resources that each argument refers to."""
    unknown: frozenset[str] = frozenset()
    """Arguments whose value is known only after the apply."""
    quantity: int | None = 1
    """How many there are; None if that is not known."""
    stack: str = ""
    layer: str = ""

    @property
    def count(self) -> int:
        """How many there are; one if that is not known."""
        return 1 if self.quantity is None else self.quantity

    def get(self, argument: str) -> Any:  # noqa: ANN401 - JSON is of any type
        """The value of an argument, None if it is not set."""
        return self.arguments.get(argument)

    def text(self, argument: str) -> str:
        """The value of an argument as text, empty if it is not set."""
        value = self.get(argument)
        return "" if value is None else str(value)

    def number(self, argument: str) -> float | None:
        """The value of an argument, None if it is not a number."""
        return number(self.get(argument))

    def is_on(self, argument: str) -> bool:
        """Whether an argument is set to true."""
        return self.get(argument) is True

    def blocks(self, *path: str) -> list[Mapping[str, Any]]:
        """The blocks at a path of names; of the blocks before the last one, the first."""
        arguments: Mapping[str, Any] = self.arguments
        for name in path[:-1]:
            arguments = next(iter(blocks(arguments.get(name))), {})
        return blocks(arguments.get(path[-1]))

    def block(self, *path: str) -> Mapping[str, Any]:
        """The first block at a path of names, empty if there is none."""
        return next(iter(self.blocks(*path)), {})


@dataclass(frozen=True)
class Inventory:
    """All resources of an environment, or of a plan."""

    resources: tuple[Billable, ...]

    def all(self, *kinds: str) -> Iterator[Billable]:
        """The resources of these types."""
        if len(kinds) == 1:
            return iter(self._by_kind.get(kinds[0], ()))
        return (resource for resource in self.resources if resource.kind in kinds)

    @cached_property
    def _by_kind(self) -> Mapping[str, Sequence[Billable]]:
        found: dict[str, list[Billable]] = defaultdict(list)
        for resource in self.resources:
            found[resource.kind].append(resource)
        return found

    def count(self, *kinds: str, region: str) -> int:
        """How many resources of these types a region has."""
        return sum(each.count for each in self.all(*kinds) if each.region == region)

    def referred(self, resource: Billable, argument: str, *kinds: str) -> list[Billable]:
        """The resources of these types that an argument refers to, or names by its value."""
        if not _has(resource, argument):  # of most resources, and there can be thousands
            return []
        return [other for other in self._beside(resource, kinds) if _refers(resource, argument, other)]

    def referring(self, resource: Billable, argument: str, *kinds: str) -> list[Billable]:
        """The resources of these types whose argument refers to a resource, or names it by its value."""
        beside = (other for other in self._beside(resource, kinds) if _has(other, argument))
        return [other for other in beside if _refers(other, argument, resource)]

    def _beside(self, resource: Billable, kinds: Iterable[str]) -> Iterator[Billable]:
        return (other for other in self.all(*kinds) if other.stack == resource.stack)


def stack_resources(stack: Stack) -> Iterator[Billable]:
    """The resources of a synthesized stack."""
    for resource in stack.all():
        yield Billable(
            address=resource.address,
            kind=resource.kind,
            region=stack.region_of(resource),
            arguments=resource.arguments,
            references={name: frozenset(_addresses(value)) for name, value in resource.arguments.items()},
            quantity=_quantity(resource),
            stack=stack.id,
            layer=stack.name,
        )


def number(value: object) -> float | None:
    """A number, or one that is written as text; None for everything else, like a reference."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (OverflowError, ValueError):
        return None
    return found if math.isfinite(found) else None


def without_index(address: str) -> str:
    """The address as the configuration has it: `module.a.aws_b.c` for `module.a["x"].aws_b.c[0]`."""
    return _INDEX.sub("", address)


def _addresses(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (found["address"] for found in references(value) if found["address"])
    elif isinstance(value, dict):
        for item in value.values():
            yield from _addresses(item)
    elif isinstance(value, list):
        for item in value:
            yield from _addresses(item)


def _quantity(resource: Resource) -> int | None:
    count, each = resource.get("count"), resource.get("for_each")
    if count is not None:
        found = number(count)
        return None if found is None else int(found)
    if each is not None:
        return len(each) if isinstance(each, (dict, list)) else None
    return 1


def _has(resource: Billable, argument: str) -> bool:
    return bool(resource.references.get(argument) or resource.get(argument))


def _refers(resource: Billable, argument: str, other: Billable) -> bool:
    if without_index(other.address) in resource.references.get(argument, ()):
        index = re.search(r"\[[^\]]*\]$", resource.address)
        other_index = re.search(r"\[[^\]]*\]$", other.address)
        return not (index and other_index) or index[0] == other_index[0]
    value = resource.get(argument)
    values = value if isinstance(value, list) else [value]
    names = {other.get(name) for name in _NAMES if isinstance(other.get(name), str)}
    return any(isinstance(one, str) and one in names for one in values)
