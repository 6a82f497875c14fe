"""The verdict on the runs of the environments; `make emulate` itself tests the rest."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from acceptance import emulate as emulating
from acceptance.emulate import emulate
from acceptance.findings import Finding, KnownGap, Step
from acceptance.harness import Harness
from acceptance.lifecycle import EnvironmentRun, Row
from console.durations import Durations
from runner.errors import INTERRUPTED, RunnerError
from runner.processes import Processes
from runner.progress import ProgressDisplay

if TYPE_CHECKING:
    from emulator import Emulator

DRIFT = Finding("dev", Step.SECOND_PLAN, "network: update aws_flow_log.vpc")
KEY = Finding("dev", Step.LEFTOVER, "kms:DescribeKey in us-east-1: ...")
GAP = KnownGap(environment="*", step="second plan", subject="network: *", reason="It forgets.")


class FakeRuns:
    """A harness whose environments have run as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.out, self.err = io.StringIO(), io.StringIO()
        self.harness = Harness(
            folder=Path(),
            settings=Path(),
            emulator=cast("Emulator", None),
            environments=("dev", "prod"),
            layer=None,
            parallel=2,
            processes=Processes(),
            progress=ProgressDisplay(self.out, self.err, live=False),
            durations=Durations(Path(os.devnull)),
        )
        self.set()

    @property
    def warnings(self) -> str:
        """What was said after the line with the length of the whole."""
        opening, _, rest = self.err.getvalue().partition("\n")
        assert opening.startswith("emulate dev")
        return rest

    def set(
        self,
        *findings: Finding,
        failure: str = "",
        left: tuple[Finding, ...] = (),
        gaps: tuple[KnownGap, ...] = (),
    ) -> None:
        def run_lifecycle(_: Harness, environment: str, *__: object) -> EnvironmentRun:
            rows = {"": Row(f"{environment}-network", 55, 47.4, 0, 36.5)}
            mine = environment == "dev"
            return EnvironmentRun(environment, rows, list(findings) if mine else [], failure if mine else "")

        self._patch.setattr(emulating, "run_lifecycle", run_lifecycle)
        self._patch.setattr(emulating, "_leftovers", lambda _: list(left))
        self._patch.setattr("acceptance.findings.read_gaps", lambda: gaps)
        self._patch.setattr(emulating, "environment_names", lambda _: ("dev", "prod"))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> FakeRuns:
    return FakeRuns(monkeypatch)


def test_a_clean_run_ends_with_the_table_and_a_sentence(runs: FakeRuns) -> None:
    assert emulate(runs.harness) == 0
    assert runs.out.getvalue().splitlines()[1:4] == [
        "stack         resources  apply s  changes in second plan  destroy s",
        "dev-network          55       47                       0         36",
        "prod-network         55       47                       0         36",
    ]
    assert "destroyed without leftovers; no known gaps" in runs.out.getvalue()


def test_a_finding_that_is_not_listed_fails_the_run(runs: FakeRuns) -> None:
    runs.set(DRIFT, left=(KEY,))
    assert emulate(runs.harness) == 1
    assert runs.warnings == f"{DRIFT}\n{KEY}\n"


def test_a_listed_gap_does_not_fail_the_run(runs: FakeRuns) -> None:
    runs.set(DRIFT, gaps=(GAP,))
    assert emulate(runs.harness) == 0
    assert "1 known gaps found" in runs.out.getvalue()


def test_a_listed_gap_that_is_gone_fails_the_run(runs: FakeRuns) -> None:
    runs.set(gaps=(GAP,))
    assert emulate(runs.harness) == 1
    assert runs.warnings == "known_gaps.toml: no longer found, remove it: second plan: network: *\n"


def test_a_gap_that_another_environment_may_still_have_does_not_fail_the_run(runs: FakeRuns) -> None:
    runs.set(gaps=(GAP,))
    assert emulate(replace(runs.harness, environments=("dev",))) == 0
    assert runs.warnings == ""


def test_a_failed_environment_is_reported_and_its_gaps_are_not_expected(runs: FakeRuns) -> None:
    runs.set(failure="dev-network  failed  Error: no", gaps=(GAP,))
    assert emulate(runs.harness) == 1
    assert runs.warnings == "dev failed:\ndev-network  failed  Error: no\n"


def test_an_interrupt_gives_no_verdict(runs: FakeRuns) -> None:
    runs.harness.processes.interrupt()
    with pytest.raises(RunnerError, match="Interrupted") as raised:
        emulate(runs.harness)
    assert raised.value.exit_code == INTERRUPTED
