"""Changes that do not touch each other, together: a few applies try them all."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.changes.cases import environment_of, file_of, put
from config.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.changes.cases import Case
    from config.environment import Environment


@dataclass(frozen=True)
class Group:
    """Cases of one environment, and the environment with all of them."""

    cases: tuple[Case, ...]
    settings: Environment


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
    taken = [place for other in cases for place in other.places]
    if any(_touch(place, other) for place in case.places for other in taken):
        return None
    table = copy.deepcopy(file_of(case.environment))
    for one in (*cases, case):
        for place, value in one.places.items():
            put(table, place, value)
    try:
        return Group((*cases, case), environment_of(case.environment, table))
    except ConfigError:
        return None


def _touch(one: str, other: str) -> bool:
    """Whether one place is the other, or within it."""
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or longer.startswith(f"{shorter}.")
