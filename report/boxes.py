"""The boxes of the drawing: each prominent resource with what was made together with it, and how boxes are connected.

A resource belongs to the box whose construct is the nearest one above it: the alarms, roles and parameters that
`postgres` makes are of the box of the database, and those of `postgres/proxy` of the box of the proxy.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from compliance.graph import Graph, Node
from compliance.reachability import connections
from report.kinds import KINDS, LANES, RECOVERY, STATE
from report.settings import at, text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from compliance.reachability import Connection
    from synthesis.manifest import Stack

_TOGETHER: Final = 2
"""More boxes of a type in one lane and region are drawn as one."""
_LANE_OF_LAYER: Final = {"recovery": RECOVERY, "state": STATE}
_WORDS: Final = {
    "acl": "ACL",
    "api": "API",
    "documentdb": "DocumentDB",
    "jwt": "JWT",
    "postgres": "PostgreSQL",
    "vpc": "VPC",
}
"""Words of ids, as people write them."""
_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Box:
    """A prominent resource, or several of a type, with all that was made together with it."""

    id: str
    """The anchor of its details."""
    kind: str
    lane: str
    region: str
    title: str
    facts: tuple[str, ...]
    """What its settings say first, such as the class of an instance."""
    nodes: tuple[Node, ...]
    """Its resources, the prominent one first."""
    members: tuple[Box, ...] = ()
    """The boxes that it stands for, if it stands for several."""

    @property
    def label(self) -> str:
        """The type, as people call it."""
        return KINDS[self.kind].label

    @property
    def main(self) -> Node:
        """The prominent resource."""
        return self.nodes[0]


@dataclass(frozen=True, kw_only=True)
class Map:
    """The boxes of an environment."""

    graph: Graph
    boxes: tuple[Box, ...]
    others: Mapping[str, tuple[Node, ...]]
    """The resources that are in no box, by `<stack>/<construct>`."""
    references: tuple[tuple[str, str], ...]
    """Ids of boxes, of which the first one refers to the second one."""
    network: tuple[Connection, ...]
    """What the security groups allow."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """The id of the box of each security group, by the name that `network` has."""

    def box(self, id_: str) -> Box:
        """The box with an id, or the one that stands for it."""
        return next(one for one in self.boxes if id_ in {one.id, *(inner.id for inner in one.members)})

    def of_kind(self, *kinds: str) -> list[Box]:
        """The boxes of these types, also those that are drawn as one."""
        return [inner for one in self.boxes for inner in (one.members or (one,)) if inner.kind in kinds]

    def owner(self, node: Node) -> Box | None:
        """The box of a resource, a member of one that stands for several."""
        return self._owners.get(node.place)

    @cached_property
    def _owners(self) -> dict[str, Box]:
        every = [inner for one in self.boxes for inner in (one.members or (one,))]
        return {node.place: box for box in every for node in box.nodes}


def read_map(stacks: Sequence[Stack]) -> Map:
    """The boxes of the stacks of one environment, each on its own; `together` draws some as one."""
    graph = Graph(stacks)
    mains: dict[tuple[str, ...], Node] = {}
    every = [node for stack in stacks for node in (Node(stack, one) for one in stack.all())]
    for node in every:
        if node.resource.kind in KINDS:
            path = construct(node)
            mains[path if path not in mains else (*path, node.resource.name)] = node
    inside: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    others: dict[str, list[Node]] = defaultdict(list)
    for node in every:
        path = construct(node)
        if node in mains.values():
            continue
        above = next((path[:end] for end in range(len(path), 1, -1) if path[:end] in mains), None)
        if above:
            inside[above].append(node)
        else:
            others["/".join(path[:2])].append(node)
    boxes = tuple(_box(path, node, inside[path]) for path, node in mains.items())
    of_place = {node.place: box.id for box in boxes for node in box.nodes}
    network = tuple(connections(stacks))
    return Map(
        graph=graph,
        boxes=boxes,
        others={name: tuple(nodes) for name, nodes in others.items()},
        references=tuple(sorted(_references(graph, boxes, of_place))),
        network=network,
        groups={name: of_place[place] for name, place in _groups(stacks).items() if place in of_place},
    )


def together(found: Map, *, alone: Collection[str]) -> Map:
    """The same, with boxes of a type, lane and region as one box if there are several.

    Args:
        found: The boxes.
        alone: The ids of those that are always drawn on their own.
    """
    alike: dict[tuple[str, str, str], list[Box]] = defaultdict(list)
    for box in found.boxes:
        if box.id not in alone:
            alike[box.lane, box.region, box.kind].append(box)
    merged = [ones for ones in alike.values() if len(ones) > _TOGETHER]
    home = {box.id: ones[0].id for ones in merged for box in ones}
    drawn: list[Box] = []
    for box in found.boxes:
        if box.id not in home:
            drawn.append(box)
        elif home[box.id] == box.id:
            drawn.append(_merged(next(ones for ones in merged if ones[0] is box)))
    names = {id_: f"{first}-and-others" for id_, first in home.items()}
    pairs = {(names.get(one, one), names.get(other, other)) for one, other in found.references}
    return replace(found, boxes=tuple(drawn), references=tuple(sorted(pair for pair in pairs if pair[0] != pair[1])))


def construct(node: Node) -> tuple[str, ...]:
    """The path of the construct that made a resource: the stack, then the ids; that of the resource if none did."""
    path = str((node.get("//") or {}).get("metadata", {}).get("path") or f"{node.stack.id}/{node.resource.address}")
    return tuple(part for part in path.split("/") if part != "Default")


def _box(path: tuple[str, ...], main: Node, inside: list[Node]) -> Box:
    kind = KINDS[main.resource.kind]
    said = ((written, text(at(main.resource.arguments, path))) for path, written in kind.facts)
    facts = [written.format(shown) for written, shown in said if shown]
    if kind.inner:
        type_, argument = kind.inner
        counted = Counter(text(node.get(argument)) for node in inside if node.resource.kind == type_)
        facts += [f"{count} x {value}" for value, count in counted.items()]
    return Box(
        id=_SLUG.sub("-", "-".join(path).lower()).strip("-"),
        kind=main.resource.kind,
        lane=_LANE_OF_LAYER.get(main.stack.layer, kind.lane),
        region=main.stack.region_of(main.resource),
        title=_title(path[1:]),
        facts=tuple(facts),
        nodes=(main, *inside),
    )


def _title(path: Sequence[str]) -> str:
    words = [_WORDS.get(word, word) for word in re.split(r"[\s-]+", " ".join(path)) if word]
    title = " ".join(word for word, before in zip(words, ["", *words], strict=False) if word != before)
    return title[:1].upper() + title[1:]


def _merged(ones: list[Box]) -> Box:
    first = ones[0]
    return replace(
        first,
        id=f"{first.id}-and-others",
        title=f"{len(ones)} {KINDS[first.kind].plural}",
        facts=(),
        nodes=tuple(node for one in ones for node in one.nodes),
        members=tuple(ones),
    )


def _references(graph: Graph, boxes: Sequence[Box], of_place: Mapping[str, str]) -> set[tuple[str, str]]:
    found = set()
    for box in boxes:
        for node in box.nodes:
            for place in graph.places(node.stack, node.resource.arguments):
                other = of_place.get(str(place))
                if other and other != box.id:
                    found.add((box.id, other))
    return found


def _groups(stacks: Sequence[Stack]) -> dict[str, str]:
    """The place of each security group, by its name as `connections` has it."""
    return {
        group.get("tags")["Name"].removeprefix(f"{stack.project}-{stack.environment}-"): f"{stack.id}/{group.address}"
        for stack in stacks
        for group in stack.all("aws_security_group")
    }


def lane_order(box: Box) -> int:
    """The number of the lane of a box."""
    return LANES.index(box.lane)
