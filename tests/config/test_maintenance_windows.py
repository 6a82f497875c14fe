from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from config.maintenance_windows import BackupWindow, MaintenanceWindow, backup_minutes, maintenance_minutes, overlap

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


def daily(start: int, length: int) -> str:
    return f"{clock(start)}-{clock(start + length)}"


def weekly(start: int, length: int) -> str:
    return f"{moment(start)}-{moment(start + length)}"


def clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def moment(minute: int) -> str:
    return f"{DAYS[minute // 1440 % 7]}:{clock(minute)}"


@given(st.integers(0, 1439), st.integers(30, 1439))
def test_a_backup_window_is_read_as_it_is_written(start: int, length: int) -> None:
    assert backup_minutes(daily(start, length)) == (start, length)


@given(st.integers(0, 10_079), st.integers(30, 1439))
def test_a_maintenance_window_is_read_as_it_is_written(start: int, length: int) -> None:
    assert maintenance_minutes(weekly(start, length)) == (start, length)


@given(st.integers(0, 1439), st.integers(30, 400), st.integers(0, 10_079), st.integers(30, 400))
def test_windows_overlap_exactly_when_a_minute_is_in_both(
    backup: int, backup_length: int, maintenance: int, length: int
) -> None:
    taken = {(maintenance + minute) % 10_080 for minute in range(length)}
    backed_up = {(day * 1440 + backup + minute) % 10_080 for day in range(7) for minute in range(backup_length)}
    assert overlap(daily(backup, backup_length), weekly(maintenance, length)) is bool(taken & backed_up)


@pytest.mark.parametrize(
    ("backup", "maintenance", "expected"),
    [
        ("03:00-04:00", "sun:04:00-sun:05:00", False),
        ("03:00-04:00", "sun:03:59-sun:05:00", True),
        ("23:30-00:30", "mon:00:00-mon:01:00", True),
        ("00:00-00:30", "sun:23:45-mon:00:15", True),
    ],
)
def test_windows_that_touch_do_not_overlap(backup: str, maintenance: str, expected: bool) -> None:  # noqa: FBT001
    assert overlap(backup, maintenance) is expected


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        (BackupWindow, "3:00-4:00", 'use its start and end in UTC, like "03:00-04:00"'),
        (BackupWindow, "24:00-01:00", "is not a valid daily window"),
        (BackupWindow, "sun:03:00-sun:04:00", "is not a valid daily window"),
        (BackupWindow, "03:00-03:29", "must be 30 minutes or longer"),
        (MaintenanceWindow, "03:00-04:00", "use its start and end with the day"),
        (MaintenanceWindow, "Sun:03:00-Sun:04:00", "is not a valid weekly window"),
        (
            MaintenanceWindow,
            "sun:03:00-sun:03:20",
            "is 20 minutes long; it must be 30 minutes or longer and shorter than 24 hours",
        ),
        (MaintenanceWindow, "sun:03:00-mon:03:00", "is 1440 minutes long"),
    ],
)
def test_a_window_that_aws_refuses_is_told(kind: Any, value: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        TypeAdapter(kind).validate_python(value)


def test_the_minutes_are_those_of_the_calendar() -> None:
    start, _ = maintenance_minutes("wed:10:15-wed:11:15")
    assert (MONDAY + timedelta(minutes=start)).strftime("%a %H:%M") == "Wed 10:15"
