"""Runs the checks of all clauses: the verdict of each clause, with its evidence or what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import conformance.checks  # noqa: F401 - fills HOLDERS
from conformance.clause import ALL, HOLDERS, PROD, WAITING, Check, Difference, Holder, Section, sections
from conformance.evidence import Evidence, NotMet
from conformance.view import View

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from synthesis.manifest import Stack


class Verdict(StrEnum):
    """What is true of a clause."""

    MET = "met"
    """In each environment that it is about."""
    MET_IN_PROD = "met in prod"
    """A smaller environment differs on purpose."""
    DIFFERS = "differs"
    """On purpose, also in prod, or in the environment that it is about."""
    WAITING = "waiting"
    FAILED = "not met"


@dataclass(frozen=True, kw_only=True)
class Result:
    """A clause and its verdict."""

    id: str
    text: str
    holder: Holder | None
    """None for a clause that waits."""
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    """By environment."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """What is missing, by environment."""
    differences: Mapping[str, Difference] = field(default_factory=dict)
    """Those that are in effect, by environment."""
    checks: Mapping[str, Check] = field(default_factory=dict)
    """Whose evidence it is, by environment."""

    @property
    def verdict(self) -> Verdict:
        """The verdict over all environments."""
        if self.missing:
            return Verdict.FAILED
        if self.holder is None:
            return Verdict.WAITING
        if not self.differences:
            return Verdict.MET
        return Verdict.DIFFERS if PROD in self.differences or PROD not in self.evidence else Verdict.MET_IN_PROD


def results(stacks: Mapping[str, Stack], environments: Collection[str]) -> list[tuple[Section, list[Result]]]:
    """Every clause of the design in its order, checked in those of its environments that are among `environments`."""
    return [
        (
            section,
            [_result(id_, text, stacks, environments) for id_, text in zip(section.ids, section.texts, strict=True)],
        )
        for section in sections()
    ]


def _result(id_: str, text: str, stacks: Mapping[str, Stack], environments: Collection[str]) -> Result:
    holder = HOLDERS.get(id_)
    if holder is None:
        missing = {} if id_ in WAITING else {"all": "no check holds this clause"}
        return Result(id=id_, text=text, holder=None, missing=missing)
    evidence: dict[str, Evidence] = {}
    missing = {}
    differences: dict[str, Difference] = {}
    checks: dict[str, Check] = {}
    for environment in ALL:
        if environment not in environments or environment not in holder.checks:
            continue
        view, fault = View(stacks, environment), "nothing emitted could show it"
        if holder.check is not None and environment in holder.environments:
            checks[environment] = holder.check
            fault = _fault(holder.check, view)
        if fault and environment in holder.differences:
            difference = differences[environment] = holder.differences[environment]
            view, checks[environment] = View(stacks, environment), difference.check
            fault = _fault(difference.check, view)
        evidence[environment] = view.evidence
        if fault:
            missing[environment] = fault
    return Result(
        id=id_, text=text, holder=holder, evidence=evidence, missing=missing, differences=differences, checks=checks
    )


def _fault(check: Check, view: View) -> str:
    """What a check misses; empty if it passes."""
    try:
        check(view)
    except NotMet as error:
        return str(error)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        says = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return f"{view.environment}: the check cannot read the JSON ({says}); `terraform validate` says what is wrong"
    return ""
