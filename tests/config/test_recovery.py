"""The table [recovery] itself; what it needs of other tables is in test_recovery_checks.py."""

import pytest

from config.backup_plan import BackupPlanSettings
from config.recovery_targets import CopyTargets
from tests.config.examples import changed, parsed, present, refusal, text, without

REGION = 'region = "us-west-2"'
MODE = 'mode = "backup"'
LONGER = "or it keeps no backup for longer; raise it, or set it to 0"


def with_recovery(toml: str) -> str:
    """Production with another table."""
    return f"{without('recovery')}\n{toml}"


def test_production_has_copies_in_a_second_region() -> None:
    production = parsed(changed())
    recovery = present(production.recovery)
    assert (recovery.mode, recovery.region, production.recovery_region) == ("backup", "us-west-2", "us-west-2")
    assert production.regions == ("us-east-1", "us-west-2")
    assert not recovery.copies_leave_jurisdiction
    assert recovery.backup_plan.lock_after_days == 3


def test_the_tables_below_have_defaults() -> None:
    recovery = present(parsed(with_recovery(f"[recovery]\n{MODE}\n{REGION}")).recovery)
    assert recovery.backup_plan == BackupPlanSettings(
        start="08:00", daily_days=7, weekly_days=35, monthly_days=365, lock_after_days=None
    )
    assert recovery.targets == CopyTargets(
        postgres_minutes=60, database_backup_hours=30, files_minutes=60, parameters_hours=26
    )


def test_without_the_table_there_is_no_second_region() -> None:
    production = parsed(without("recovery"))
    assert (production.recovery, production.recovery_region, production.regions) == (None, None, ("us-east-1",))


def test_backups_without_copies_have_no_second_region() -> None:
    production = parsed(with_recovery('[recovery]\nmode = "none"'))
    assert (production.recovery_region, production.regions) == (None, ("us-east-1",))


def test_a_mode_that_does_not_exist_is_refused_with_those_that_do() -> None:
    (line,) = refusal(changed((MODE, 'mode = "backups"')))
    assert line == (
        'recovery.mode = "backups": did you mean "backup"? Allowed: "none", "backup", "pilot_light", "warm", "active"'
    )


def test_copies_need_a_region() -> None:
    (line,) = refusal(changed((f"{MODE}\n{REGION}", MODE)))
    assert line == (
        'recovery.region: is missing; mode = "backup" needs the second region, like region = "us-west-2"; add it, or '
        'set mode = "none"'
    )


@pytest.mark.parametrize("table", ["backup", "none"])
def test_a_region_that_does_not_exist_is_refused(table: str) -> None:
    (line, *_) = refusal(with_recovery(f'[recovery]\nmode = "{table}"\nregion = "us-west-3"'))
    assert line.startswith('recovery.region = "us-west-3": is not a valid region of AWS\'s commercial partition')


def test_what_only_copies_need_is_refused_without_them() -> None:
    rest = "copies_leave_jurisdiction = false\n\n[recovery.targets]\npostgres_minutes = 90"
    instead = 'with mode = "none", which makes no copies; remove it, or set mode = "backup"'
    assert refusal(with_recovery(f'[recovery]\nmode = "none"\n{REGION}\n{rest}')) == [
        f'recovery.region = "us-west-2": must not be set {instead}',
        f"recovery.copies_leave_jurisdiction: has no effect {instead}",
        f"recovery.targets: has no effect {instead}",
    ]


@pytest.mark.parametrize("start", ["8:00", "08:30", "24:00", "08:00-09:00", "", "08:00\n"])
def test_a_backup_starts_at_a_full_hour(start: str) -> None:
    (line,) = refusal(changed(('start = "08:00"', f"start = '''{start}'''")))
    assert line.startswith("recovery.backup_plan.start = ")
    assert line.endswith('is not a valid full hour; use one from "00:00" to "23:00", in UTC')


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("daily_days = 7", "daily_days = 0", "daily_days = 0: must be 1 or more"),
        ("daily_days = 7", "daily_days = 36501", "daily_days = 36501: must be 36500 or less"),
        ("weekly_days = 35", "weekly_days = -1", "weekly_days = -1: must be 0 or more"),
        ("monthly_days = 365 ", "monthly_days = 36501 ", "monthly_days = 36501: must be 36500 or less"),
        ("lock_after_days = 3", "lock_after_days = 2", "lock_after_days = 2: must be 3 or more"),
        (
            "weekly_days = 35",
            "weekly_days = 7",
            f"weekly_days = 7: must be more than daily_days = 7, {LONGER}",
        ),
        (
            "monthly_days = 365 ",
            "monthly_days = 35 ",
            f"monthly_days = 35: must be more than weekly_days = 35, {LONGER}",
        ),
    ],
)
def test_a_retention_that_makes_no_sense_is_refused(old: str, new: str, says: str) -> None:
    (line,) = refusal(changed((old, new)))
    assert line == f"recovery.backup_plan.{says}"


def test_a_month_without_weeks_is_longer_than_a_day() -> None:
    assert parsed(changed(("weekly_days = 35", "weekly_days = 0"), ("monthly_days = 365", "monthly_days = 8"))).recovery
    (line,) = refusal(changed(("weekly_days = 35", "weekly_days = 0"), ("monthly_days = 365", "monthly_days = 7")))
    assert line.startswith("recovery.backup_plan.monthly_days = 7: must be more than daily_days = 7")


@pytest.mark.parametrize(
    ("days", "limits"),
    [((7, 35, 365), (7, 365)), ((7, 35, 0), (7, 35)), ((14, 0, 0), (14, 14)), ((1, 0, 36_500), (1, 36_500))],
)
def test_the_limits_of_the_lock_fit_every_rule(days: tuple[int, int, int], limits: tuple[int, int]) -> None:
    daily, weekly, monthly = days
    plan = BackupPlanSettings(daily_days=daily, weekly_days=weekly, monthly_days=monthly)
    assert (plan.daily_days, plan.max_days) == limits
    assert all(plan.daily_days <= kept <= plan.max_days for kept in days if kept)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("postgres_minutes", 15, 10_080),
        ("database_backup_hours", 25, 168),
        ("files_minutes", 15, 10_080),
        ("parameters_hours", 25, 168),
    ],
)
def test_a_target_is_what_its_mechanism_can_reach(name: str, least: int, most: int) -> None:
    value = next(line for line in text().splitlines() if line.startswith(f"{name} = ")).partition(" #")[0]
    for accepted in (least, most):
        assert getattr(present(parsed(changed((value, f"{name} = {accepted}"))).recovery).targets, name) == accepted
    assert refusal(changed((value, f"{name} = {least - 1}"))) == [
        f"recovery.targets.{name} = {least - 1}: must be {least} or more"
    ]
    assert refusal(changed((value, f"{name} = {most + 1}"))) == [
        f"recovery.targets.{name} = {most + 1}: must be {most} or less"
    ]
