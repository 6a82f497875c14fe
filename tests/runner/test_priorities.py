"""Each step of a way to other priorities is one that AWS accepts, and the last one ends it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from runner.priorities import Rule, same_order, steps

NAMES = ("services.a", "services.b", "services.c", "services.d")


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Rule]:
    """Rules of which some are new, some go, and some exchange their numbers."""
    numbers = st.none() | st.integers(1, 5)
    sides = [draw(st.lists(numbers, min_size=4, max_size=4).filter(differ)) for _ in range(2)]
    return {name: Rule(now, wanted) for name, now, wanted in zip(NAMES, *sides, strict=True)}


def differ(numbers: list[int | None]) -> bool:
    given_numbers = [number for number in numbers if number is not None]
    return len(set(given_numbers)) == len(given_numbers)


@given(rules=changed())
def test_no_step_takes_a_number_that_another_rule_has(rules: dict[str, Rule]) -> None:
    numbers = {name: rule.now for name, rule in rules.items()}
    for step in steps(rules):
        name = next(name for name in NAMES if name in step)
        found = re.search(r"priority = (\d+)$", step)
        wanted = int(found[1]) if found else None
        assert wanted is None or wanted not in numbers.values()
        numbers[name] = wanted
    assert numbers == {name: rule.wanted for name, rule in rules.items()}


def test_two_that_exchange_theirs_go_over_a_free_number() -> None:
    rules = {"services.admin": Rule(50, 100), "services.backend": Rule(100, 50), "services.frontend": Rule(51, 51)}
    assert steps(rules) == [
        "services.admin: priority = 52",
        "services.backend: priority = 50",
        "services.admin: priority = 100",
    ]


def test_the_same_order_needs_one_change_only() -> None:
    rules = {"services.admin": Rule(50, 100), "services.backend": Rule(100, 50)}
    assert same_order(rules, "services.backend", "services.admin") == (
        "services.backend: priority = 49, and services.admin: priority = 50 as it is"
    )


def test_what_follows_one_that_goes_has_the_number_beside_it() -> None:
    rules = {"services.old": Rule(1000, None), "services.new": Rule(None, 1000)}
    assert same_order(rules, "services.new", "services.old") == "services.new: priority = 1001"
    assert steps(rules) == ["remove services.old", "services.new: priority = 1000"]


def test_a_chain_has_no_other_number_of_the_same_order() -> None:
    rules = {"services.a": Rule(10, 20), "services.b": Rule(20, 30)}
    assert same_order(rules, "services.a", "services.b") == ""
    assert steps(rules) == ["services.b: priority = 30", "services.a: priority = 20"]
