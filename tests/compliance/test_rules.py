"""Every rule finds its bad sample, and nothing in its good one."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compliance.audit import audit
from compliance.exceptions import load_exceptions
from compliance.rules import RULES
from synthesis.manifest import read_stacks

if TYPE_CHECKING:
    from tests.compliance.samples import Sample

SAMPLES: tuple[Sample, ...] = tuple(
    sample
    for file in sorted(Path(__file__).parent.glob("samples_*.py"))
    for sample in import_module(f"tests.compliance.{file.stem}").SAMPLES
)
BY_ID = {rule.id: rule for rule in RULES}


def test_every_rule_has_a_unique_id_and_a_sample() -> None:
    assert len(BY_ID) == len(RULES)
    assert {sample.rule for sample in SAMPLES} == set(BY_ID)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_bad_sample_is_found_at_its_address(sample: Sample) -> None:
    findings = list(BY_ID[sample.rule].check(sample.bad, sample.bad_stacks))
    assert any(finding.address == sample.at and sample.says in finding.message for finding in findings), findings


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_good_sample_has_no_finding(sample: Sample) -> None:
    assert list(BY_ID[sample.rule].check(sample.good, sample.good_stacks)) == []


def test_the_committed_environments_have_no_finding(output: Path) -> None:
    stacks = list(read_stacks(output).values())
    # Before any exception expires: that is for `make check`, a test must not fail on a date.
    exceptions = load_exceptions(rules=frozenset(BY_ID))
    result = audit(stacks, rules=RULES, exceptions=exceptions, today=date.min)
    assert result.findings == (), "fix each, or accept it in compliance/exceptions.toml with a reason"
    assert result.resources > 200
    assert result.exceptions
