"""When a release may change an environment: not in a freeze, and not while the environment sleeps.

CodePipeline waits for one cron expression, so it is the same hours on each day that is left. Of hours that differ
between the days in which an environment is awake, it is the choice with the most hours in a week.
https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final

from config.errors import Problem
from config.freeze import FreezeSettings, allowed_hours, cron_expression
from config.maintenance_windows import WEEKDAYS
from config.sleep import SleepSettings, awake_times, read_zone

_HOUR: Final = 60
_HOURS: Final = 24
_WEEK: Final = 7 * _HOURS
_WAKES: Final = 30
"""Minutes until the databases have started: docs/sleep.md."""
_DEPLOYS: Final = 60
"""Minutes that a release needs before the environment sleeps, which waits an hour more for a deployment."""


@dataclass(frozen=True, kw_only=True)
class ReleaseWindow:
    """Hours of days in which a release may change something."""

    time_zone: str
    days: tuple[str, ...]
    hours: tuple[int, ...]

    @property
    def cron(self) -> str:
        """Its expression: seconds, minutes, hours, day, month, days of the week."""
        return cron_expression(self.days, self.hours)

    def covers(self, time: datetime) -> bool:
        """Whether a release may change something at a time."""
        local = time.astimezone(read_zone(self.time_zone))
        return WEEKDAYS[local.weekday()] in self.days and local.hour in self.hours


def release_window(freeze: FreezeSettings | None, sleep: SleepSettings | None) -> ReleaseWindow | None:
    """When a release may change something; None if it always may.

    Raises:
        ValueError: Never, which `check_release_window` refuses.
    """
    table = freeze or sleep
    if table is None:
        return None
    days, hours = _left(freeze, sleep)
    if not days:
        message = "there is no hour for a release; the settings are checked for it"
        raise ValueError(message)
    return ReleaseWindow(time_zone=table.time_zone, days=days, hours=hours)


def check_release_window(
    delivery__freeze: FreezeSettings | None, cost__sleep: SleepSettings | None
) -> Iterator[Problem]:
    """A release must find an hour in which it may change something."""
    freeze, sleep = delivery__freeze, cost__sleep
    if sleep is None:
        return
    if not _left(None, sleep)[0]:
        yield Problem(
            key="cost.sleep.awake",
            value=tuple(sleep.awake),
            allowed="leaves no hour for a release of [delivery]: it changes something from half an hour after the "
            "environment wakes until an hour before it sleeps, in full hours; let it be awake for three hours or more",
        )
    elif freeze and freeze.time_zone != sleep.time_zone:
        yield Problem(
            key="delivery.freeze.time_zone",
            value=freeze.time_zone,
            allowed=f'must be that of [cost.sleep], "{sleep.time_zone}": a release waits for the end of both, and '
            "CodePipeline knows one time zone",
        )
    elif freeze and not _left(freeze, sleep)[0]:
        yield Problem(
            key="delivery.freeze.windows",
            value=tuple(freeze.windows),
            allowed="cover all hours in which the environment is awake ([cost.sleep]), so nothing is ever deployed; "
            "use fewer, or let it be awake for longer",
        )


def _left(freeze: FreezeSettings | None, sleep: SleepSettings | None) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Days and the hours of each of them, both empty if there are none."""
    left = allowed_hours(freeze.windows if freeze else ())
    if sleep:
        awake = _awake_hours(sleep.awake)
        left = {
            day: tuple(hour for hour in hours if WEEKDAYS.index(day) * _HOURS + hour in awake)
            for day, hours in left.items()
        }
    return _largest({day: hours for day, hours in left.items() if hours})


def _awake_hours(awake: Sequence[str]) -> frozenset[int]:
    """The full hours of the week in which a release has everything that it needs, until it is deployed."""
    return frozenset(
        hour % _WEEK
        for start, end in awake_times(awake)
        for hour in range(-((start + _WAKES) // -_HOUR), (end - _DEPLOYS) // _HOUR)
    )


def _largest(left: Mapping[str, tuple[int, ...]]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The days that share the most hours in all."""
    choices = (
        (days, tuple(sorted(set[int](range(_HOURS)).intersection(*(left[day] for day in days)))))
        for count in range(len(left), 0, -1)
        for days in combinations(left, count)
    )
    days, hours = max(choices, key=lambda choice: len(choice[0]) * len(choice[1]), default=((), ()))
    return (days, hours) if hours else ((), ())
