"""What Python knows of the tree of constructs, as it creates each of them: their paths, stacks and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from synthesis.addresses import logical_id

if TYPE_CHECKING:
    from collections.abc import Sequence

_APP, _STACK = "cdktf.App", "cdktf.TerraformStack"
_ANCESTORS: Final = frozenset({_APP, _STACK})


class _Place(NamedTuple):
    fqn: str
    scope: str
    id: str


class Tree:
    """The constructs that were created, by jsii's references to them (`constructs.Construct@10001`)."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}
        self._nodes: dict[str, str] = {}
        self._constructs: dict[str, str] = {}
        self._outputs: dict[str, str] = {}

    def add(self, reference: str, fqn: str, arguments: Sequence[Any]) -> None:
        """Note a new object: an app, or, if its first arguments are an object and a text, a construct."""
        if fqn == _APP:
            self._places[reference] = _Place(fqn, "", "")
            config = arguments[0] if arguments and isinstance(arguments[0], dict) else {}
            output = config.get("$jsii.struct", {}).get("data", {}).get("outdir")
            if isinstance(output, str):
                self._outputs[reference] = output
        elif len(arguments) > 1 and isinstance(arguments[1], str):
            scope = _reference(arguments[0])
            if scope in self._places:
                self._places[reference] = _Place(fqn, scope, arguments[1])

    def add_node(self, construct: str, node: str) -> None:
        """Note the node of a construct."""
        self._nodes[construct] = node
        self._constructs[node] = construct

    def node(self, construct: str) -> str | None:
        """The node of a construct, if it was noted."""
        return self._nodes.get(construct)

    def has(self, construct: str) -> bool:
        """Whether it was noted."""
        return construct in self._places

    def is_root(self, construct: str) -> bool:
        """Whether it is an app."""
        return construct in self._places and self._places[construct].fqn == _APP

    def text(self, reference: str, property_: str) -> str | None:
        """A property of a node, a resource or an app."""
        if property_ == "outdir":
            return self._outputs.get(reference)
        if property_ == "friendlyUniqueId" and reference in self._places:
            way = self._way(reference)
            in_stack = [index for index, place in enumerate(way) if place.fqn == _STACK]
            return logical_id([place.id for place in way[in_stack[-1] + 1 :]]) if in_stack else None
        construct = self._constructs.get(reference)
        if construct and property_ == "path":
            return "/".join(place.id for place in self._way(construct)[1:])
        if construct and property_ == "id":
            return self._places[construct].id
        return None

    def ancestor(self, fqn: str, construct: object) -> str | None:
        """The nearest stack or app that a construct is in, or is."""
        reference = _reference(construct)
        while fqn in _ANCESTORS and (place := self._places.get(reference)):
            if place.fqn == fqn:
                return reference
            reference = place.scope
        return None

    def _way(self, construct: str) -> list[_Place]:
        way = []
        while place := self._places.get(construct):
            way.append(place)
            construct = place.scope
        return way[::-1]


def _reference(object_: object) -> str:
    return str(getattr(getattr(object_, "__jsii_ref__", None), "ref", ""))
