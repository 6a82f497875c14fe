"""When the environment is to be awake: its schedule, and what a person asked for."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HORIZON_DAYS: Final = 400
"""How far ahead the next change is looked for: more than a year, because every day of it can be a holiday."""
LONGEST_OVERRIDE: Final = timedelta(days=7)
"""How long a person can keep the environment awake or asleep: for longer, change the schedule."""
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_MOMENT: Final = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_CLOCK.pattern}")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the environment is to be, and until when; None if nothing changes within a year."""

    awake: bool
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The hours of each weekday, on the clocks of one time zone."""

    zone: ZoneInfo
    hours: Mapping[int, tuple[tuple[int, int], ...]]
    """Start and end in minutes of the day, by weekday; Monday is 0."""
    holidays: frozenset[date]
    """Days on which it is never awake."""

    @staticmethod
    def parse(text: str) -> Schedule:
        """Read what synthesis wrote; the data of the zone are in it, because the runtime may have none."""
        written = json.loads(text)
        data = io.BytesIO(base64.b64decode(written["zone_data"]))
        return Schedule(
            zone=ZoneInfo.from_file(data, key=written["zone"]),
            hours={int(day): tuple((start, end) for start, end in hours) for day, hours in written["hours"].items()},
            holidays=frozenset(date.fromisoformat(day) for day in written["holidays"]),
        )

    def at(self, moment: datetime) -> Wanted:
        """What the schedule wants at a moment."""
        until: datetime | None = None
        for start, end in self._intervals(moment.astimezone(self.zone).date() - timedelta(days=1)):
            if end <= max(moment, start):  # over, or an hour that the clock leaves out in spring
                continue
            if until is None and start > moment:
                return Wanted(awake=False, until=start)
            if until is not None and start > until:
                break
            until = end  # of hours that continue at midnight: of the last ones
        return Wanted(awake=until is not None, until=until)

    def _intervals(self, first: date) -> Iterator[tuple[datetime, datetime]]:
        for day in (first + timedelta(days=number) for number in range(_HORIZON_DAYS)):
            if day not in self.holidays:
                for start, end in self.hours.get(day.weekday(), ()):
                    yield self._moment(day, start), self._moment(day, end)

    def _moment(self, day: date, minutes: int) -> datetime:
        """The moment of a time of the day; of one that the clock shows twice in autumn, the first."""
        local = datetime.combine(day, time()) + timedelta(minutes=minutes)  # 24:00 is the next midnight
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def parse_until(self, text: str, *, now: datetime) -> datetime:
        """The moment that a person named: `23:00`, the next one, or `2026-12-01 23:00`.

        Raises:
            ValueError: It is not such a time, is over, or is too far away.
        """
        if _CLOCK.fullmatch(text):
            hours, minutes = text.split(":")
            today = now.astimezone(self.zone).date()
            of_day = 60 * int(hours) + int(minutes)
            moment = self._moment(today, of_day)
            if moment <= now:
                moment = self._moment(today + timedelta(days=1), of_day)
        else:
            moment = self._parse_moment(text)
        if not now < moment <= now + LONGEST_OVERRIDE:
            message = f"UNTIL={text} must be in the future, and at most {LONGEST_OVERRIDE.days} days from now"
            raise ValueError(message)
        return moment

    def _parse_moment(self, text: str) -> datetime:
        message = (
            f"UNTIL={text} is not a valid time; use a time of the day, like 23:00, or a date and a time, like "
            f"2026-12-01T23:00, on the clocks of {self.zone.key}"
        )
        if not _MOMENT.fullmatch(text):
            raise ValueError(message)
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(message) from None
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def show(self, moment: datetime | None) -> str:
        """A moment on the clocks of the zone, for people."""
        return moment.astimezone(self.zone).strftime("%a %Y-%m-%d %H:%M %Z") if moment else "further notice"


@dataclass(frozen=True, kw_only=True)
class Override:
    """What a person asked for, instead of the schedule."""

    awake: bool
    until: datetime

    @staticmethod
    def parse(text: str) -> Override | None:
        """Read it; None if there was never one."""
        written = json.loads(text)
        if not written:
            return None
        return Override(awake=written["awake"], until=datetime.fromisoformat(written["until"]))

    def text(self) -> str:
        """What `parse` reads."""
        return json.dumps({"awake": self.awake, "until": self.until.isoformat()})


def wanted(schedule: Schedule, override: Override | None, *, now: datetime) -> Wanted:
    """What the environment is to be now: what a person asked for, as long as that is valid."""
    if override and now < override.until:
        return Wanted(awake=override.awake, until=override.until)
    return schedule.at(now)
