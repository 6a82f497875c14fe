from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acceptance.findings import KNOWN_GAPS, Finding, KnownGap, Step, find_resolved, find_unknown, read_gaps
from runner.errors import RunnerError

if TYPE_CHECKING:
    from pathlib import Path

DRIFT = Finding("dev", Step.SECOND_PLAN, "network: update aws_flow_log.vpc")
GAP = KnownGap(environment="*", step="second plan", subject="network: update aws_flow_log.*", reason="It forgets.")
EVERY = ("dev", "prod", "staging")


def test_the_committed_list_can_be_read() -> None:
    assert all(gap.reason for gap in read_gaps(KNOWN_GAPS))


def test_a_listed_gap_is_known_and_any_other_finding_is_not() -> None:
    other = Finding("dev", Step.LEFTOVER, DRIFT.subject)
    assert find_unknown([DRIFT, other], [GAP]) == [other]


def test_a_gap_that_is_no_longer_found_is_reported() -> None:
    assert find_resolved([DRIFT], [GAP], EVERY, every=EVERY) == []
    assert find_resolved([], [GAP], EVERY, every=EVERY) == [GAP]
    assert find_resolved([], [GAP.model_copy(update={"environment": "dev"})], ["dev"], every=EVERY)


def test_a_gap_of_another_environment_is_not_expected() -> None:
    assert find_resolved([], [GAP.model_copy(update={"environment": "prod"})], ["dev", "staging"], every=EVERY) == []


@pytest.mark.parametrize("environment", ["*", "???*"])
def test_a_gap_of_every_environment_is_expected_only_when_all_have_run(environment: str) -> None:
    gap = GAP.model_copy(update={"environment": environment})
    assert find_resolved([], [gap], ["dev"], every=EVERY) == []
    assert find_resolved([], [gap], EVERY, every=EVERY) == [gap]


def test_a_gap_of_some_environments_is_expected_when_these_have_run() -> None:
    gap = GAP.model_copy(update={"environment": "*g"})
    assert find_resolved([], [gap], ["staging"], every=EVERY) == [gap]
    assert find_resolved([], [gap], ["dev", "prod"], every=EVERY) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[[gap]]\nenvironment = 'dev'\nstep = 'check'\nsubject = '*'",
            r"gap\[0\]\.reason: is missing; why that is the emulator's fault",
        ),
        (
            "[[gap]]\nenvironment = 'dev'\nstep = 'chekc'\nsubject = '*'\nreason = 'r'",
            r'gap\[0\]\.step = "chekc": is not a step of a run; did you mean "check"\? Allowed: "second plan", "check"',
        ),
        ("[[gap", "known_gaps.toml:1:6: is not valid TOML: "),
        ("[[gaps]]", "gaps = .*: unknown setting; did you mean gap"),
    ],
)
def test_a_wrong_list_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "known_gaps.toml"
    path.write_text(text)
    with pytest.raises(RunnerError, match=message):
        read_gaps(path)
