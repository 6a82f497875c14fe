"""Prints the lines as a table; a line that is not ok has its fix below it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from console.table import table
from preflight.line import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preflight.line import Line

_INDENT: Final = "    -> "


def render(lines: Sequence[Line]) -> str:
    """The table."""
    rows = table([("check", "result", "found"), *((line.subject, line.status.value, line.found) for line in lines)])
    heading, *others = rows.splitlines()
    printed = [heading]
    for line, row in zip(lines, others, strict=True):
        printed.append(row)
        if line.fix:
            printed.append(f"{_INDENT}{line.fix}")
    return "\n".join(printed)


def summary(lines: Sequence[Line], environment: str, *, complete: bool) -> str:
    """What to do next.

    Args:
        lines: All lines.
        environment: Its name.
        complete: Whether all checks ran, and not only those of the credentials.
    """
    counts = Counter(line.status for line in lines)
    bad = [
        f"{counts[status]} {text}"
        for status, text in (
            (Status.PROBLEM, "problem" if counts[Status.PROBLEM] == 1 else "problems"),
            (Status.UNREADABLE, "could not be read"),
        )
        if counts[status]
    ]
    if not bad:
        warnings = counts[Status.WARNING]
        but = f", with {warnings} warning{'s' if warnings > 1 else ''}" if warnings else ""
        return f"All {len(lines)} checks are ok{but}. Next: make bootstrap ENV={environment}, once; then make plan."
    stopped = "" if complete else " Nothing else was read."
    return (
        f"{', '.join(bad)}.{stopped} Fix each line as described below it, then repeat: "
        f"make preflight ENV={environment}\n"
        f"To bootstrap all the same: make bootstrap ENV={environment} SKIP_PREFLIGHT=1"
    )
