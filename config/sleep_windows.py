"""Backup and maintenance of databases that sleep: AWS does neither while a database is stopped."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from config.errors import Problem
from config.maintenance_windows import WEEKDAYS, backup_minutes, maintenance_minutes
from config.sleep import awake_times, read_zone

_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY
_SEASONS: Final = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
"""One moment in summer time and one outside of it, wherever there is one."""
_LENGTH: Final = 30
"""Minutes of the windows that a message offers, the shortest that AWS accepts."""


def check_sleep_windows(
    *,
    cost__sleep__time_zone: str | None,
    cost__sleep__awake: Sequence[str] | None,
    postgres__backup_window: str | None,
    postgres__maintenance_window: str | None,
    documentdb__backup_window: str | None,
    documentdb__maintenance_window: str | None,
) -> Iterator[Problem]:
    """Each window is in hours in which the environment is awake, all year; a backup on one day of the week or more.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
    """
    if cost__sleep__time_zone is None or cost__sleep__awake is None:
        return
    awake = partial(is_awake, read_zone(cost__sleep__time_zone), awake_times(cost__sleep__awake))
    backups = {"postgres": postgres__backup_window, "documentdb": documentdb__backup_window}
    for database, window in backups.items():
        if window and not _is_backed_up(awake, *backup_minutes(window)):
            yield _problem(f"{database}.backup_window", window, "back up", _backup_windows(awake))
    maintenance = {"postgres": postgres__maintenance_window, "documentdb": documentdb__maintenance_window}
    for database, window in maintenance.items():
        if window and not awake(*maintenance_minutes(window)):
            yield _problem(f"{database}.maintenance_window", window, "maintain", _maintenance_windows(awake))


def _problem(key: str, window: str, what: str, others: Iterator[str]) -> Problem:
    found = list(others)
    example = f', like "{found[len(found) // 2]}"' if found else ""  # one that is not at the end of a day
    return Problem(
        key=key,
        value=window,
        allowed=f"is in hours in which the environment sleeps ([cost.sleep]), and AWS does not {what} a stopped "
        f"database; choose hours in UTC in which it is awake{example}",
    )


def is_awake(zone: ZoneInfo, times: Sequence[tuple[int, int]], start: int, length: int) -> bool:
    """Whether it is awake in a whole time of the week, in minutes in UTC, in both seasons."""
    return all(
        any((start + _offset(zone, season) - begin) % _WEEK + length <= end - begin for begin, end in times)
        for season in _SEASONS
    )


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    offset = zone.utcoffset(moment.astimezone(zone).replace(tzinfo=None))
    return int(offset.total_seconds() // 60) if offset else 0


def _is_backed_up(awake: Callable[[int, int], bool], start: int, length: int) -> bool:
    return any(awake(day * _DAY + start, length) for day in range(len(WEEKDAYS)))


def _backup_windows(awake: Callable[[int, int], bool]) -> Iterator[str]:
    for hour in range(24):
        if _is_backed_up(awake, hour * 60, _LENGTH):
            yield f"{hour:02}:00-{hour:02}:{_LENGTH}"


def _maintenance_windows(awake: Callable[[int, int], bool]) -> Iterator[str]:
    for number, day in enumerate(WEEKDAYS):
        for hour in range(24):
            if awake(number * _DAY + hour * 60, _LENGTH):
                yield f"{day}:{hour:02}:00-{day}:{hour:02}:{_LENGTH}"
