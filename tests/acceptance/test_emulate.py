"""The verdict on what the environments have been through; `make emulate` itself is the test of the rest."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from acceptance import emulate as emulating
from acceptance.emulate import emulate
from acceptance.findings import Finding, KnownGap, Step
from acceptance.harness import Harness
from acceptance.lifecycle import EnvironmentRun, Row
from runner.errors import INTERRUPTED, RunnerError
from runner.processes import Processes
from runner.progress import ProgressDisplay

if TYPE_CHECKING:
    from emulator import Emulator

DRIFT = Finding("dev", Step.SECOND_PLAN, "network: update aws_flow_log.vpc")
KEY = Finding("dev", Step.LEFTOVER, "kms:DescribeKey in us-east-1: ...")
GAP = KnownGap(environment="*", step="second plan", subject="network: *", reason="It forgets.")


class Told:
    """A harness whose environments have been through what the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.out, self.err = io.StringIO(), io.StringIO()
        self.harness = Harness(
            folder=Path(),
            emulator=cast("Emulator", None),
            environments=("dev", "prod"),
            layer=None,
            parallel=2,
            processes=Processes(),
            progress=ProgressDisplay(self.out, self.err, live=False),
        )
        self.set()

    def set(
        self,
        *findings: Finding,
        failure: str = "",
        left: tuple[Finding, ...] = (),
        gaps: tuple[KnownGap, ...] = (),
    ) -> None:
        def run_lifecycle(_: Harness, environment: str) -> EnvironmentRun:
            rows = {"": Row(f"{environment}-network", 55, 47.4, 0, 36.5)}
            mine = environment == "dev"
            return EnvironmentRun(environment, rows, list(findings) if mine else [], failure if mine else "")

        self._patch.setattr(emulating, "run_lifecycle", run_lifecycle)
        self._patch.setattr(emulating, "_leftovers", lambda _: list(left))
        self._patch.setattr("acceptance.findings.read_gaps", lambda: gaps)
        self._patch.setattr(emulating, "environment_names", lambda _: ("dev", "prod"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(monkeypatch)


def test_a_clean_run_ends_with_the_table_and_a_sentence(told: Told) -> None:
    assert emulate(told.harness) == 0
    assert told.out.getvalue().splitlines()[1:4] == [
        "stack         resources  apply s  changes in second plan  destroy s",
        "dev-network          55       47                       0         36",
        "prod-network         55       47                       0         36",
    ]
    assert "destroyed without a rest; no known gap" in told.out.getvalue()


def test_what_is_found_and_not_listed_fails_the_run(told: Told) -> None:
    told.set(DRIFT, left=(KEY,))
    assert emulate(told.harness) == 1
    assert told.err.getvalue() == f"{DRIFT}\n{KEY}\n"


def test_a_listed_gap_does_not(told: Told) -> None:
    told.set(DRIFT, gaps=(GAP,))
    assert emulate(told.harness) == 0
    assert "1 known gaps met" in told.out.getvalue()


def test_a_listed_gap_that_is_gone_fails_the_run(told: Told) -> None:
    told.set(gaps=(GAP,))
    assert emulate(told.harness) == 1
    assert told.err.getvalue() == "known_gaps.toml: no longer met, take it off: second plan: network: *\n"


def test_a_gap_that_another_environment_may_still_meet_does_not(told: Told) -> None:
    told.set(gaps=(GAP,))
    assert emulate(replace(told.harness, environments=("dev",))) == 0
    assert told.err.getvalue() == ""


def test_an_environment_that_failed_is_told_and_its_gaps_are_not_missed(told: Told) -> None:
    told.set(failure="dev-network  failed  Error: no", gaps=(GAP,))
    assert emulate(told.harness) == 1
    assert told.err.getvalue() == "dev failed:\ndev-network  failed  Error: no\n"


def test_an_interrupt_is_no_verdict(told: Told) -> None:
    told.harness.processes.interrupt()
    with pytest.raises(RunnerError, match="Interrupted") as raised:
        emulate(told.harness)
    assert raised.value.exit_code == INTERRUPTED
