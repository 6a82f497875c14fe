"""How the environments differ: which parts they have, and where a part has other settings."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from report.boxes import construct
from report.kinds import ALSO, LANES
from report.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from report.boxes import Box, Map
    from synthesis.manifest import Stack

ABSENT: Final = "\N{EN DASH}"
_ACCOUNT: Final = re.compile(r"\b\d{12}\b")


@dataclass(frozen=True, kw_only=True)
class Part:
    """A box that one environment has, or several."""

    titles: Sequence[str]
    """Its title; several if they differ in the same way."""
    label: str
    lane: str
    layer: str
    """The name of its stack within the environment."""
    present: Mapping[str, bool]
    """Whether each environment has it."""
    settings: Mapping[str, Mapping[str, str]]
    """The settings that differ: path to the value of each environment that has the part."""


@dataclass(frozen=True, kw_only=True)
class Differences:
    """All that differs."""

    parts: Sequence[Part]
    kinds: Mapping[str, Mapping[str, int]]
    """How many resources of each type each environment has."""

    @property
    def lacking(self) -> list[Part]:
        """The parts that some environment does not have."""
        return _alike([replace(part, settings={}) for part in self.parts if not all(part.present.values())])

    @property
    def different(self) -> list[Part]:
        """The parts with other settings."""
        return _alike([part for part in self.parts if part.settings])


def read_differences(maps: Mapping[str, Map], stacks: Mapping[str, Sequence[Stack]]) -> Differences:
    """Compare environments, by name; their boxes are each on its own."""
    boxes: dict[tuple[str, ...], dict[str, Box]] = {}
    for name, found in maps.items():
        for box in found.boxes:
            boxes.setdefault(_key(box), {})[name] = box
    readers = {name: _Neutral(stacks[name]) for name in maps}
    parts = [_part(of_name, readers) for of_name in boxes.values()]
    counts = {name: Counter(one.kind for stack in of for one in stack.all()) for name, of in stacks.items()}
    kinds = sorted({kind for counter in counts.values() for kind in counter})
    return Differences(
        parts=sorted(parts, key=lambda part: (LANES.index(part.lane), part.label, part.layer, part.titles)),
        kinds={kind: {name: counter[kind] for name, counter in counts.items()} for kind in kinds},
    )


def _key(box: Box) -> tuple[str, ...]:
    return (box.kind, box.main.stack.name, *construct(box.main)[1:])


class _Neutral:
    """Takes out of values what is another one in each environment by its nature: its name, account and zone."""

    def __init__(self, stacks: Sequence[Stack]) -> None:
        environment = stacks[0].environment
        zones = {str(zone.get("name")) for stack in stacks for zone in stack.all("aws_route53_zone")}
        self._zones = re.compile("|".join(map(re.escape, sorted(zones, key=len, reverse=True))) or "(?!)")
        self._environment = re.compile(rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])")

    def text(self, value: str) -> str:
        without_zones = self._zones.sub("{zone}", value)
        return _ACCOUNT.sub("{account}", self._environment.sub("{environment}", without_zones))


def _settings(box: Box) -> dict[str, str]:
    """The settings of a box and of what is in it without a box: how many there are, and those of the first one."""
    found = settings(box.main.resource.arguments)
    for kind, title in ALSO.items():
        nodes = [node for node in box.nodes if node.resource.kind == kind]
        for node in nodes[:1]:
            found[f"{title}: number"] = str(len(nodes))
            found |= {f"{title}: {path}": value for path, value in settings(node.resource.arguments).items()}
    return found


def _alike(parts: Sequence[Part]) -> list[Part]:
    """Parts of a type that differ in the same way, as one."""
    found: dict[str, list[Part]] = {}
    for part in parts:
        key = json.dumps([part.lane, part.label, part.layer, part.present, part.settings], sort_keys=True, default=dict)
        found.setdefault(key, []).append(part)
    return [replace(ones[0], titles=tuple(one.titles[0] for one in ones)) for ones in found.values()]


def _part(boxes: Mapping[str, Box], readers: Mapping[str, _Neutral]) -> Part:
    first = next(iter(boxes.values()))
    values = {
        name: {path: readers[name].text(value) for path, value in _settings(box).items()} for name, box in boxes.items()
    }
    paths = dict.fromkeys(path for of_name in values.values() for path in of_name)
    differing = {
        path: {name: of_name.get(path, ABSENT) for name, of_name in values.items()}
        for path in paths
        if len({of_name.get(path, ABSENT) for of_name in values.values()}) > 1
    }
    return Part(
        titles=(first.title,),
        label=first.label,
        lane=first.lane,
        layer=first.main.stack.name,
        present={name: name in boxes for name in readers},
        settings=differing,
    )
