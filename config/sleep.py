"""Settings of [cost.sleep]: when an environment that is not production is awake; it sleeps otherwise."""

import base64
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, ClassVar, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem, nearest
from config.maintenance_windows import WEEKDAYS
from config.model import Check, Model

_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY
_TIME: Final = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
_HOURS: Final = rf"([a-z]+)(?:-([a-z]+))? ({_TIME})-({_TIME})"
_EXAMPLE: Final = 'like "mon-fri 07:00-20:00" or "sat 09:00-13:00"'
_SHORTEST_SLEEP: Final = 120
"""Minutes: databases take up to half an hour to stop, and as long to start; a shorter sleep saves next to nothing."""
_SHORTEST_DAY: Final = 60
"""The shortest time awake, in minutes: the databases need some of it to start."""


def _zones() -> Traversable:
    """The IANA database, as a package: the same one on every machine, and some have none of their own."""
    return files("tzdata")


def read_zone(name: str) -> ZoneInfo:
    """A time zone of the database."""
    return ZoneInfo.from_file(io.BytesIO((_zones() / "zoneinfo" / name).read_bytes()), key=name)


def _time_zone(value: str) -> str:
    names = (_zones() / "zones").read_text(encoding="utf-8").split()
    if value not in names:
        close = nearest(value, names)
        message = "is not a valid time zone; use a name of the IANA database, like " + (
            f'"{close}"' if close else '"Europe/Berlin", "America/New_York" or "UTC"'
        )
        raise ValueError(message)
    return value


def _hours(value: str) -> str:
    found = re.fullmatch(_HOURS, value)
    if not found:
        message = f"is not a valid time; use days and hours from 00:00 to 24:00, {_EXAMPLE}"
        raise ValueError(message)
    first, last, start, end = found.groups()
    for day in (first, last):
        if day and day not in WEEKDAYS:
            message = f'"{day}" is not a valid weekday; use {", ".join(WEEKDAYS[:-1])} or {WEEKDAYS[-1]}'
            raise ValueError(message)
    if last and WEEKDAYS.index(last) <= WEEKDAYS.index(first):
        message = f'"{last}" must be after "{first}" in the week, which starts on Monday; use one entry for each part'
        raise ValueError(message)
    if _minute(end) <= _minute(start):
        message = (
            f"must end after it starts, and {end} is not after {start}; hours past midnight are two entries, like "
            '"mon 20:00-24:00" and "tue 00:00-02:00"'
        )
        raise ValueError(message)
    return value


def _holiday(value: str) -> str:
    message = 'is not a valid date; use year, month and day, like "2026-12-25"'
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(message)
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError(message) from None
    return value


TimeZone = Annotated[str, AfterValidator(_time_zone)]
"""A name of the IANA database."""

Hours = Annotated[
    str,
    AfterValidator(_hours),
    WithJsonSchema(
        {"type": "string", "pattern": rf"^({'|'.join(WEEKDAYS)})(-({'|'.join(WEEKDAYS)}))? {_TIME}-{_TIME}$"}
    ),
]
"""Days and hours."""

Holiday = Annotated[str, AfterValidator(_holiday), WithJsonSchema({"type": "string", "format": "date"})]
"""A day."""


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


def _parts(hours: str) -> Iterator[tuple[int, int]]:
    """Start and end of each day's part, in minutes of the week."""
    found = re.fullmatch(_HOURS, hours)
    if not found:
        message = f"{hours!r} was not validated"
        raise ValueError(message)
    first, last, start, end = found.groups()
    for day in range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1):
        yield day * _DAY + _minute(start), day * _DAY + _minute(end)


def _check_hours(awake: Sequence[str]) -> Iterator[Problem]:
    overlaps = False
    seen: list[tuple[int, int, str]] = []
    for index, hours in enumerate(awake):
        parts = list(_parts(hours))
        other = next((text for a, b, text in seen for start, end in parts if start < b and a < end), None)
        if other:
            overlaps = True
            yield Problem(key=f"awake[{index}]", value=hours, allowed=f'overlaps "{other}"; change one of them')
        seen += [(start, end, hours) for start, end in parts]
    if not overlaps and seen:
        yield from _gap_problems(_merged([(start, end) for start, end, _ in seen]))


def _merged(parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The times without an interruption, in their order; one over the end of the week ends after it."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    if len(merged) > 1 and merged[0][0] == 0 and merged[-1][1] == _WEEK:
        start, _ = merged.pop()
        merged[0] = (start, _WEEK + merged[0][1])
        merged.sort()
    return merged


def awake_times(awake: Sequence[str]) -> list[tuple[int, int]]:
    """Start and end of each time in which it is awake, in minutes of the week; one over its end ends after it."""
    return _merged([part for hours in awake for part in _parts(hours)])


def _gap_problems(times: Sequence[tuple[int, int]]) -> Iterator[Problem]:
    if times == [(0, _WEEK)]:
        yield Problem(key="awake", allowed="covers the whole week, so it never sleeps; shorten it, or remove the table")
        return
    for index, (start, end) in enumerate(times):
        if end - start < _SHORTEST_DAY:
            yield Problem(
                key="awake",
                allowed=f"is awake for {end - start} minutes from {_show(start)}; it must be {_SHORTEST_DAY} or more",
            )
        following = times[(index + 1) % len(times)][0]
        if (pause := (following - end) % _WEEK) < _SHORTEST_SLEEP:
            yield Problem(
                key="awake",
                allowed=f"sleeps for only {pause} minutes from {_show(end)}; it must be {_SHORTEST_SLEEP} or more, "
                "because databases need half an hour to stop and to start: fill the gap, or make it longer",
            )


def _show(minute: int) -> str:
    day, rest = divmod(minute % _WEEK, _DAY)
    return f"{WEEKDAYS[day]} {rest // 60:02}:{rest % 60:02}"


def _check_holidays(holidays: Sequence[str]) -> Iterator[Problem]:
    for index, day in enumerate(holidays):
        if day in holidays[:index]:
            yield Problem(key=f"holidays[{index}]", value=day, allowed="is listed twice; remove one")


class SleepSettings(Model):
    """When the environment is awake; otherwise no task runs, the databases are stopped, and its alarms are silent."""

    time_zone: TimeZone
    """On whose clocks the hours are, like `Europe/Berlin`; summer time is respected."""

    awake: tuple[Hours, ...] = Field(min_length=1, json_schema_extra={"uniqueItems": True})
    """Days and hours in which it is awake, like `mon-fri 07:00-20:00`. Those are 65 of 168 hours: tasks and
    instances of databases cost 61 % less, which `make sleep` prints in US dollars."""

    holidays: tuple[Holiday, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Days on which it sleeps, like `2026-12-25`."""

    checks: ClassVar[tuple[Check, ...]] = (_check_hours, _check_holidays)

    @property
    def awake_share(self) -> float:
        """The part of a week without holidays in which it is awake."""
        return sum(end - start for hours in self.awake for start, end in _parts(hours)) / _WEEK

    def is_awake(self, time: datetime) -> bool:
        """Whether it is awake at a time of a week without holidays."""
        local = time.astimezone(read_zone(self.time_zone))
        minute = local.weekday() * _DAY + local.hour * 60 + local.minute
        return any(start <= minute < end for hours in self.awake for start, end in _parts(hours))

    def schedule(self) -> str:
        """What `lambdas/sleep_schedule/schedule.py` reads: hours by weekday, holidays, the time zone with its data."""
        hours: dict[int, list[tuple[int, int]]] = {}
        for start, end in sorted(part for each in self.awake for part in _parts(each)):
            day = start // _DAY
            hours.setdefault(day, []).append((start - day * _DAY, end - day * _DAY))
        # The runtime of Lambda need not have the data of time zones.
        data = (_zones() / "zoneinfo" / self.time_zone).read_bytes()
        schedule = {
            "hours": hours,
            "holidays": sorted(self.holidays),
            "zone": self.time_zone,
            "zone_data": base64.b64encode(data).decode(),
        }
        return json.dumps(schedule, separators=(",", ":"))


def check_sleep_is_allowed(
    *,
    cost__sleep: object,
    protect_data: bool,
    postgres__replicas: int | None,
    documentdb__global_cluster: bool | None,
) -> Iterator[Problem]:
    """Production does not sleep, and AWS does not stop every database."""
    if cost__sleep is None:
        return
    if protect_data:
        yield Problem(
            key="cost.sleep",
            allowed="must not be set where protect_data = true: production is always awake; remove the table",
        )
    if postgres__replicas:
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html#USER_StopInstance.Limitations
        yield Problem(
            key="postgres.replicas",
            value=postgres__replicas,
            allowed="must be 0 with [cost.sleep], because AWS does not stop a database that has read replicas; "
            "set it to 0, or remove [cost.sleep]",
        )
    if documentdb__global_cluster:
        # https://docs.aws.amazon.com/documentdb/latest/developerguide/global-clusters.html (limitations)
        yield Problem(
            key="documentdb.global_cluster",
            value=True,
            allowed="must be false with [cost.sleep], because AWS does not stop a cluster of a global cluster; "
            "set it to false, or remove [cost.sleep]",
        )
