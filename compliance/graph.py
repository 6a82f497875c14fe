"""The resources of stacks as a graph: references are followed in both directions, also from one stack to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.references import Place, referred_data, referred_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource


@dataclass(frozen=True)
class Node:
    """A resource and the stack in which its references are resolved."""

    stack: Stack
    resource: Resource

    @property
    def place(self) -> str:
        """As reports name it: `prod-service/aws_lb.load-balancer`."""
        return str(Place.of(self.stack, self.resource))

    def get(self, argument: str) -> Any:  # noqa: ANN401 - JSON is of any type
        """The value of an argument, None if it is not set."""
        return self.resource.get(argument)


class Graph:
    """Resources of stacks, which are those of one or more environments."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self._stacks = {stack.id: stack for stack in stacks}
        self._nodes = {
            node.place: node for stack in self._stacks.values() for node in (Node(stack, r) for r in stack.all())
        }

    def all(self, *kinds: str) -> Iterator[Node]:
        """The resources of these types, of all stacks."""
        return (node for node in self._nodes.values() if node.resource.kind in kinds)

    def places(self, stack: Stack, value: object) -> list[Place | None]:
        """What `value`, a part of a stack, refers to; None for an output that is in none of the stacks."""
        return list(referred_places(value, stack, self._stacks))

    def follow(self, stack: Stack, value: object, *kinds: str) -> list[Node]:
        """The resources that `value`, a part of a stack, refers to: those of these types, or all."""
        found = (self._nodes.get(str(place)) for place in self.places(stack, value))
        return [node for node in found if node and (not kinds or node.resource.kind in kinds)]

    def data(self, stack: Stack, value: object, kind: str) -> list[Mapping[str, Any]]:
        """The arguments of the data sources of a type that `value`, a part of a stack, refers to."""
        return list(referred_data(value, stack, self._stacks, kind))

    def targets(self, node: Node, argument: str, *kinds: str) -> list[Node]:
        """The resources that an argument refers to."""
        return self.follow(node.stack, node.get(argument), *kinds)

    def sources(self, target: Node, kind: str, *, by: str) -> list[Node]:
        """Resources of a type, in whatever stack, whose argument `by` refers to `target`."""
        return [node for node in self.all(kind) if is_among(target, self.targets(node, by))]


def is_among(node: Node, nodes: Iterable[Node]) -> bool:
    """Whether a resource is one of these."""
    return any(other.place == node.place for other in nodes)
