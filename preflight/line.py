"""One line of the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """What a check found, as the table shows it."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNREADABLE = "could not read"

    @property
    def is_passed(self) -> bool:
        """Whether the apply can begin."""
        return self in {Status.OK, Status.WARNING}


@dataclass(frozen=True)
class Line:
    """What was checked, the result, and what to do about it."""

    subject: str
    status: Status
    found: str
    fix: str = ""
    """What to do; empty only if there is nothing to do."""


def ok(subject: str, found: str) -> Line:
    """Nothing to do."""
    return Line(subject, Status.OK, found)


def warning(subject: str, found: str, fix: str) -> Line:
    """The apply would do what the settings say, and they should be looked at."""
    return Line(subject, Status.WARNING, found, fix)


def problem(subject: str, found: str, fix: str) -> Line:
    """The apply would fail, or do something else than intended."""
    return Line(subject, Status.PROBLEM, found, fix)


def unreadable(subject: str, found: str, fix: str) -> Line:
    """It is not known: a call was refused or not answered."""
    return Line(subject, Status.UNREADABLE, found, fix)
