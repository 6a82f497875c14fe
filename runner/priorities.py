"""How the rules of a load balancer get other priorities, one at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAST: Final = 50_000
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"""


@dataclass(frozen=True)
class Rule:
    """The priority that a rule has, and the one that it shall have; None before it is made, or after it is deleted."""

    now: int | None
    wanted: int | None


def steps(rules: Mapping[str, Rule]) -> list[str]:
    """What to set, one after the other, so that no rule takes a number that another one still has.

    Args:
        rules: By the service, like `services.backend`.
    """
    left = {name: rule for name, rule in rules.items() if rule.now != rule.wanted}
    found = []
    while left:
        held = {rule.now for rule in {**rules, **left}.values()} - {None}
        name = next((name for name, rule in left.items() if rule.wanted not in held), None)
        if name is not None:
            wanted = left.pop(name).wanted
            rules = {**rules, name: Rule(wanted, wanted)}
            found.append(f"remove {name}" if wanted is None else f"{name}: priority = {wanted}")
            continue
        name, rule = next(iter(left.items()))  # each waits for another one, so all of these have a rule already
        free = _free(rule.now or 1, rules)
        left[name] = replace(rule, now=free)
        rules = {**rules, name: left[name]}
        found.append(f"{name}: priority = {free}")
    return found


def same_order(rules: Mapping[str, Rule], taker: str, holder: str) -> str:
    """The one setting by which a rule gets before or behind another one, without its number; empty if there is none."""
    mine, other = rules[taker], rules[holder]
    if mine.wanted is None or other.now is None:
        return ""
    if other.wanted is None:  # it goes, so the place beside it will do
        return f"{taker}: priority = {_free(other.now, rules)}"
    if {mine.now, other.now} != {mine.wanted, other.wanted}:
        return ""
    is_before = mine.wanted < other.wanted
    between = [rule.now for rule in rules.values() if rule.now is not None]
    free = _free(other.now, rules, step=-1 if is_before else 1)
    passed = [number for number in between if number not in (mine.now, other.now)]
    if any(min(free, other.now) < number < max(free, other.now) for number in passed):
        return ""
    return f"{taker}: priority = {free}, and {holder}: priority = {other.now} as it is"


def _free(number: int, rules: Mapping[str, Rule], *, step: int = 1) -> int:
    """The nearest number in a direction, else in the other one, that no rule has or shall have."""
    used = {number for rule in rules.values() for number in (rule.now, rule.wanted)}
    found = number
    while found in used:
        found += step
    return found if 1 <= found <= _LAST else _free(number, rules, step=-step)
