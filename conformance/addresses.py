"""Where a clause is met, in as few words as possible: types and names, once for the environments that have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.clause import ALL
from conformance.view import TERRAFORM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.evidence import Absence, Evidence, Place
    from synthesis.manifest import Stack

_HASH: Final = re.compile(r"_[0-9A-F]{8}$")
_NAMES: Final = 3
"""How many names of a type are shown."""
_TYPES: Final = 9
"""How many types are shown."""
_BREAK: Final = "<br>"
_ALL: Final = "each"
"""In place of a layer, if the clause is about each resource of a type."""


def named(environments: tuple[str, ...]) -> str:
    """The environments for a person."""
    return "all" if environments == ALL else ", ".join(environments)


class Addresses:
    """Shortens the addresses of some stacks."""

    def __init__(self, stacks: Mapping[str, Stack]) -> None:
        self._stacks = stacks
        zones = {
            str(zone.get("name")).replace(".", "-")
            for stack in stacks.values()
            for zone in stack.all("aws_route53_zone")
        }
        self._zones = re.compile("|".join(map(re.escape, sorted(zones, key=len, reverse=True))) or "(?!)")

    def cell(self, evidence: Mapping[str, Evidence]) -> str:
        """The resources of a clause by environment, as the cell of a table."""
        seen: dict[tuple[str, str, str], list[str]] = {}
        for environment, one in evidence.items():
            types = one.types
            for place in one.places:
                is_one_of_all = (place.stack, place.kind) in types
                environments = seen.setdefault((_ALL, place.kind, "") if is_one_of_all else self._short(place), [])
                if environment not in environments:
                    environments.append(environment)
        grouped: dict[tuple[str, ...], dict[tuple[str, str], list[str]]] = {}
        for (layer, kind, name), environments in seen.items():
            grouped.setdefault(tuple(environments), {}).setdefault((layer, kind), []).append(name)
        first = sorted(grouped.items(), key=lambda one: -len(one[0]))
        lines = [f"{named(environments)}: {_types(types)}" for environments, types in first]
        absent = dict.fromkeys(_absent(one) for found in evidence.values() for one in found.absences)
        if absent:
            lines.append(f"{named(tuple(evidence))}: no {', '.join(absent)}")
        return _BREAK.join(lines)

    def _short(self, place: Place) -> tuple[str, str, str]:
        name = self._zones.sub("(zone)", _HASH.sub("", place.name))
        return self._stacks[place.stack].name, place.kind, name


def _types(types: dict[tuple[str, str], list[str]]) -> str:
    shown = list(types.items())[:_TYPES]
    words = [*_by_layer([(layer, _type(kind, names)) for (layer, kind), names in shown])]
    left = [name for names in list(types.values())[_TYPES:] for name in names]
    if left:
        others = len(types) - _TYPES
        words.append(f"and {len(left)} more, of {others} other {'type' if others == 1 else 'types'}")
    return "; ".join(words)


def _by_layer(types: list[tuple[str, str]]) -> Iterator[str]:
    layers: dict[str, list[str]] = {}
    for layer, text in types:
        layers.setdefault(layer, []).append(text)
    for layer, texts in layers.items():
        yield f"**{layer}** {', '.join(texts)}"


def _type(kind: str, names: list[str]) -> str:
    if names == [""]:
        return "block `terraform`" if kind == TERRAFORM else f"`{kind}`"
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    if len(names) == 1:
        return f"`{kind}.{names[0]}`"
    return f"`{kind}` ({', '.join(names[:_NAMES])}{more})"


def _absent(absence: Absence) -> str:
    kind = absence.kind.replace("_thing", "_*")
    words = [f"{name} {value}" for name, value in absence.arguments.items() if not str(value).startswith("${")]
    return f"`{kind}` ({', '.join(words)})" if words else f"`{kind}`"
