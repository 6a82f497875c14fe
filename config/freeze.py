"""Settings of [delivery.freeze]: times in which nothing is deployed, as CodePipeline can check them.

CodePipeline waits for the times in which a deployment is allowed, and one cron expression describes them: days of the
week, and the hours of each of them. So what the windows leave must be the same hours on every day that is left.
https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem
from config.maintenance_windows import WEEKDAYS
from config.model import Check, Model
from config.sleep import TimeZone, read_zone

_HOURS: Final = 24
_WEEK: Final = 7 * _HOURS
_TIME: Final = r"(?:(?:[01][0-9]|2[0-3]):00|24:00)"
_DAY: Final = f"(?:{'|'.join(WEEKDAYS)})"
_ONE_TIME: Final = rf"({_DAY}) ({_TIME})-({_DAY}) ({_TIME})"
_DAILY: Final = rf"({_DAY})(?:-({_DAY}))? ({_TIME})-({_TIME})"
_EXAMPLE: Final = '"sat 00:00-sun 24:00" or "mon-fri 16:00-24:00"'


def _window(value: str) -> str:
    if not (re.fullmatch(_ONE_TIME, value) or re.fullmatch(_DAILY, value)):
        message = f"is not a valid window; use days ({', '.join(WEEKDAYS)}) and full hours, like {_EXAMPLE}"
        raise ValueError(message)
    if not _hours(value):
        message = f"must end after it starts; use two windows for hours past midnight, like {_EXAMPLE}"
        raise ValueError(message)
    return value


def _hours(window: str) -> frozenset[int]:
    """The hours of the week that a window covers, from Monday 00:00."""
    if found := re.fullmatch(_ONE_TIME, window):
        first, start, last, end = found.groups()
        begin = WEEKDAYS.index(first) * _HOURS + int(start[:2])
        length = (WEEKDAYS.index(last) * _HOURS + int(end[:2]) - begin) % _WEEK
        return frozenset((begin + hour) % _WEEK for hour in range(length))
    found = re.fullmatch(_DAILY, window)
    if found is None:
        message = f"{window!r} was not validated"
        raise ValueError(message)
    first, last, start, end = found.groups()
    days = (WEEKDAYS.index(last or first) - WEEKDAYS.index(first)) % len(WEEKDAYS) + 1
    return frozenset(
        ((WEEKDAYS.index(first) + day) * _HOURS + hour) % _WEEK
        for day in range(days)
        for hour in range(int(start[:2]), int(end[:2]))
    )


def allowed_hours(windows: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The hours that the windows leave on each day on which they leave any."""
    frozen = frozenset[int]().union(*map(_hours, windows))
    left = {
        day: tuple(hour for hour in range(_HOURS) if number * _HOURS + hour not in frozen)
        for number, day in enumerate(WEEKDAYS)
    }
    return {day: hours for day, hours in left.items() if hours}


def _check_windows(windows: Sequence[str]) -> Iterator[Problem]:
    if not windows:
        yield Problem(key="windows", allowed=f"must have at least one window, like {_EXAMPLE}; or remove the table")
        return
    allowed = allowed_hours(windows)
    if not allowed:
        yield Problem(
            key="windows", value=windows, allowed="cover the whole week, so nothing is ever deployed; use fewer"
        )
    elif len(set(allowed.values())) > 1:
        shared = set(range(_HOURS)).intersection(*allowed.values())
        days = ", ".join(allowed)
        others = ", ".join(f'"mon-sun {one}"' for one in _clock_times(sorted(set(range(_HOURS)) - shared)))
        advice = (
            f"add {others} to freeze the other hours of each day too"
            if shared
            else "freeze whole days, or the same hours of each day"
        )
        yield Problem(
            key="windows",
            value=windows,
            allowed=f"leave different hours on {days}, and CodePipeline can only wait for the same hours of each day; "
            + advice,
        )


Window = Annotated[
    str,
    AfterValidator(_window),
    WithJsonSchema({"type": "string", "pattern": f"^({_ONE_TIME}|{_DAILY})$"}),
]
"""Days and full hours in which nothing is deployed."""


class FreezeSettings(Model):
    """When a release waits before it changes anything."""

    time_zone: TimeZone
    """Time zone of the windows, a name of the IANA database like "Europe/Berlin"."""

    windows: tuple[Window, ...] = Field(json_schema_extra={"uniqueItems": True, "minItems": 1})
    """Windows in which nothing is deployed, like "sat 00:00-sun 24:00" or "mon-fri 16:00-24:00".

    A release waits until they are over. The hours that they leave must be the same on each day that they leave.
    """

    checks: ClassVar[tuple[Check, ...]] = (_check_windows,)

    def covers(self, time: datetime) -> bool:
        """Whether nothing is deployed at a time."""
        local = time.astimezone(read_zone(self.time_zone))
        hour = local.weekday() * _HOURS + local.hour
        return any(hour in _hours(window) for window in self.windows)

    @property
    def cron(self) -> str:
        """The times in which a release may go on: seconds, minutes, hours, day, month, days of the week."""
        allowed = allowed_hours(self.windows)
        return cron_expression(tuple(allowed), next(iter(allowed.values())))


def cron_expression(days: Sequence[str], hours: Sequence[int]) -> str:
    """These hours of these days: seconds, minutes, hours, day, month, days of the week."""
    shown = "*" if len(hours) == _HOURS else ",".join(_ranges(hours))
    return f"* * {shown} ? * " + ("*" if len(days) == len(WEEKDAYS) else ",".join(day.upper() for day in days))


def _clock_times(hours: Sequence[int]) -> Iterator[str]:
    for part in _ranges(hours):
        first, _, last = part.partition("-")
        yield f"{int(first):02}:00-{int(last or first) + 1:02}:00"


def _ranges(hours: Sequence[int]) -> Iterator[str]:
    start = previous = hours[0]
    for hour in (*hours[1:], -1):
        if hour != previous + 1:
            yield f"{start}" if start == previous else f"{start}-{previous}"
            start = hour
        previous = hour
