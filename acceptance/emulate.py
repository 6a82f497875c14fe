"""Runs all environments in parallel, looks for leftovers in their accounts, and prints the table."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from acceptance import findings, leftovers
from acceptance.findings import Finding, Step
from acceptance.lifecycle import PHASES, phase, run_lifecycle
from acceptance.releases.hand_overs import HandOvers
from config.load import environment_names
from console.forecast import Forecast
from console.table import table
from runner import schedule
from runner.errors import FAILED, INTERRUPTED, OK, RunnerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acceptance.harness import Harness
    from acceptance.lifecycle import EnvironmentRun, Row

_LEFTOVERS: Final = "leftovers"


def emulate(harness: Harness) -> int:
    """Apply, plan again, check, destroy, and look for leftovers."""
    gaps = findings.read_gaps()
    started = time.monotonic()
    runs: dict[str, EnvironmentRun] = {}
    hand_overs = HandOvers(harness.environments, cancelled=lambda: harness.processes.interrupted)

    forecast = _forecast(harness)

    def work(environment: str) -> schedule.Verdict:
        runs[environment] = run_lifecycle(harness, environment, hand_overs, forecast)
        return schedule.Verdict.CONTINUE

    needs: dict[str, set[str]] = {name: set() for name in harness.environments}
    with harness.progress.following(forecast):
        schedule.run(needs, work, parallel=len(needs), cancelled=lambda: harness.processes.interrupted)
        if harness.processes.interrupted:
            message = "Interrupted."
            raise RunnerError(message, exit_code=INTERRUPTED)
        ordered = [runs[name] for name in harness.environments]
        all_findings = [finding for run in ordered for finding in run.findings]
        if not any(run.failed for run in ordered):
            with forecast.step(_LEFTOVERS):
                all_findings += _leftovers(harness)

    harness.progress.say(f"\n{_table([row for run in ordered for row in run.rows.values()])}\n")
    for run in ordered:
        if run.rehearsed:
            harness.progress.say(f"{run.environment} rehearsed: {run.rehearsed}")
    failures = [f"{run.environment} failed:\n{run.failure}" for run in ordered if run.failed]
    unknown = findings.find_unknown(all_findings, gaps)
    is_complete = not failures and harness.layer is None
    every = environment_names(harness.settings)
    gone = findings.find_resolved(all_findings, gaps, harness.environments, every=every) if is_complete else []
    failures += [str(finding) for finding in unknown]
    failures += [f"{findings.KNOWN_GAPS.name}: no longer found, remove it: {gap.step}: {gap.subject}" for gap in gone]
    for failure in failures:
        harness.progress.warn(failure)
    harness.progress.say(_verdict(harness, len(failures), len(all_findings) - len(unknown), time.monotonic() - started))
    return FAILED if failures else OK


def _forecast(harness: Harness) -> Forecast:
    """The phases of all environments, which run side by side; of a part of them, or of one layer, they take less."""
    needs: dict[str, set[str]] = {}
    for environment in harness.environments:
        names = [phase(environment, name) for name in PHASES]
        needs |= {name: set(names[:place][-1:]) for place, name in enumerate(names)}
    needs[_LEFTOVERS] = set(needs)
    what = " ".join((*harness.environments, *([f"up to {harness.layer}"] if harness.layer else [])))
    return Forecast(f"emulate {what}", needs, harness.durations, parallel=len(harness.environments), unit="steps")


def _leftovers(harness: Harness) -> list[Finding]:
    """Per account, not per environment: environments can share one."""
    owners: dict[str, list[str]] = {}
    for name in harness.environments:
        owners.setdefault(harness.account(name).id, []).append(name)
    account_findings = []
    for account_id, names in owners.items():
        owner = ", ".join(names)
        harness.progress.start(owner, "looking for leftovers in the account")
        items = leftovers.leftovers(harness.emulator, account_id)
        account_findings += [Finding(owner, Step.LEFTOVER, item) for item in items]
        harness.progress.end(owner)
    return account_findings


def _table(rows: Sequence[Row]) -> str:
    cells: list[tuple[str, ...]] = [("stack", "resources", "apply s", "changes in second plan", "destroy s")]
    for row in rows:
        changes = "-" if row.second_plan_changes is None else str(row.second_plan_changes)
        destroy = "-" if row.destroy_seconds is None else f"{row.destroy_seconds:.0f}"
        cells.append((row.stack, str(row.resources), f"{row.apply_seconds:.0f}", changes, destroy))
    return table(cells)


def _verdict(harness: Harness, failures: int, known: int, seconds: float) -> str:
    what = ", ".join(harness.environments) + (f" up to {harness.layer}" if harness.layer else "")
    gaps = f"{known} known gaps found" if known else "no known gaps"
    if failures:
        return f"{what}: failed, see above; {seconds:.0f} s."
    return f"{what}: applied, planned again without changes, destroyed without leftovers; {gaps}; {seconds:.0f} s."
