"""The result of each stack, and how it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from console.table import table
from runner.errors import FAILED, INTERRUPTED, OK, REFUSED
from runner.events import Changes


class Status(Enum):
    """How one stack's run ended, as the table shows it."""

    NO_CHANGES = "no changes"
    CHANGES = "changes"
    APPLIED = "applied"
    DESTROYED = "destroyed"
    REFRESHED = "refreshed"
    NOTHING_THERE = "nothing there"
    IN_USE = "still there"
    VALID = "valid"
    BOOTSTRAPPED = "bootstrapped"
    ALREADY = "already bootstrapped"
    WAITS = "waits"
    DECLINED = "declined"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    NOT_STARTED = "not started"


_ENDED = {
    Status.NO_CHANGES,
    Status.APPLIED,
    Status.DESTROYED,
    Status.REFRESHED,
    Status.NOTHING_THERE,
    Status.VALID,
    Status.BOOTSTRAPPED,
    Status.ALREADY,
}


@dataclass(frozen=True)
class Result:
    """The result of one stack. `note` is a sentence about it: what it waits for, or the error."""

    stack: str
    status: Status
    changes: Changes = field(default_factory=Changes)
    note: str = ""
    remedy: str = ""
    seconds: float = 0
    planned: tuple[str, ...] = ()  # what a plan would do: "update aws_vpc.Default"


def summary(results: list[Result]) -> str:
    """The aligned table at the end."""
    rows: list[tuple[str, ...]] = [("stack", "result", "added", "changed", "destroyed", "seconds")]
    for result in results:
        status = result.note if result.status is Status.WAITS else result.status.value
        changes = result.changes
        # How much of it an unfinished run has done is in the state, not in the plan.
        counts = (changes.add, changes.change, changes.remove) if result.status in _ENDED else ("-",) * 3
        rows.append((result.stack, status, *(str(count) for count in counts), f"{result.seconds:.0f}"))
    return table(rows)


def plan_line(result: Result, width: int) -> str:
    """`prod-network  changes     3 to add    1 to change    0 to destroy`."""
    name = result.stack.ljust(width)
    if result.status is Status.CHANGES:
        changes = result.changes
        counts = f"{changes.add:>4} to add {changes.change:>4} to change {changes.remove:>4} to destroy"
        return f"{name}  {counts}" if changes.total else f"{name}  no resource changes, only outputs, moves or imports"
    return f"{name}  {result.note if result.status is Status.WAITS else result.status.value}"


def exit_code(results: list[Result], *, allow_waiting: bool) -> int:
    """The exit code of the worst result."""
    statuses = {result.status for result in results}
    if Status.INTERRUPTED in statuses:
        return INTERRUPTED
    if Status.FAILED in statuses:
        return FAILED
    if Status.DECLINED in statuses or (Status.WAITS in statuses and not allow_waiting):
        return REFUSED
    return OK
