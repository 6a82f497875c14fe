"""The hours of an environment that sleeps: every mistake has a message that says what is allowed."""

from __future__ import annotations

import json

import pytest

from config.sleep import SleepSettings
from tests.config.examples import parsed, refusal, text

DEV = text("dev")
TABLE = """[cost.sleep]
time_zone = "America/New_York"
awake = ["mon-fri 07:00-20:00"]
holidays = ["2026-12-25"]
"""


def with_sleep(*changes: tuple[str, str]) -> str:
    """Dev's file with this table in the place of its own."""
    start = DEV.index("[cost.sleep]")
    end = DEV.index("[security]", start)
    table = TABLE
    for old, new in changes:
        assert old in table
        table = table.replace(old, new)
    return f"{DEV[:start]}{table}\n{DEV[end:]}"


def awake(*hours: str) -> str:
    return with_sleep(('["mon-fri 07:00-20:00"]', json.dumps(hours)))


@pytest.mark.parametrize(
    ("hours", "share"),
    [
        (("mon-fri 07:00-20:00",), 65 / 168),
        (("mon-fri 07:00-20:00", "sat 09:00-13:00"), 69 / 168),
        (("sun 20:00-24:00", "mon 00:00-06:00"), 10 / 168),
        (("mon-sun 00:00-22:00",), 22 / 24),
        (("mon 08:00-12:00", "mon 12:00-18:00"), 10 / 168),
    ],
)
def test_hours_are_accepted_and_counted(hours: tuple[str, ...], share: float) -> None:
    assert SleepSettings(time_zone="UTC", awake=hours).awake_share == pytest.approx(share)


def test_the_function_gets_the_hours_by_weekday_and_the_data_of_the_zone() -> None:
    settings = SleepSettings(
        time_zone="Europe/Berlin",
        awake=("sat 09:00-13:00", "mon-tue 07:00-20:00"),
        holidays=("2026-12-25", "2026-12-24"),
    )
    written = json.loads(settings.schedule())
    assert written["hours"] == {"0": [[420, 1200]], "1": [[420, 1200]], "5": [[540, 780]]}
    assert written["holidays"] == ["2026-12-24", "2026-12-25"]
    assert (written["zone"], written["zone_data"][:4]) == ("Europe/Berlin", "VFpp")  # "TZi" in Base64


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        (("mon-fri 07:00-20:00", "wed 19:00-21:00"), 'awake[1] = "wed 19:00-21:00": overlaps "mon-fri 07:00-20:00"'),
        (("mon 20:00-08:00",), "must end after it starts, and 08:00 is not after 20:00; hours past midnight are two"),
        (("mon 08:00-08:00",), "must end after it starts, and 08:00 is not after 08:00"),
        (("mom 08:00-20:00",), '"mom" is not a valid weekday; use mon, tue, wed, thu, fri, sat or sun'),
        (("mon-fry 08:00-20:00",), '"fry" is not a valid weekday'),
        (("fri-mon 08:00-20:00",), '"mon" must be after "fri" in the week, which starts on Monday; use one entry for'),
        (("8-20",), 'is not a valid time; use days and hours from 00:00 to 24:00, like "mon-fri 07:00-20:00"'),
        (("mon 08:00-25:00",), "is not a valid time"),
        (("mon-sun 00:00-24:00",), "covers the whole week, so it never sleeps; shorten it, or remove the table"),
        (("mon-sun 00:00-23:00",), "sleeps for only 60 minutes from mon 23:00; it must be 120 or more"),
        (("mon 08:00-12:00", "mon 13:00-18:00"), "sleeps for only 60 minutes from mon 12:00"),
        (("sun 12:00-23:30", "mon 00:30-12:00"), "sleeps for only 60 minutes from sun 23:30"),
        (("mon 08:00-08:30",), "is awake for 30 minutes from mon 08:00; it must be 60 or more"),
        ((), "cost.sleep.awake"),
    ],
)
def test_hours_that_make_no_sense_are_refused(hours: tuple[str, ...], says: str) -> None:
    assert any(says in line for line in refusal(awake(*hours)))


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("Mars/Olympus", 'is not a valid time zone; use a name of the IANA database, like "Europe/Berlin"'),
        ("America/New_Yrok", 'is not a valid time zone; use a name of the IANA database, like "America/New_York"'),
        ("", "is not a valid time zone"),
        ("../../etc/passwd", "is not a valid time zone"),
    ],
)
def test_a_time_zone_that_does_not_exist_is_refused(zone: str, says: str) -> None:
    (line,) = refusal(with_sleep(("America/New_York", zone)))
    assert line.startswith(f'cost.sleep.time_zone = "{zone}": {says}')


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (["25.12.2026"], 'is not a valid date; use year, month and day, like "2026-12-25"'),
        (["2026-02-30"], "is not a valid date"),
        (["2026-12-25", "2026-12-25"], 'cost.sleep.holidays[1] = "2026-12-25": is listed twice; remove one'),
    ],
)
def test_holidays_that_are_not_dates_or_listed_twice_are_refused(days: list[str], says: str) -> None:
    (line,) = refusal(with_sleep(('["2026-12-25"]', json.dumps(days))))
    assert says in line


def test_production_does_not_sleep() -> None:
    lines = refusal(DEV.replace("protect_data = false", "protect_data = true"))
    assert (
        "cost.sleep: must not be set where protect_data = true: production is always awake; remove the table" in lines
    )


def test_databases_that_aws_does_not_stop_are_refused() -> None:
    (line,) = refusal(DEV.replace("replicas = 0", "replicas = 1"))
    assert line == (
        "postgres.replicas = 1: must be 0 with [cost.sleep], because AWS does not stop a database that has read "
        "replicas; set it to 0, or remove [cost.sleep]"
    )
    changed = DEV.replace('instance_class = "db.t3.medium"', 'instance_class = "db.r6g.large"\nglobal_cluster = true')
    (line,) = refusal(changed)
    assert line == (
        "documentdb.global_cluster = true: must be false with [cost.sleep], because AWS does not stop a cluster of a "
        "global cluster; set it to false, or remove [cost.sleep]"
    )


def test_a_standby_and_an_environment_without_databases_may_sleep() -> None:
    assert parsed(DEV.replace("multi_az = false", "multi_az = true")).cost


@pytest.mark.parametrize(
    ("old", "new", "accepted"),
    [
        ('backup_window = "15:00-16:00" #', 'backup_window = "12:00-12:30" #', True),  # 7:00 and 8:00 in New York
        ('backup_window = "15:00-16:00" #', 'backup_window = "11:30-12:00" #', False),  # 6:30 in winter
        ('backup_window = "15:00-16:00" #', 'backup_window = "23:00-23:59" #', True),
        ('backup_window = "15:00-16:00" #', 'backup_window = "23:30-00:30" #', False),  # until 20:30 in summer
        ('"wed:16:30-wed:17:30"', '"fri:23:00-fri:23:45"', True),
        ('"wed:16:30-wed:17:30"', '"sat:16:30-sat:17:30"', False),
        ('"wed:16:30-wed:17:30"', '"mon:11:30-mon:12:30"', False),
    ],
)
def test_databases_are_backed_up_and_maintained_while_they_run(old: str, new: str, *, accepted: bool) -> None:
    assert DEV.count(old) == 1
    changed = DEV.replace(old, new)
    if accepted:
        assert parsed(changed).cost
        return
    (line,) = refusal(changed)
    assert "is in hours in which the environment sleeps ([cost.sleep]), and AWS does not" in line
    assert "choose hours in UTC in which it is awake, like" in line


def test_a_message_offers_a_window_only_if_there_is_one() -> None:
    sunday = [line for line in refusal(awake("sat 23:00-24:00", "sun 00:00-01:00")) if "maintenance_window" in line]
    assert [line.endswith('like "sun:04:00-sun:04:30"') for line in sunday] == [True] * 2
    short = refusal(awake("sun 00:15-01:20"))  # UTC's full hours are five or four hours later
    assert [line.endswith("choose hours in UTC in which it is awake") for line in short] == [True] * 4
