"""Freezes: what their windows cover, and whether CodePipeline can wait for what they leave."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.freeze import FreezeSettings
from config.maintenance_windows import WEEKDAYS
from config.toml import problems_from

WEEKEND = "sat 00:00-sun 24:00"


def freeze(*windows: str, zone: str = "Europe/Berlin") -> FreezeSettings:
    return FreezeSettings.model_validate({"time_zone": zone, "windows": windows})


def refusals(*windows: str, **values: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        freeze(*windows, **values)
    return [str(problem) for problem in problems_from(caught.value, FreezeSettings)]


def test_whole_days_leave_the_others() -> None:
    assert freeze(WEEKEND).cron == "* * * ? * MON,TUE,WED,THU,FRI"


def test_hours_of_each_day_leave_the_others() -> None:
    assert freeze("mon-sun 16:00-24:00", "mon-sun 00:00-08:00").cron == "* * 8-15 ? * *"


def test_two_times_of_a_day_are_two_ranges() -> None:
    assert freeze("mon-sun 12:00-14:00", "mon-sun 23:00-24:00").cron == "* * 0-11,14-22 ? * *"
    assert freeze("mon-sun 01:00-24:00").cron == "* * 0 ? * *"


def test_a_window_over_the_end_of_the_week_covers_its_start() -> None:
    windows = ("fri 16:00-mon 06:00", "mon-fri 16:00-24:00", "mon-fri 00:00-06:00")
    assert freeze(*windows).cron == "* * 6-15 ? * MON,TUE,WED,THU,FRI"


def test_hours_that_differ_between_days_are_refused_with_what_to_add() -> None:
    assert refusals("fri 16:00-mon 06:00") == [
        (
            'windows = ["fri 16:00-mon 06:00"]: leave different hours on mon, tue, wed, thu, fri, and CodePipeline can '
            'only wait for the same hours of each day; add "mon-sun 00:00-06:00", "mon-sun 16:00-24:00" to freeze the '
            "other hours of each day too"
        )
    ]


def test_what_the_message_offers_is_accepted() -> None:
    assert freeze("fri 16:00-mon 06:00", "mon-sun 00:00-06:00", "mon-sun 16:00-24:00").cron.startswith("* * 6-15 ")


def test_days_without_a_common_hour_are_refused() -> None:
    (line,) = refusals("mon-wed 00:00-12:00", "thu-sun 12:00-24:00")
    assert line.endswith("; freeze whole days, or the same hours of each day")


def test_a_freeze_of_the_whole_week_is_refused() -> None:
    (line,) = refusals("mon-sun 00:00-24:00")
    assert line.endswith(": cover the whole week, so nothing is ever deployed; use fewer")


def test_a_freeze_without_windows_is_refused() -> None:
    (line,) = refusals()
    assert line.startswith("windows: must have at least one window, like ")


@pytest.mark.parametrize(
    "window", ["", "weekend", "fri 16:30-mon 06:00", "fri 16-mon 6", "fri 25:00-sat 06:00", "FRI 16:00-17:00"]
)
def test_a_window_that_is_not_days_and_full_hours_is_refused(window: str) -> None:
    (line,) = refusals(window)
    assert "is not a valid window; use days (mon, tue, wed, thu, fri, sat, sun) and full hours, like " in line


@pytest.mark.parametrize("window", ["mon 08:00-06:00", "mon-fri 08:00-08:00", "mon 08:00-mon 08:00"])
def test_a_window_without_length_is_refused(window: str) -> None:
    (line,) = refusals(window)
    assert "must end after it starts; use two windows for hours past midnight, like " in line


def test_an_unknown_time_zone_is_refused() -> None:
    (line,) = refusals(WEEKEND, zone="Europe/Berlinn")
    assert line == (
        'time_zone = "Europe/Berlinn": is not a valid time zone; use a name of the IANA database, like "Europe/Berlin"'
    )


@given(days=st.sets(st.sampled_from(WEEKDAYS), max_size=6), hours=st.sets(st.integers(0, 23), max_size=23))
def test_the_expression_has_exactly_the_hours_that_are_left(days: set[str], hours: set[int]) -> None:
    windows = [f"{day} 00:00-{day} 24:00" for day in days] + [f"mon-sun {h:02}:00-{h + 1:02}:00" for h in hours]
    if not windows:
        return
    _, _, shown_hours, _, _, shown_days = freeze(*windows).cron.split()
    left = set(range(24)) - hours
    expected = {
        int(a) + n
        for part in shown_hours.split(",")
        if part != "*"
        for a, b in [_ends(part)]
        for n in range(b - int(a) + 1)
    }
    assert (expected or set(range(24))) == left
    named = {day.lower() for day in shown_days.split(",")} if shown_days != "*" else set(WEEKDAYS)
    assert named == set(WEEKDAYS) - days


def _ends(part: str) -> tuple[str, int]:
    first, _, last = part.partition("-")
    return first, int(last or first)
