"""The verdict of a clause: over its environments, with what differs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.clause import ALL, DEV, HOLDERS, PROD, STAGING, WAITING
from conformance.evidence import Place
from conformance.paths import changed
from conformance.report import Verdict, results
from synthesis.manifest import Stack, read_stacks
from tests.conformance.mutations import with_resource

if TYPE_CHECKING:
    import pathlib

    from conformance.report import Result

VPC = "aws_vpc"


@pytest.fixture(scope="module")
def emitted(output: pathlib.Path) -> dict[str, Stack]:
    """What was synthesized of the environments of the design."""
    return read_stacks(output)


def result(stacks: dict[str, Stack], id_: str, environments: tuple[str, ...] = ALL) -> Result:
    """The verdict of a clause."""
    return next(one for _, ones in results(stacks, environments) for one in ones if one.id == id_)


def with_block(stacks: dict[str, Stack], environment: str, block: str) -> dict[str, Stack]:
    """The VPC of an environment with another block."""
    place = Place(f"{environment}-network", VPC, next(iter(stacks[f"{environment}-network"].document["resource"][VPC])))
    return dict(with_resource(stacks, place, lambda old: changed(old, ("cidr_block",), lambda _: block)))


@pytest.mark.parametrize(
    ("id_", "verdict", "differs"),
    [
        ("1/2", Verdict.MET, set()),
        ("3.1/1", Verdict.MET_IN_PROD, {DEV, STAGING}),
        ("3.1/9", Verdict.DIFFERS, {*ALL}),
        ("3.2/2", Verdict.DIFFERS, {PROD}),
        ("5.2/4", Verdict.DIFFERS, {STAGING}),
    ],
)
def test_a_verdict(emitted: dict[str, Stack], id_: str, verdict: Verdict, differs: set[str]) -> None:
    found = result(emitted, id_)
    assert (found.verdict, set(found.differences)) == (verdict, differs)


def test_a_clause_without_a_check_waits_or_is_not_met(
    emitted: dict[str, Stack], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(HOLDERS, "1/2")
    assert result(emitted, "1/2").missing == {"all": "no check holds this clause"}
    monkeypatch.setitem(WAITING, "1/2", "a reason")
    assert result(emitted, "1/2").verdict == Verdict.WAITING


def test_the_evidence_of_a_difference_is_that_of_its_check(emitted: dict[str, Stack]) -> None:
    found = result(emitted, "1/1")
    assert {place.kind for place in found.evidence[DEV].places} == {"aws_lb"}
    assert "aws_cloudfront_distribution" in {place.kind for place in found.evidence[PROD].places}
    assert {environment: check.__name__ for environment, check in found.checks.items()} == {
        DEV: "no_cdn",
        STAGING: "cloudfront",
        PROD: "cloudfront",
    }


def test_an_environment_that_meets_a_clause_does_not_differ(emitted: dict[str, Stack]) -> None:
    found = result(with_block(emitted, STAGING, "10.0.0.0/16"), "3.1/1")
    assert (found.verdict, set(found.differences)) == (Verdict.MET_IN_PROD, {DEV})


def test_what_is_neither_the_clause_nor_its_difference_is_not_met(emitted: dict[str, Stack]) -> None:
    found = result(with_block(emitted, DEV, "10.9.0.0/16"), "3.1/1")
    assert found.verdict == Verdict.FAILED
    assert found.missing == {DEV: f"{_vpc(emitted)}: cidr_block must be \"10.2.0.0/16\", not '10.9.0.0/16'"}


def _vpc(stacks: dict[str, Stack]) -> str:
    return f"dev-network: aws_vpc.{next(iter(stacks['dev-network'].document['resource'][VPC]))}"


def test_one_environment_alone_meets_a_clause_or_differs(emitted: dict[str, Stack]) -> None:
    assert result(emitted, "3.1/1", (PROD,)).verdict == Verdict.MET
    assert result(emitted, "3.1/1", (DEV,)).verdict == Verdict.DIFFERS
