"""When a release may change an environment that has a freeze, that sleeps, or both."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.freeze import FreezeSettings
from config.release_window import check_release_window, release_window
from config.sleep import SleepSettings

ZONE = "Europe/Berlin"
WEEKDAYS = "mon-fri 07:00-20:00"


def sleep(*awake: str, zone: str = ZONE) -> SleepSettings:
    return SleepSettings(time_zone=zone, awake=awake)


def freeze(*windows: str, zone: str = ZONE) -> FreezeSettings:
    return FreezeSettings(time_zone=zone, windows=windows)


def problems(frozen: FreezeSettings | None, asleep: SleepSettings | None) -> list[str]:
    return [str(one) for one in check_release_window(frozen, asleep)]


def cron(frozen: FreezeSettings | None, asleep: SleepSettings | None) -> str:
    window = release_window(frozen, asleep)
    assert window
    assert problems(frozen, asleep) == []
    return window.cron


def test_without_both_a_release_never_waits() -> None:
    assert release_window(None, None) is None


def test_a_freeze_alone_leaves_what_it_left() -> None:
    frozen = freeze("sat 00:00-sun 24:00", "mon-fri 16:00-24:00")
    assert cron(frozen, None) == frozen.cron == "* * 0-15 ? * MON,TUE,WED,THU,FRI"


def test_a_release_waits_until_the_databases_have_started_and_ends_before_they_stop() -> None:
    assert cron(None, sleep(WEEKDAYS)) == "* * 8-18 ? * MON,TUE,WED,THU,FRI"
    assert cron(None, sleep("mon-fri 06:30-20:30")) == "* * 7-18 ? * MON,TUE,WED,THU,FRI"


def test_a_night_awake_is_a_part_of_the_window() -> None:
    assert cron(None, sleep("mon 00:00-24:00", "tue 00:00-24:00")) == "* * 1-22 ? * MON,TUE"
    assert cron(None, sleep("sun 20:00-24:00", "mon 00:00-04:00", "wed 12:00-24:00")) == "* * 13-22 ? * WED"


def test_of_hours_that_differ_the_most_are_chosen() -> None:
    assert cron(None, sleep(WEEKDAYS, "sat 09:00-13:00")) == "* * 8-18 ? * MON,TUE,WED,THU,FRI"


def test_both_leave_what_neither_of_them_forbids() -> None:
    frozen = freeze("fri 00:00-mon 00:00", "mon-thu 12:00-14:00")
    assert cron(frozen, sleep(WEEKDAYS)) == "* * 8-11,14-18 ? * MON,TUE,WED,THU"


def test_both_are_in_one_time_zone() -> None:
    assert problems(freeze("sat 00:00-sun 24:00", zone="UTC"), sleep(WEEKDAYS)) == [
        (
            'delivery.freeze.time_zone = "UTC": must be that of [cost.sleep], "Europe/Berlin": a release waits for the '
            "end of both, and CodePipeline knows one time zone"
        )
    ]


def test_a_freeze_of_all_hours_awake_is_refused() -> None:
    frozen = freeze("mon-sun 07:00-20:00")
    (line,) = problems(frozen, sleep(WEEKDAYS))
    assert line.startswith(
        'delivery.freeze.windows = ["mon-sun 07:00-20:00"]: cover all hours in which the environment'
    )
    with pytest.raises(ValueError, match="no hour for a release"):
        release_window(frozen, sleep(WEEKDAYS))


def test_days_that_are_too_short_for_a_release_are_refused() -> None:
    (line,) = problems(None, sleep("mon-fri 07:00-09:00"))
    assert line.startswith('cost.sleep.awake = ["mon-fri 07:00-09:00"]: leaves no hour for a release of [delivery]')
    assert cron(None, sleep("mon-fri 07:00-10:00")) == "* * 8 ? * MON,TUE,WED,THU,FRI"


@pytest.mark.parametrize(
    ("hour", "is_covered"),
    [(6, False), (7, True), (17, True), (18, False)],  # in UTC, an hour before Berlin
)
def test_a_time_is_on_the_clocks_of_the_window(hour: int, *, is_covered: bool) -> None:
    window = release_window(None, sleep(WEEKDAYS))
    assert window
    assert window.covers(datetime(2026, 1, 5, hour, tzinfo=UTC)) is is_covered
    assert not window.covers(datetime(2026, 1, 4, hour, tzinfo=UTC))
