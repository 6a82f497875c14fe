"""`python -m gate`: runs all steps, prints the table of their times, and fails if it took too long."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console import program
from console.durations import Durations
from console.table import table
from gate.budget import budget_seconds, count_layers
from gate.run import Run, Status
from gate.speed import Speed
from gate.steps import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gate.run import Result
    from gate.steps import Stage

_ROOT: Final = Path(__file__).parents[1]
_WORK: Final = _ROOT / ".terraform-work"
_OK, _FAILED, _INTERRUPTED = 0, 1, 130


def main(stages: Sequence[Stage] = STAGES, *, budget: int | None = None) -> int:
    """Run the gate; return the process's exit code."""
    layers = count_layers(_ROOT / "stacks")
    budget = budget_seconds(layers) if budget is None else budget
    run = Run(stages, output=sys.stdout, durations=Durations(_WORK))
    print(f"{run.forecast.opening()}; it may take {_minutes(budget)}", flush=True)
    with _signals_interrupt(run), Speed() as speed:
        results = run.run()
    total, limit = run.seconds, round(budget * speed.slowdown)
    print(f"\n{_table(results, total, budget, limit)}\n", flush=True)
    failed = [result.step.name for result in results if result.status is Status.FAILED]
    if run.interrupted:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED
    if failed:
        print(f"Failed: {', '.join(failed)}; what it printed is above.", file=sys.stderr)
        return _FAILED
    if total > limit:
        print(
            f"All steps have passed, but they took {_minutes(total)}; with {layers} layers they may take "
            f"{_minutes(limit)} on this machine (gate/budget.py). Make the longest ones of the table shorter: share "
            "what is made twice, and run side by side what waits (docs/gate.md).",
            file=sys.stderr,
        )
        return _FAILED
    print(f"All steps have passed, in {_minutes(total)} of the {_minutes(limit)} that they may take.")
    return _OK


def _main() -> int:
    os.chdir(_ROOT)
    return main()


@contextmanager
def _signals_interrupt(run: Run) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda *_: run.interrupt()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _table(results: Sequence[Result], total: float, budget: int, limit: int) -> str:
    rows: list[tuple[str, ...]] = [("step", "starts at", "seconds", "processor s", "share %", "result")]
    for result in results:
        has_run = result.status is not Status.NOT_RUN
        numbers = (result.started, result.seconds, result.processor_seconds, 100 * result.seconds / total)
        rows.append(
            (result.step.name, *(f"{number:.0f}" if has_run else "-" for number in numbers), result.status.value)
        )
    processor = sum(result.processor_seconds for result in results)
    rows += [
        ("total", "-", f"{total:.0f}", f"{processor:.0f}", "100", f"{os.cpu_count()} processors"),
        ("budget", "-", f"{budget}", "-", "-", ""),
    ]
    if limit > budget:
        rows.append(("budget here", "-", f"{limit}", "-", "-", f"{limit / budget:.2f} times as slow"))
    return table(rows)


def _minutes(seconds: float) -> str:
    return f"{round(seconds) // 60} min {round(seconds) % 60} s"


if __name__ == "__main__":
    program.run_alone(_main, module="gate", description=__doc__)
