"""What a drill has shown, and the message that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .jobs import Drill

_ENGINES: Final = {
    "postgres": ("PostgreSQL", "tables", "rows"),
    "documentdb": ("DocumentDB", "collections", "documents"),
}
_HOUR: Final = timedelta(hours=1)
_MINUTE_SECONDS: Final = 60
LONGEST_SUBJECT: Final = 100
"""https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (it must be shorter)"""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The end of a drill."""

    is_valid: bool
    why: str
    """What was found, in words."""

    @property
    def status(self) -> str:
        """As AWS Backup has it."""
        return "SUCCESSFUL" if self.is_valid else "FAILED"


def judge(drill: Drill, answer: Mapping[str, Any], *, minimum_rows: int) -> Verdict:
    """Judge what the reader has counted: a copy without tables, or with too few rows, is not valid."""
    _, tables, rows = _ENGINES[drill.engine]
    counted = f"{answer['tables']} {tables} with {'more than ' if answer['capped'] else ''}{answer['rows']} {rows}"
    if not answer["tables"]:
        return Verdict(is_valid=False, why=f"it has no {tables} that the role restore_check may read")
    if answer["rows"] < minimum_rows:
        return Verdict(is_valid=False, why=f"it has {counted}, fewer than minimum_rows = {minimum_rows}")
    return Verdict(is_valid=True, why=f"{answer['version']} answered: {counted}")


def give_up(problem: str, *, hours: int) -> Verdict:
    """The verdict on a copy that has not answered in time."""
    return Verdict(is_valid=False, why=f"it could not be read within {hours} hours after its restore: {problem}")


def subject(drill: Drill, verdict: Verdict, *, prefix: str) -> str:
    """The subject of the message."""
    word = "worked" if verdict.is_valid else "FAILED"
    return f"Restore drill of {_ENGINES[drill.engine][0]} {word}: {prefix}"[: LONGEST_SUBJECT - 1]


def message(drill: Drill, verdict: Verdict, *, prefix: str, minutes: float, restored_at: datetime, runbook: str) -> str:
    """The message, for a person.

    Args:
        drill: What was restored.
        verdict: What came of it.
        prefix: The environment.
        minutes: From the start of the restore until the database could be asked.
        restored_at: When the restore started.
        runbook: What to do if it has failed.
    """
    level = "INFO" if verdict.is_valid else "CRITICAL"
    outcome = "has worked" if verdict.is_valid else "has FAILED"
    age = f", {(restored_at - drill.backup_made) / _HOUR:.1f} hours old" if drill.backup_made else ""
    made = f" of {drill.backup_made:%Y-%m-%d %H:%M} UTC" if drill.backup_made else ""
    lines = [
        f"{level} in {prefix}: the restore drill of {_ENGINES[drill.engine][0]} {outcome}",
        f"Found: {verdict.why}",
        f"Backup: {drill.recovery_point}{made}{age}",
        f"Restored as: {drill.name} in {minutes:.0f} minutes",
        f"Job: {drill.id}",
        "What to do: nothing, this is information" if verdict.is_valid else f"What to do: {runbook}",
    ]
    return "\n".join(lines)


def minutes_between(first: datetime, last: datetime) -> float:
    """Minutes, with one digit."""
    return round((last - first).total_seconds() / _MINUTE_SECONDS, 1)
