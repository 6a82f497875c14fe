from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.clause import sections
from report.conformity import read_conformity, verdicts

if TYPE_CHECKING:
    from synthesis.manifest import Stack


def test_each_clause_is_there_with_its_verdict(emitted: dict[str, Stack]) -> None:
    found = read_conformity(emitted, ["dev", "staging", "prod"])
    assert [one.id for section in found for one in section.clauses] == [id_ for one in sections() for id_ in one.ids]
    assert sum(verdicts(found).values()) == sum(section.counts[0] for section in found) > 100
    met = next(one for section in found for one in section.clauses if one.verdict == "met")
    assert met.evidence
    assert not met.reason
    differing = [one for section in found for one in section.clauses if one.verdict in {"differs", "met in prod"}]
    assert differing
    assert all(one.reason for one in differing)


def test_only_environments_of_the_design_are_checked(emitted: dict[str, Stack]) -> None:
    found = read_conformity({id_: one for id_, one in emitted.items() if one.environment == "dev"}, ["dev", "preview"])
    assert verdicts(found)["not met"] == 0
