"""Settings of restore drills, and what they need of other tables."""

import pytest

from config.recovery_drill_checks import WITHOUT_RESTORE_TESTS
from config.recovery_drills import DrillSettings
from config.zones import ZONE_PREFIXES
from tests.config import examples
from tests.config.examples import parsed, refusal

START = 'start = "sun:10:00"'
ZONES = 'zones = ["usw2-az1", "usw2-az2"]'
DRILLS = "[recovery.drills]"


def changed(*changes: tuple[str, str]) -> str:
    """Production's file, with its drills."""
    return examples.changed(*changes, drills=True)


def drills(*changes: tuple[str, str]) -> DrillSettings:
    recovery = parsed(changed(*changes)).recovery
    assert recovery
    assert recovery.drills
    return recovery.drills


@pytest.mark.parametrize(
    ("start", "schedule", "days"),
    [
        ("sun:10:00", "cron(0 10 ? * SUN *)", 8),
        ("1:23:00", "cron(0 23 1 * ? *)", 32),
        ("28:00:00", "cron(0 0 28 * ? *)", 32),
    ],
)
def test_a_start_is_a_schedule_of_aws_backup(start: str, schedule: str, days: int) -> None:
    found = drills((START, f'start = "{start}"'), ("drill_days = 9", "drill_days = 40"))
    assert (found.schedule, found.least_days) == (schedule, days)


@pytest.mark.parametrize("start", ["sunday:10:00", "29:10:00", "sun:10:30", "10:00", "0:10:00", "sun:24:00"])
def test_another_start_is_refused(start: str) -> None:
    (line,) = refusal(changed((START, f'start = "{start}"')))
    assert line.startswith(f'recovery.drills.start = "{start}": is not a valid start; use a weekday (mon, ')
    assert line.endswith('like "sun:10:00" for each Sunday or "1:10:00" for the first of each month')


@pytest.mark.parametrize("start", ["sun:08:00", "wed:09:00"])
def test_a_start_in_the_hour_of_the_backups_is_refused(start: str) -> None:
    another = start.partition(":")[0]
    (line,) = refusal(changed((START, f'start = "{start}"')))
    assert line == (
        f'recovery.drills.start = "{start}": is in the hour of the backups or the one after it: they start at "08:00", '
        f'or up to 60 minutes later; use another hour, like "{another}:10:00"'
    )


def test_zones_are_two_of_the_second_region() -> None:
    (line,) = refusal(changed((ZONES, 'zones = ["usw2-az1", "use1-az1"]')))
    assert line.startswith(
        'recovery.drills.zones[1] = "use1-az1": is not in the second region, "us-west-2", where drills are; use one '
        'like "usw2-az1"; this prints their ids: aws ec2 describe-availability-zones --region us-west-2 '
    )
    for zones in ('["usw2-az1"]', '["usw2-az1", "usw2-az1"]', '["usw2-az1", "usw2-az2", "usw2-az3"]'):
        (line,) = refusal(changed((ZONES, f"zones = {zones}")))
        assert line.endswith(
            "must be 2 different zones: RDS and DocumentDB need subnets in two; use the ids of those of the second "
            'region, like ["usw2-az1", "usw2-az2"]'
        )


@pytest.mark.parametrize(
    ("cidr", "says"),
    [
        (
            "10.255.0.0/27",
            'must be between /16 and /26: it is divided into four subnets; use one like "10.255.255.0/26"',
        ),
        ("8.8.0.0/24", "is not a valid private block; use one inside 10.0.0.0/8, "),
    ],
)
def test_the_block_is_private_and_has_room_for_four_subnets(cidr: str, says: str) -> None:
    (line,) = refusal(changed((START, f'{START}\ncidr = "{cidr}"')))
    assert says in line


def test_a_class_that_the_engine_does_not_have_is_refused() -> None:
    (line,) = refusal(changed((START, f'{START}\ndocumentdb_class = "db.t4g.micro"')))
    assert line.startswith('recovery.drills.documentdb_class = "db.t4g.micro": ')


def test_drills_need_copies() -> None:
    lines = refusal(changed(('mode = "backup"', 'mode = "none"'), ('region = "us-west-2"', "")))
    assert any(line.startswith('recovery.drills: has no effect with mode = "none"') for line in lines)


def test_an_older_documentdb_has_no_sign_in_by_iam() -> None:
    (line,) = refusal(changed(('engine_version = "5.0.0"', 'engine_version = "4.0.0"')))
    assert line == (
        'documentdb.engine_version = "4.0.0": must be "5.0.0" with [recovery.drills]: a drill signs in by IAM, which '
        "earlier versions of DocumentDB do not know; upgrade, or remove [recovery.drills]"
    )


def test_a_target_shorter_than_the_time_between_two_drills_is_refused() -> None:
    (line,) = refusal(changed((START, 'start = "1:10:00"')))
    assert line == (
        'recovery.targets.drill_days = 9: must be 32 or more with start = "1:10:00", or the alarm goes off between two '
        "drills that succeed"
    )


def test_targets_of_drills_have_no_effect_without_drills() -> None:
    toml = changed().replace('\nstart = "sun:10:00"', "\n#").replace(ZONES, "#").replace("minimum_rows = 1", "#")
    toml = toml.replace(DRILLS, "#")
    assert parsed(toml).recovery  # with their defaults, which are written out there
    others = toml.replace("restore_minutes = 120", "restore_minutes = 90").replace("drill_days = 9", "drill_days = 10")
    lines = refusal(others)
    assert [line.partition(":")[0] for line in lines] == [
        "recovery.targets.drill_days",
        "recovery.targets.restore_minutes",
    ]


def test_the_role_of_drills_is_made_where_there_are_drills() -> None:
    made = parsed(changed())
    (postgres,) = [role for role in made.postgres_roles if role.is_for_drills]
    (documentdb,) = [role for role in made.documentdb_roles if role.is_for_drills]
    assert (postgres.logins, postgres.access, postgres.stores) == (("restore_check_iam",), "read_only", {})
    arn = f"arn:aws:iam::{made.account_id}:role/user-management-prod-restore-reader-us-west-2"
    assert documentdb.logins == (arn,)
    assert made.restore_reader_arn == arn


def test_no_other_role_can_have_its_name() -> None:
    lines = refusal(changed(("[postgres.roles.backend]", "[postgres.roles.restore_check]")))
    assert any("restore_check" in line and "is not a valid role name: the platform makes" in line for line in lines)


@pytest.mark.parametrize("region", WITHOUT_RESTORE_TESTS)
def test_a_second_region_without_restore_testing_is_refused(region: str) -> None:
    toml = changed().replace("us-west-2", region).replace("usw2-", f"{ZONE_PREFIXES[region]}-")
    (line,) = [one for one in refusal(toml) if one.startswith("recovery.drills:")]
    assert line.endswith(
        f'cannot be in the second region "{region}", in which AWS Backup has no restore testing; use another second '
        "region, or remove [recovery.drills]"
    )
