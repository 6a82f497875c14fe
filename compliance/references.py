"""Follows references, also from one stack to another, to the resources that they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from synthesis.template import references, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_DATA: Final = re.compile(r"\bdata\.(?P<kind>aws_[a-z0-9_]+)\.(?P<name>[\w-]+)")


@dataclass(frozen=True)
class Place:
    """Where a resource is."""

    stack: str
    """The id of its stack."""
    address: str

    def __str__(self) -> str:
        """As reports name it: `prod-data/aws_db_instance.postgres`."""
        return f"{self.stack}/{self.address}"

    @staticmethod
    def of(stack: Stack, resource: Resource) -> Place:
        """The place of a resource of a stack."""
        return Place(stack.id, resource.address)


def of_same_environment(stack: Stack, stacks: Mapping[str, Stack]) -> list[Stack]:
    """The stacks of the environment of a stack, itself included."""
    return [other for other in stacks.values() if other.environment == stack.environment]


def referred_places(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Place | None]:
    """The place of each resource that `value`, a part of a stack, refers to at any depth.

    It is None for a reference that cannot be followed: to an output that is in none of `stacks`.
    """
    for _, text in texts(value):
        for match in references(text):
            if address := match["address"]:
                yield Place(stack.id, address)
                continue
            producer = stacks.get(stack.producers(stacks).get(match["remote"], ""))
            output = producer.document.get("output", {}).get(match["output"]) if producer else None
            if producer and output:
                yield from referred_places(output["value"], producer, stacks)
            else:
                yield None


def referred(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Stack, Resource]]:
    """The resources that `value`, a part of a stack, refers to at any depth, each with its stack.

    A reference that leads to no resource of `stacks` is left out.
    """
    for place in filter(None, referred_places(value, stack, stacks)):
        owner = stack if place.stack == stack.id else stacks[place.stack]
        kind = place.address.partition(".")[0]
        yield from ((owner, resource) for resource in owner.all(kind) if resource.address == place.address)


def places(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> set[Place]:
    """The places of the resources that `value`, a part of a stack, refers to."""
    return {Place.of(owner, resource) for owner, resource in referred(value, stack, stacks)}


def data_sources(value: object, stack: Stack, kind: str) -> Iterator[Mapping[str, Any]]:
    """The arguments of the data sources of a type that `value`, a part of a stack, refers to."""
    declared = stack.document.get("data", {}).get(kind, {})
    for _, text in texts(value):
        for match in _DATA.finditer(text):
            if match["kind"] == kind and match["name"] in declared:
                yield declared[match["name"]]


def referred_data(value: object, stack: Stack, stacks: Mapping[str, Stack], kind: str) -> Iterator[Mapping[str, Any]]:
    """The same, also of the data sources of other stacks whose outputs `value` refers to."""
    yield from data_sources(value, stack, kind)
    for _, text in texts(value):
        for match in references(text):
            producer = stacks.get(stack.producers(stacks).get(match["remote"] or "", ""))
            output = producer.document.get("output", {}).get(match["output"]) if producer else None
            if producer and output:
                yield from referred_data(output["value"], producer, stacks, kind)
