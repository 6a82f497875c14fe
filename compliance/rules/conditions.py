"""Conditions that look as if they restrict something, and do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.conditions import ADDRESSES, RESTRICTING, covers_the_world, tests
from compliance.policies import every_statement, is_allow
from compliance.rule import Finding, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.conditions import Test
    from compliance.policies import Statement
    from synthesis.manifest import Stack

_SAFE: Final = {"aws:multifactorauthpresent": "true", "aws:securetransport": "true"}
"""The value of a call that is safe: what allows demands it, what denies is about the other one."""
_ALWAYS: Final = re.compile(r"[*?]+")
_PASSED: Final = frozenset({"iam:passedtoservice", "iam:permissionsboundary"})


@rule_with_others
def condition_restricts(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Each condition on who calls from where has values, and not every one: no `*`, no half of all addresses."""
    for resource, statement in every_statement(stack, stacks):
        for test in tests(statement):
            if problem := _problem(statement, test):
                yield Finding.about(resource, f"its condition {test.operator} {test.key} {problem}")


@rule_with_others
def condition_is_the_right_way_round(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """What denies is about calls without TLS or MFA, and what allows demands them; the reverse helps an attacker."""
    for resource, statement in every_statement(stack, stacks):
        for test in tests(statement):
            safe = _SAFE.get(test.key)
            if safe and test.base == "Bool":
                wrong = [one for one in test.values if (one.lower() == safe) is not is_allow(statement)]
                if wrong:
                    says = "allows" if is_allow(statement) else "denies"
                    yield Finding.about(resource, f"{says} where {test.key} is {wrong[0]}; it must be the other value")


def _problem(statement: Statement, test: Test) -> str:
    if not test.values:
        return "has no value, so it is never equal to one"
    restricting = test.key in RESTRICTING or test.key in _PASSED
    if restricting and not test.is_literal and test.base != "Null":
        always = [one for one in test.values if _ALWAYS.fullmatch(one)]
        if always:
            return f"has the value {always[0]}, which is any"
    if restricting and test.is_literal and any(_ALWAYS.search(one.replace("${", "")) for one in test.values):
        return "compares * and ? as characters; use StringLike or ArnLike"
    exempts = test.base == "NotIpAddress" if not is_allow(statement) else test.base == "IpAddress"
    if test.key in ADDRESSES and exempts and covers_the_world(test.values):
        return f"has {', '.join(test.values)}, which is nearly every address"
    return ""
