"""Follows references, also from one stack to another, to the resources that they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthesis.template import REFERENCE, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource


@dataclass(frozen=True)
class Place:
    """Where a resource is."""

    stack: str
    """The id of its stack."""
    address: str

    @staticmethod
    def of(stack: Stack, resource: Resource) -> Place:
        """The place of a resource of a stack."""
        return Place(stack.id, resource.address)


def of_same_environment(stack: Stack, stacks: Mapping[str, Stack]) -> list[Stack]:
    """The stacks of the environment of a stack, itself included."""
    return [other for other in stacks.values() if other.environment == stack.environment]


def referred(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Stack, Resource]]:
    """The resources that `value`, a part of a stack, refers to at any depth, each with its stack.

    A reference that leads to no resource of `stacks` is left out.
    """
    for _, text in texts(value):
        for match in REFERENCE.finditer(text) if "${" in text else ():
            if address := match["address"]:
                kind = address.partition(".")[0]
                yield from ((stack, resource) for resource in stack.all(kind) if resource.address == address)
            elif producer := stacks.get(stack.producers(stacks).get(match["remote"], "")):
                output = producer.document.get("output", {}).get(match["output"], {})
                yield from referred(output.get("value"), producer, stacks)


def places(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> set[Place]:
    """The places of the resources that `value`, a part of a stack, refers to."""
    return {Place.of(owner, resource) for owner, resource in referred(value, stack, stacks)}
