"""The clauses of the design with their verdicts, as `make conformance` says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.addresses import Addresses, named
from conformance.clause import ALL, WAITING
from conformance.page import counts, differences
from conformance.report import Verdict, results
from report.markdown import inline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from conformance.report import Result
    from synthesis.manifest import Stack


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A clause and what is true of it."""

    id: str
    text: str
    verdict: str
    evidence: Sequence[Markup]
    """What meets it, a line for each group of environments; or what is missing."""
    reason: str
    """Why environments differ from it, or why it waits; empty if neither."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section of the design."""

    number: str
    title: str
    counts: Sequence[int]
    """How many clauses there are, then how many have each verdict."""
    clauses: Sequence[Clause]


def read_conformity(stacks: Mapping[str, Stack], environments: Sequence[str]) -> list[Section]:
    """The sections of the design, checked in those of its environments that are there."""
    addresses = Addresses(stacks)
    found = []
    for section, ones in results(stacks, [name for name in ALL if name in environments]):
        clauses = [
            Clause(
                id=one.id,
                text=one.text,
                verdict=str(one.verdict),
                evidence=[
                    inline(line)
                    for line in (*one.missing.values(), *addresses.cell(one.evidence).split("<br>"))
                    if line
                ],
                reason=_reason(one),
            )
            for one in ones
        ]
        found.append(Section(number=section.number, title=section.title, counts=counts(ones), clauses=clauses))
    return found


def _reason(one: Result) -> str:
    if one.holder is None:
        return WAITING.get(one.id, "")
    return "; ".join(f"{named(environments)}: {why}" for environments, why in differences([one]))


def verdicts(sections: Sequence[Section]) -> dict[str, int]:
    """How many clauses have each verdict."""
    every = [one.verdict for section in sections for one in section.clauses]
    return {str(verdict): every.count(str(verdict)) for verdict in Verdict}
