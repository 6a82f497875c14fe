"""Runs the checks of all clauses: the verdict of each clause, with its evidence or what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import conformance.checks  # noqa: F401 - fills HOLDERS
from conformance.clause import HOLDERS, WAITING, Holder, Section, sections
from conformance.evidence import Evidence, NotMet
from conformance.view import View

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from synthesis.manifest import Stack


class Verdict(StrEnum):
    """What is true of a clause."""

    MET = "met"
    DIFFERS = "differs"
    """Met but for a difference that has its reason; a check holds what is emitted."""
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

    @property
    def verdict(self) -> Verdict:
        """The verdict over all environments."""
        if self.missing:
            return Verdict.FAILED
        if self.holder is None:
            return Verdict.WAITING
        return Verdict.DIFFERS if self.holder.differs else Verdict.MET


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
    for environment in holder.environments:
        if environment in environments:
            view = View(stacks, environment)
            try:
                holder.check(view)
            except NotMet as error:
                missing[environment] = str(error)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                says = f"{type(error).__name__}: {' '.join(str(error).split())}"
                missing[environment] = (
                    f"{environment}: the check cannot read the JSON ({says}); `terraform validate` says what is wrong"
                )
            evidence[environment] = view.evidence
    return Result(id=id_, text=text, holder=holder, evidence=evidence, missing=missing)
