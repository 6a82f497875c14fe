"""Cron expressions of deployment windows: seconds, minutes, hours, days, months, days of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FIELDS: Final = (6, 7)


def is_in_window(cron: str, moment: dt.datetime) -> bool:
    """Return whether a moment matches an expression; days of the week count from SUN, which is 1.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html

    Raises:
        ValueError: The expression is not valid.
    """
    fields = cron.split()
    if len(fields) not in _FIELDS:
        message = f"{cron!r} is not a valid expression: it must have six fields or seven"
        raise ValueError(message)
    values = (
        (moment.second, ()),
        (moment.minute, ()),
        (moment.hour, ()),
        (moment.day, ()),
        (moment.month, _MONTHS),
        (moment.isoweekday() % 7 + 1, _DAYS),
        (moment.year, ()),
    )
    return all(_matches(text, value, names) for text, (value, names) in zip(fields, values, strict=False))


def _matches(text: str, value: int, names: Sequence[str]) -> bool:
    return any(_part_matches(part, value, names) for part in text.upper().split(","))


def _part_matches(part: str, value: int, names: Sequence[str]) -> bool:
    span, _, step = part.partition("/")
    if span in {"*", "?"}:
        return not step or value % int(step) == 0
    first, _, last = span.partition("-")
    low = _number(first, names)
    high = _number(last, names) if last else (low if not step else value)
    inside = low <= value <= high if low <= high else value >= low or value <= high
    return inside and (not step or (value - low) % int(step) == 0)


def _number(text: str, names: Sequence[str]) -> int:
    return names.index(text) + 1 if text in names else int(text)
