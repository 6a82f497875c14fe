"""Every environment's life side by side, what is left in their accounts, and the table."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from config.load import environment_names
from main import ROOT
from rehearsal import findings, inventory
from rehearsal.findings import Finding, Step
from rehearsal.life import live
from runner import schedule
from runner.board import table
from runner.errors import FAILED, INTERRUPTED, OK, RunnerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rehearsal.life import Life, Row
    from rehearsal.stage import Stage


def emulate(stage: Stage) -> int:
    """Apply, plan again, check, destroy, look for what is left; return the exit code."""
    gaps = findings.read_gaps()
    began = time.monotonic()
    lives: dict[str, Life] = {}

    def work(environment: str) -> schedule.Verdict:
        lives[environment] = live(stage, environment)
        return schedule.Verdict.GO_ON

    needs: dict[str, set[str]] = {name: set() for name in stage.environments}
    schedule.run(needs, work, parallel=len(needs), cancelled=lambda: stage.processes.interrupted)
    if stage.processes.interrupted:
        message = "Interrupted."
        raise RunnerError(message, exit_code=INTERRUPTED)
    ordered = [lives[name] for name in stage.environments]
    found = [finding for life in ordered for finding in life.findings]
    if not any(life.failed for life in ordered):
        found += _left_over(stage)

    stage.board.say(f"\n{_table([row for life in ordered for row in life.rows.values()])}\n")
    failures = [f"{life.environment} failed:\n{life.failure}" for life in ordered if life.failed]
    unknown = findings.unknown(found, gaps)
    whole = not failures and stage.layer is None
    every = environment_names(ROOT / "environments")
    gone = findings.gone(found, gaps, stage.environments, every=every) if whole else []
    failures += [str(finding) for finding in unknown]
    failures += [f"{findings.KNOWN_GAPS.name}: no longer met, take it off: {gap.step}: {gap.subject}" for gap in gone]
    for failure in failures:
        stage.board.warn(failure)
    stage.board.say(_verdict(stage, len(failures), len(found) - len(unknown), time.monotonic() - began))
    return FAILED if failures else OK


def _left_over(stage: Stage) -> list[Finding]:
    """By account, not by environment: environments can share one."""
    owners: dict[str, list[str]] = {}
    for name in stage.environments:
        owners.setdefault(stage.account(name).id, []).append(name)
    found = []
    for account_id, names in owners.items():
        who = ", ".join(names)
        stage.board.start(who, "looking for what is left in the account")
        found += [Finding(who, Step.LEFT_OVER, told) for told in inventory.left_over(stage.emulator, account_id)]
        stage.board.end(who)
    return found


def _table(rows: Sequence[Row]) -> str:
    cells: list[tuple[str, ...]] = [("stack", "resources", "apply s", "changes in second plan", "destroy s")]
    for row in rows:
        changes = "-" if row.second_plan_changes is None else str(row.second_plan_changes)
        destroy = "-" if row.destroy_seconds is None else f"{row.destroy_seconds:.0f}"
        cells.append((row.stack, str(row.resources), f"{row.apply_seconds:.0f}", changes, destroy))
    return table(cells, numbers=1)


def _verdict(stage: Stage, failures: int, known: int, seconds: float) -> str:
    what = ", ".join(stage.environments) + (f" up to {stage.layer}" if stage.layer else "")
    gaps = f"{known} known gaps met" if known else "no known gap"
    if failures:
        return f"{what}: not as it should be, see above; {seconds:.0f} s."
    return f"{what}: applied, planned again without a change, destroyed without a rest; {gaps}; {seconds:.0f} s."
