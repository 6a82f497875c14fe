"""Changes that do not touch each other, together: a few applies try them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.errors import ConfigError
from tests.changes.cases import environment_with

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config.environment import Environment
    from tests.changes.cases import Case


@dataclass(frozen=True)
class Group:
    """Cases of one environment, and the environment with all of them."""

    cases: tuple[Case, ...]
    settings: Environment

    @property
    def places(self) -> dict[str, Any]:
        """All places that it changes, with their values."""
        return {place: value for case in self.cases for place, value in case.places.items()}

    @property
    def back(self) -> dict[str, Any]:
        """What stays on the way back."""
        return {place: value for case in self.cases for place, value in case.back.items()}


def grouped(cases: Iterable[Case]) -> list[Group]:
    """The cases of one environment in as few groups as the first fit makes; those that settings refuse are left out."""
    groups: list[Group] = []
    for case in cases:
        for index, group in enumerate(groups):
            if (joined := _join(group.cases, case)) is not None:
                groups[index] = joined
                break
        else:
            if (alone := _join((), case)) is not None:
                groups.append(alone)
    return groups


def _join(cases: tuple[Case, ...], case: Case) -> Group | None:
    """The group with one more case; None if the two touch, or if the settings refuse them together."""
    taken = [(place, value) for other in cases for place, value in other.places.items()]
    if any(one != other and _touch(one[0], other[0]) for one in case.places.items() for other in taken):
        return None
    places = {place: value for one in (*cases, case) for place, value in one.places.items()}
    try:
        return Group((*cases, case), environment_with(case.environment, places))
    except ConfigError:
        return None


def _touch(one: str, other: str) -> bool:
    """Whether one place is the other, or within it."""
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or longer.startswith(f"{shorter}.")
