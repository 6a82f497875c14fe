"""What is said of a box: its settings, costs, alarms, resources, and what it is connected with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from report.alarms import alarms
from report.kinds import ALSO
from report.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance.graph import Node
    from report.alarms import Alarm
    from report.boxes import Box, Map
    from report.costs import Cost

_SHOWN: Final = 28
"""So many settings of a resource are shown."""
_NAMES: Final = frozenset({"identifier", "name"})
_HASH_LENGTH: Final = 8


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one prominent resource."""

    title: str
    stack: str
    address: str
    values: Mapping[str, str]
    left_out: int
    """How many more it has."""


@dataclass(frozen=True, kw_only=True)
class Detail:
    """All that the page says of a box."""

    box: Box
    settings: Sequence[Settings]
    cost: Mapping[str, float]
    """US dollars a month by component."""
    alarms: Sequence[Alarm]
    resources: Mapping[str, Sequence[str]]
    """The names of its resources by type."""
    reaches: Sequence[tuple[str, str]]
    """What it can reach over the network: the name of a security group, the protocol and ports."""
    reached_by: Sequence[tuple[str, str]]
    uses: Sequence[Box]
    """What it refers to."""
    used_by: Sequence[Box]

    @property
    def usd(self) -> float:
        """US dollars a month."""
        return sum(self.cost.values())

    @property
    def count(self) -> int:
        """How many resources it has."""
        return sum(map(len, self.resources.values()))


def read_details(found: Map, cost: Cost) -> list[Detail]:
    """The details of all boxes, in the order in which they are drawn."""
    return [_detail(found, box, cost) for box in found.boxes]


def by_type(nodes: Sequence[Node]) -> dict[str, list[str]]:
    """The names of resources by type, without the digits at their end."""
    names: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        names[node.resource.kind].append(short(node.resource.name))
    return {kind: sorted(names[kind]) for kind in sorted(names)}


def short(name: str) -> str:
    """A name of a resource without the digits that cdktf adds."""
    start, _, end = name.rpartition("_")
    is_hash = start and len(end) == _HASH_LENGTH and all(letter in "0123456789ABCDEF" for letter in end)
    return start if is_hash else name


def _detail(found: Map, box: Box, cost: Cost) -> Detail:
    mains = [one.main for one in box.members or (box,)]
    ids = {box.id, *(one.id for one in box.members)}
    groups = {name for name, id_ in found.groups.items() if id_ in ids}
    return Detail(
        box=box,
        settings=[*map(_settings, mains), *_also(box)],
        cost=cost.of_places({node.place for node in box.nodes}),
        alarms=alarms(found.graph, box.nodes),
        resources=by_type(box.nodes),
        reaches=[(one.listener, _ports(str(one))) for one in found.network if one.caller in groups],
        reached_by=[(one.caller, _ports(str(one))) for one in found.network if one.listener in groups],
        uses=[found.box(end) for start, end in found.references if start == box.id],
        used_by=[found.box(start) for start, end in found.references if end == box.id],
    )


def _ports(connection: str) -> str:
    """The end of a connection as a line of a report has it."""
    return " ".join(connection.rsplit(" ", 2)[1:])


def _also(box: Box) -> Iterator[Settings]:
    """The settings of what has no box of its own; those that differ by their name only, once."""
    alike: dict[tuple[str, ...], list[Settings]] = {}
    for node in box.nodes:
        if title := ALSO.get(node.resource.kind):
            found = _settings(node, title)
            same = [f"{path}={value}" for path, value in found.values.items() if path not in _NAMES]
            alike.setdefault((title, *same), []).append(found)
    for ones in alike.values():
        yield ones[0] if len(ones) == 1 else replace(ones[0], title=f"{ones[0].title}, {len(ones)} alike")


def _settings(node: Node, title: str = "") -> Settings:
    values = settings(node.resource.arguments)
    shown = dict(list(values.items())[:_SHOWN])
    return Settings(
        title=title or short(node.resource.name),
        stack=node.stack.id,
        address=node.resource.address,
        values=shown,
        left_out=len(values) - len(shown),
    )
