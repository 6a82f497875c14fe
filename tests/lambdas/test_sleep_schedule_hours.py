"""When the environment is to be awake: hours, holidays, changes of the clock, and what a person asked for."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.sleep_schedule.schedule import Override, Schedule, Wanted, wanted

ZONE = "America/New_York"
WORKING_HOURS = {str(day): [[7 * 60, 20 * 60]] for day in range(5)}


def schedule(
    hours: dict[str, list[list[int]]] | None = None, *, holidays: tuple[str, ...] = (), zone: str = ZONE
) -> Schedule:
    data = files("tzdata").joinpath("zoneinfo", zone).read_bytes()
    written = {
        "hours": hours or WORKING_HOURS,
        "holidays": holidays,
        "zone": zone,
        "zone_data": base64.b64encode(data).decode(),
    }
    return Schedule.parse(json.dumps(written))


def local(text: str, *, zone: str = ZONE, fold: int = 0) -> datetime:
    """A time on the clocks of the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "awake", "until"),
    [
        ("2026-11-23T06:59:59", False, "2026-11-23T07:00"),  # a Monday
        ("2026-11-23T07:00", True, "2026-11-23T20:00"),
        ("2026-11-23T19:59:59", True, "2026-11-23T20:00"),
        ("2026-11-23T20:00", False, "2026-11-24T07:00"),
        ("2026-11-27T20:00", False, "2026-11-30T07:00"),  # the weekend
        ("2026-11-28T12:00", False, "2026-11-30T07:00"),
    ],
)
def test_it_is_awake_in_its_hours_and_knows_the_next_change(moment: str, *, awake: bool, until: str) -> None:
    assert schedule().at(local(moment)) == Wanted(awake=awake, until=local(until))


@pytest.mark.parametrize(
    ("monday", "start_utc"), [("2026-03-02", 12), ("2026-03-09", 11), ("2026-10-26", 11), ("2026-11-02", 12)]
)
def test_the_hours_are_those_of_the_clock_in_summer_and_in_winter(monday: str, start_utc: int) -> None:
    start = datetime.fromisoformat(monday).replace(tzinfo=UTC, hour=start_utc)
    assert not schedule().at(start - timedelta(seconds=1)).awake
    assert schedule().at(start).awake


def test_an_hour_that_the_clock_leaves_out_does_not_exist() -> None:
    only_then = schedule({"6": [[2 * 60, 3 * 60]]})  # on 2026-03-08 the clock goes from 2:00 to 3:00
    assert not only_then.at(local("2026-03-08T03:00")).awake
    assert only_then.at(local("2026-03-07T12:00")).until == local("2026-03-15T02:00")


def test_an_hour_that_the_clock_shows_twice_starts_once() -> None:
    early = schedule({"6": [[90, 10 * 60]]})  # from 1:30; on 2026-11-01 the clock goes from 2:00 back to 1:00
    assert not early.at(local("2026-11-01T01:29")).awake
    assert early.at(local("2026-11-01T01:30")).awake
    assert early.at(local("2026-11-01T01:15", fold=1)).awake
    late = schedule({"6": [[0, 90]]})
    assert late.at(local("2026-11-01T01:29")).awake
    assert not late.at(local("2026-11-01T01:15", fold=1)).awake


def test_it_sleeps_on_a_holiday_until_the_next_working_day() -> None:
    thanksgiving = schedule(holidays=("2026-11-26", "2026-11-27"))
    assert thanksgiving.at(local("2026-11-26T12:00")) == Wanted(awake=False, until=local("2026-11-30T07:00"))
    assert thanksgiving.at(local("2026-11-25T12:00")) == Wanted(awake=True, until=local("2026-11-25T20:00"))


def test_a_holiday_is_a_day_of_the_time_zone() -> None:
    tokyo = schedule(holidays=("2026-11-23",), zone="Asia/Tokyo")
    assert not tokyo.at(local("2026-11-23T08:00", zone="Asia/Tokyo")).awake  # still the 22nd in UTC
    assert tokyo.at(local("2026-11-24T07:00", zone="Asia/Tokyo")).awake


def test_hours_that_continue_at_midnight_are_one_time() -> None:
    night = schedule({"0": [[22 * 60, 24 * 60]], "1": [[0, 6 * 60]]})
    assert night.at(local("2026-11-23T23:00")) == Wanted(awake=True, until=local("2026-11-24T06:00"))
    assert night.at(local("2026-11-24T00:00")).awake


def test_a_schedule_whose_days_are_all_holidays_wakes_never() -> None:
    first = date(2026, 11, 23)
    never = schedule(holidays=tuple((first + timedelta(days=n)).isoformat() for n in range(500)))
    assert never.at(local("2026-11-23T12:00")) == Wanted(awake=False, until=None)
    assert never.show(None) == "further notice"


@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from((ZONE, "Europe/London", "UTC")))
def test_nothing_changes_before_the_next_change_and_something_at_it(minutes: int, zone: str) -> None:
    hours = {**WORKING_HOURS, "5": [[0, 150], [600, 24 * 60]], "6": [[0, 90]]}
    found = schedule(hours, zone=zone)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    want = found.at(start)
    assert want.until is not None
    assert want.until > start
    for part in (0.3, 0.7):
        assert found.at(start + (want.until - start) * part).awake is want.awake
    assert found.at(want.until - timedelta(microseconds=1)).awake is want.awake
    assert found.at(want.until).awake is not want.awake


def test_what_a_person_asked_for_is_valid_until_its_end() -> None:
    end = local("2026-11-23T23:00")
    override = Override.parse(Override(awake=True, until=end).text())
    assert wanted(schedule(), override, now=local("2026-11-23T22:59")) == Wanted(awake=True, until=end)
    assert wanted(schedule(), override, now=end) == Wanted(awake=False, until=local("2026-11-24T07:00"))
    assert Override.parse("{}") is None


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("23:00", "2026-11-23T23:00"),
        ("15:00", "2026-11-24T15:00"),  # it is 15:00 now: the next one
        ("2026-11-25T09:30", "2026-11-25T09:30"),
        ("2026-11-25 09:30", "2026-11-25T09:30"),
    ],
)
def test_a_person_names_a_time_on_the_clocks_of_the_zone(text: str, until: str) -> None:
    assert schedule().parse_until(text, now=local("2026-11-23T15:00")) == local(until)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("25:00", "UNTIL=25:00 is not a valid time; use a time of the day, like 23:00"),
        ("2026-13-01T09:00", "on the clocks of America/New_York"),
        ("tomorrow", "is not a valid time"),
        ("2026-11-23T14:59", "must be in the future, and at most 7 days from now"),
        ("2026-12-01T09:00", "must be in the future, and at most 7 days from now"),
    ],
)
def test_another_text_or_time_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        schedule().parse_until(text, now=local("2026-11-23T15:00"))
