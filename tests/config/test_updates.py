"""[delivery.updates]: when the images that run are built again, and what that must not disturb."""

from typing import Any

import pytest
from pydantic import ValidationError

from config.delivery import DeliverySettings
from config.freeze import FreezeSettings
from config.sleep import SleepSettings
from config.toml import problems_from
from config.updates import UpdatesSettings, check_rebuild_time, updates_zone

BUILDS = {"repository": "acme/app", "branch": "main"}
FREEZE = FreezeSettings(time_zone="Europe/Berlin", windows=("mon-sun 00:00-08:00", "mon-sun 18:00-24:00"))
SLEEP = SleepSettings(time_zone="America/New_York", awake=("mon-fri 07:00-20:00",))


def refusals(**values: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        DeliverySettings.model_validate(values)
    return [str(problem) for problem in problems_from(caught.value, DeliverySettings)]


def problems(
    rebuild: str, *, freeze: FreezeSettings | None = None, sleep: SleepSettings | None = None, zone: str | None = None
) -> list[str]:
    return [str(one) for one in check_rebuild_time(UpdatesSettings(rebuild=rebuild, time_zone=zone), freeze, sleep)]


@pytest.mark.parametrize("rebuild", ["tue 07:00", "tue 19:00"])
def test_a_run_that_would_wait_for_the_next_day_is_refused(rebuild: str) -> None:
    (line,) = problems(rebuild, sleep=SLEEP)
    assert "is too soon after the environment wakes, or too soon before it sleeps" in line
    assert '"* * 8-18 ? * MON,TUE,WED,THU,FRI"' in line
    assert problems("tue 08:00", sleep=SLEEP) == problems("tue 18:00", sleep=SLEEP) == []


def test_it_is_on_without_a_table() -> None:
    updates = DeliverySettings.model_validate(BUILDS).updates
    assert (updates.weekday, updates.hour, updates.rebuild_on_findings, updates.max_age_days) == ("tue", 10, False, 30)


def test_without_a_run_the_scans_keep_their_hour() -> None:
    updates = UpdatesSettings(rebuild="never")
    assert (updates.weekday, updates.hour) == (None, 10)


@pytest.mark.parametrize("value", ["tuesday 10:00", "tue 10:30", "tue 24:00", "10:00", "weekly", ""])
def test_a_time_that_is_not_a_day_and_a_full_hour_is_refused(value: str) -> None:
    (line,) = refusals(**BUILDS, updates={"rebuild": value})
    assert line == (
        f'updates.rebuild = "{value}": is not a valid time; use a day (mon, tue, wed, thu, fri, sat, sun) and a full '
        'hour, like "tue 10:00", or "never"'
    )


def test_an_unknown_time_zone_is_refused() -> None:
    (line,) = refusals(**BUILDS, updates={"time_zone": "Mars/Olympus"})
    assert line.startswith('updates.time_zone = "Mars/Olympus": is not a valid time zone')


@pytest.mark.parametrize(("name", "value"), [("rebuild", "never"), ("rebuild_on_findings", True)])
def test_what_builds_again_is_refused_with_release_from(name: str, value: object) -> None:
    (line,) = refusals(release_from="staging", updates={name: value})
    assert line.endswith(
        ": has no effect with release_from: the environment that builds the releases builds them again; remove the line"
    )
    assert line.startswith(f"updates.{name} = ")


def test_the_clocks_are_those_of_the_other_tables() -> None:
    assert updates_zone(UpdatesSettings(), None, None) == "UTC"
    assert updates_zone(UpdatesSettings(), FREEZE, None) == "Europe/Berlin"
    assert updates_zone(UpdatesSettings(), FREEZE, SLEEP) == "America/New_York"
    assert updates_zone(UpdatesSettings(time_zone="Asia/Tokyo"), FREEZE, SLEEP) == "Asia/Tokyo"


def test_a_time_in_a_freeze_is_refused() -> None:
    assert problems("tue 10:00", freeze=FREEZE) == []
    assert problems("tue 18:00", freeze=FREEZE) == [
        (
            'delivery.updates.rebuild = "tue 18:00": is in a window of [delivery.freeze]: that run would wait for its '
            'end, and all releases after it too; use another time, or "never"'
        )
    ]


def test_a_time_at_which_the_environment_sleeps_is_refused() -> None:
    assert problems("tue 10:00", sleep=SLEEP) == []
    (line,) = problems("sat 10:00", sleep=SLEEP)
    assert line.startswith('delivery.updates.rebuild = "sat 10:00": is not in the hours of [cost.sleep] awake')
    assert problems("never", sleep=SLEEP) == []


def test_times_are_compared_on_all_clocks_in_summer_and_in_winter() -> None:
    # 11:00 UTC is 07:00 in New York in summer, and 06:00 in winter; from 08:00 on a release may change something.
    assert problems("tue 13:00", sleep=SLEEP, zone="UTC") == []
    assert len(problems("tue 11:00", sleep=SLEEP, zone="UTC")) == 1
    # 06:00 UTC is 08:00 in Berlin in summer, and 07:00 in winter.
    assert problems("tue 07:00", freeze=FREEZE, zone="UTC") == []
    assert len(problems("tue 06:00", freeze=FREEZE, zone="UTC")) == 1


@pytest.mark.parametrize("days", [7, 366])
def test_an_age_that_a_weekly_run_does_not_reach_is_refused(days: int) -> None:
    (line,) = refusals(**BUILDS, updates={"max_age_days": days})
    assert line.startswith(f"updates.max_age_days = {days}: ")


@pytest.mark.parametrize("value", ["CVE 2026", "", "CVE-2026-1;ls", "*"])
def test_a_finding_that_is_not_an_id_is_refused(value: str) -> None:
    (line,) = refusals(**BUILDS, allowed_findings=(value,))
    assert line == (
        f'allowed_findings[0] = "{value}": is not a valid id of a finding; use one as the build prints it, like '
        '"CVE-2026-12345"'
    )
