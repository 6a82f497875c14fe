"""The moment from which logs are shown, as a person writes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from runner.errors import RunnerError

_AGO: Final = re.compile(r"(\d{1,4})([smhdw])")
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_since(text: str, *, now: datetime) -> datetime:
    """The moment: `90s`, `15m`, `2h`, `3d` or `1w` before now, or a time like 2026-11-27T09:00, without a zone in UTC.

    Raises:
        RunnerError: It is neither, or in the future.
    """
    if ago := _AGO.fullmatch(text):
        return max(now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}), _FIRST)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        message = f"SINCE={text} is not a valid time."
        raise RunnerError(message, "It must be like 90s, 15m, 2h, 3d, 1w, or 2026-11-27T09:00 (UTC).") from None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    if found > now:
        message = f"SINCE={text} is in the future: it is {now:%Y-%m-%dT%H:%M} UTC now."
        raise RunnerError(message, "It must be a time that is over.")
    return max(found, _FIRST)
