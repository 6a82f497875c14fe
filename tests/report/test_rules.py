from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from compliance.exceptions import load_exceptions
from compliance.rules import RULES
from report.rules import read_compliance

if TYPE_CHECKING:
    from synthesis.manifest import Stack


def test_exceptions_findings_and_rules_are_those_of_the_check(emitted: dict[str, Stack]) -> None:
    some = {id_: stack for id_, stack in emitted.items() if id_ in {"dev-state", "prod-state"}}
    found = read_compliance(some, date(2026, 1, 1))
    exceptions = load_exceptions(rules=found.rules)
    assert [address for one in found.exceptions for address in one.addresses] == [one.address for one in exceptions]
    assert {one.is_of_checkov for one in found.exceptions} == {True, False}
    assert list(found.rules) == [rule.id for rule in RULES]
    assert found.excepted["prod"] > found.excepted["dev"] > 0


def test_an_exception_that_has_expired_is_a_finding(emitted: dict[str, Stack]) -> None:
    some = {"dev-state": emitted["dev-state"]}
    late = read_compliance(some, date(2099, 1, 1))
    assert late.excepted == {}
    assert "exception-is-in-force" in {one.rule for one in late.findings}
    assert late.found["dev"] > 0
