"""Daily and weekly windows in which AWS may work on a database: `03:00-04:00`, `sun:04:30-sun:05:30`, in UTC.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html#Concepts.DBMaintenance
"""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

from config.errors import Problem

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY
_SHORTEST: Final = 30
"""Minutes: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""

_LONGEST_MAINTENANCE: Final = _DAY - 1
"""Minutes: a maintenance window must be shorter than 24 hours (same page)."""

_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_WEEKDAY: Final = rf"({'|'.join(WEEKDAYS)})"
_BACKUP: Final = rf"{_TIME}-{_TIME}"
_MAINTENANCE: Final = rf"{_WEEKDAY}:{_TIME}-{_WEEKDAY}:{_TIME}"


def backup_minutes(window: str) -> tuple[int, int]:
    """Start and length of a daily window in minutes; one that ends before it starts goes past midnight."""
    start, end = map(_minute_of_day, window.split("-"))
    return start, (end - start) % _DAY


def maintenance_minutes(window: str) -> tuple[int, int]:
    """Start in the week and length of a weekly window in minutes."""
    start, end = (WEEKDAYS.index(moment[:3]) * _DAY + _minute_of_day(moment[4:]) for moment in window.split("-"))
    return start, (end - start) % _WEEK


def overlap(backup_window: str, maintenance_window: str) -> bool:
    """Whether the daily window overlaps the weekly one on any day."""
    backup_start, backup_length = backup_minutes(backup_window)
    start, length = maintenance_minutes(maintenance_window)
    # From the day before, in case it goes past midnight, to the day after, around the end of the week.
    for day in range(7):
        distance = (backup_start + day * _DAY - start) % _WEEK
        if distance < length or _WEEK - distance < backup_length:
            return True
    return False


def check_windows(backup_window: str, maintenance_window: str) -> Iterator[Problem]:
    """A check of both databases: AWS refuses windows that overlap."""
    if overlap(backup_window, maintenance_window):
        yield Problem(
            key="backup_window",
            value=backup_window,
            allowed=f'overlaps maintenance_window = "{maintenance_window}"; move one of them',
        )


def _minute_of_day(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


def _backup_window(value: str) -> str:
    if not re.fullmatch(_BACKUP, value):
        message = 'is not a valid daily window; use its start and end in UTC, like "03:00-04:00"'
        raise ValueError(message)
    if backup_minutes(value)[1] < _SHORTEST:
        message = f"must be {_SHORTEST} minutes or longer"
        raise ValueError(message)
    return value


def _maintenance_window(value: str) -> str:
    if not re.fullmatch(_MAINTENANCE, value):
        message = 'is not a valid weekly window; use its start and end with the day, in UTC, like "sun:04:30-sun:05:30"'
        raise ValueError(message)
    minutes = maintenance_minutes(value)[1]
    if not _SHORTEST <= minutes <= _LONGEST_MAINTENANCE:
        message = f"is {minutes} minutes long; it must be {_SHORTEST} minutes or longer and shorter than 24 hours"
        raise ValueError(message)
    return value


BackupWindow = Annotated[
    str, AfterValidator(_backup_window), WithJsonSchema({"type": "string", "pattern": f"^{_BACKUP}$"})
]
"""Every day, in UTC, 30 minutes or more."""

MaintenanceWindow = Annotated[
    str, AfterValidator(_maintenance_window), WithJsonSchema({"type": "string", "pattern": f"^{_MAINTENANCE}$"})
]
"""Once a week, in UTC, 30 minutes or more."""
