"""What a check has read: enough to show where a clause is met, and to take it away again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.paths import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.paths import Path


class NotMet(Exception):  # noqa: N818 - a verdict, not a fault of the program
    """A clause is not met; `str()` says what is missing and where."""


@dataclass(frozen=True, order=True)
class Place:
    """A resource of a stack, or the block `terraform` of one."""

    stack: str
    """The stack's id: `prod-network`."""
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.stack}: {self.kind}.{self.name}"


@dataclass(frozen=True)
class Group:
    """Resources that were looked for together, and how many of them the clause needs."""

    places: tuple[Place, ...]
    needed: int
    chosen_by: tuple[Path, ...] = ()
    """The arguments by which they were chosen."""
    are_all: bool = False
    """Whether they are all of their type, in the layers that were looked at."""

    @property
    def spare(self) -> int:
        """How many may be missing."""
        return len(self.places) - self.needed


@dataclass(frozen=True)
class Reading:
    """An argument whose value the clause needs."""

    place: Place
    path: Path

    def __str__(self) -> str:
        return f"{self.place} {text_of(self.path)}"


@dataclass(frozen=True)
class Absence:
    """A resource that must not exist, as it would be."""

    stack: str
    kind: str
    arguments: Mapping[str, object] = field(hash=False)

    def __str__(self) -> str:
        return f"{self.stack}: no {self.kind}"


@dataclass
class Evidence:
    """All that one check has read."""

    groups: list[Group] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)

    @property
    def types(self) -> set[tuple[str, str]]:
        """Stack and type where the clause is about each resource of that type."""
        return {(place.stack, place.kind) for group in self.groups if group.are_all for place in group.places}

    @property
    def places(self) -> list[Place]:
        """Each resource once, in the order in which they were found."""
        return list(dict.fromkeys(place for group in self.groups for place in group.places))
