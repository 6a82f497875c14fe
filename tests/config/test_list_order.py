"""The order of each list and of all tables with names means nothing, but for those that say what it means."""

from __future__ import annotations

import copy
import random
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from config.list_order import ORDERED, in_order
from tests.full_settings import BASES, Place, Table, at, environment_of, full_table, groups_in, groups_in_schema

if TYPE_CHECKING:
    from config.environment import Environment

FEWEST = 2
"""Elements of a list whose order can be another one."""


@cache
def written(base: str) -> str:
    return seen(environment_of(base, full_table(base)))


def seen(environment: Environment) -> str:
    """All that synthesis sees, in its order."""
    return in_order(environment).model_dump_json()


def shuffled(table: Table, place: Place, chance: random.Random) -> Table:
    other = copy.deepcopy(table)
    group = at(other, place)
    at(other, place[:-1])[place[-1]] = in_another_order(group, chance)
    return other


def in_another_order(group: Any, chance: random.Random) -> Any:
    order = list(group)
    while order == list(group):
        chance.shuffle(order)
    return {name: group[name] for name in order} if isinstance(group, dict) else order


def test_each_list_has_several_elements_somewhere() -> None:
    """A new one needs some in a file of tests/lists/."""
    most = dict.fromkeys(groups_in_schema(), 0)
    for base in BASES:
        table = full_table(base)
        for place, path in groups_in(table).items():
            most[path] = max(most[path], len(at(table, place)))
    assert [path for path, number in most.items() if number < FEWEST] == []


@pytest.mark.parametrize("base", BASES)
@given(seed=st.integers())
@settings(max_examples=3, phases=[Phase.generate])  # a shorter seed says no more
@pytest.mark.seconds(8)
def test_another_order_changes_nothing_that_synthesis_sees(base: str, seed: int) -> None:
    table, chance = full_table(base), random.Random(seed)  # noqa: S311 (it hides nothing)
    for place, path in groups_in(table).items():
        if path not in ORDERED and len(at(table, place)) >= FEWEST:
            table = shuffled(table, place, chance)
    same = seen(environment_of(base, table)) == written(base)
    assert same, sorted(path for path in set(groups_in(table).values()) if not is_free(base, path))


def is_free(base: str, path: str) -> bool:
    """Whether the order of this list alone means nothing."""
    table, chance = full_table(base), random.Random(1)  # noqa: S311 (it hides nothing)
    for place, each in groups_in(table).items():
        if each == path and len(at(table, place)) >= FEWEST:
            table = shuffled(table, place, chance)
    return seen(environment_of(base, table)) == written(base)


@pytest.mark.parametrize("path", ORDERED)
def test_the_order_means_something_where_it_says_so(path: str) -> None:
    assert groups_in_schema()[path], "this is not a list of the settings"
    assert not is_free("builds", path)


def test_zones_stay_as_they_are_while_one_has_its_former_name() -> None:
    """`tests/upgrade/` shows that it must be so: the former version numbered rules by it."""
    table = full_table("promotes")
    plain = in_order(environment_of("promotes", table)).network.zones
    for zone, letter in zip(table["network"]["zones"], "bac", strict=True):
        zone["formerly"] = f"us-east-1{letter}"
    kept = in_order(environment_of("promotes", table)).network.zones
    assert [zone.id for zone in plain] == ["use1-az1", "use1-az2", "use1-az4"]
    assert [zone.id for zone in kept] == ["use1-az2", "use1-az1", "use1-az4"]
