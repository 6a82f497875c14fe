"""Every environment's run side by side, what is left in their accounts, and the table."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from acceptance import findings, leftovers
from acceptance.findings import Finding, Step
from acceptance.lifecycle import run_lifecycle
from config.load import environment_names
from main import ROOT
from runner import schedule
from runner.errors import FAILED, INTERRUPTED, OK, RunnerError
from runner.progress import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acceptance.harness import Harness
    from acceptance.lifecycle import EnvironmentRun, Row


def emulate(harness: Harness) -> int:
    """Apply, plan again, check, destroy, look for what is left; return the exit code."""
    gaps = findings.read_gaps()
    began = time.monotonic()
    runs: dict[str, EnvironmentRun] = {}

    def work(environment: str) -> schedule.Verdict:
        runs[environment] = run_lifecycle(harness, environment)
        return schedule.Verdict.CONTINUE

    needs: dict[str, set[str]] = {name: set() for name in harness.environments}
    schedule.run(needs, work, parallel=len(needs), cancelled=lambda: harness.processes.interrupted)
    if harness.processes.interrupted:
        message = "Interrupted."
        raise RunnerError(message, exit_code=INTERRUPTED)
    ordered = [runs[name] for name in harness.environments]
    found = [finding for run in ordered for finding in run.findings]
    if not any(run.failed for run in ordered):
        found += _leftovers(harness)

    harness.progress.say(f"\n{_table([row for run in ordered for row in run.rows.values()])}\n")
    failures = [f"{run.environment} failed:\n{run.failure}" for run in ordered if run.failed]
    unknown = findings.unknown(found, gaps)
    whole = not failures and harness.layer is None
    every = environment_names(ROOT / "environments")
    gone = findings.gone(found, gaps, harness.environments, every=every) if whole else []
    failures += [str(finding) for finding in unknown]
    failures += [f"{findings.KNOWN_GAPS.name}: no longer met, take it off: {gap.step}: {gap.subject}" for gap in gone]
    for failure in failures:
        harness.progress.warn(failure)
    harness.progress.say(_verdict(harness, len(failures), len(found) - len(unknown), time.monotonic() - began))
    return FAILED if failures else OK


def _leftovers(harness: Harness) -> list[Finding]:
    """By account, not by environment: environments can share one."""
    owners: dict[str, list[str]] = {}
    for name in harness.environments:
        owners.setdefault(harness.account(name).id, []).append(name)
    found = []
    for account_id, names in owners.items():
        who = ", ".join(names)
        harness.progress.start(who, "looking for what is left in the account")
        found += [Finding(who, Step.LEFTOVER, told) for told in leftovers.leftovers(harness.emulator, account_id)]
        harness.progress.end(who)
    return found


def _table(rows: Sequence[Row]) -> str:
    cells: list[tuple[str, ...]] = [("stack", "resources", "apply s", "changes in second plan", "destroy s")]
    for row in rows:
        changes = "-" if row.second_plan_changes is None else str(row.second_plan_changes)
        destroy = "-" if row.destroy_seconds is None else f"{row.destroy_seconds:.0f}"
        cells.append((row.stack, str(row.resources), f"{row.apply_seconds:.0f}", changes, destroy))
    return table(cells, numbers=1)


def _verdict(harness: Harness, failures: int, known: int, seconds: float) -> str:
    what = ", ".join(harness.environments) + (f" up to {harness.layer}" if harness.layer else "")
    gaps = f"{known} known gaps met" if known else "no known gap"
    if failures:
        return f"{what}: not as it should be, see above; {seconds:.0f} s."
    return f"{what}: applied, planned again without a change, destroyed without a rest; {gaps}; {seconds:.0f} s."
