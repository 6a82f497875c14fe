"""What [recovery] needs of the other tables of an environment."""

import shutil
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.load import load_environment
from tests.config.examples import changed, parsed, refusal, text, without
from tests.fixtures import FOLDER

SECOND = 'region = "us-west-2"'
START = 'start = "08:00"'
HOURLY = "https://docs.aws.amazon.com/aws-backup/latest/devguide/troubleshooting.html"


def at_home(region: str, toml: str = "") -> str:
    """Production in another region."""
    zone = {"eu-west-1": "euw1", "us-west-2": "usw2"}[region]
    moved = (toml or changed()).replace('region = "us-east-1"', f'region = "{region}"', 1)
    return moved.replace("use1-az", f"{zone}-az")


def asleep(*awake: str, mode: str = "none", start: str = "15:00") -> str:
    """Dev, which sleeps, with backups in its own region."""
    dev = text("dev")
    zone = dev.index("[cost.sleep]")
    hours = ", ".join(f'"{one}"' for one in awake)
    rest = dev[zone:].partition("\n\n")[2]
    table = f'[cost.sleep]\ntime_zone = "UTC"\nawake = [{hours}]\n\n'
    region = SECOND if mode == "backup" else ""
    return (
        f'{dev[:zone]}{table}{rest}\n[recovery]\nmode = "{mode}"\n{region}\n[recovery.backup_plan]\nstart = "{start}"\n'
    )


def test_copies_in_the_same_region_are_refused() -> None:
    (line,) = refusal(changed((SECOND, 'region = "us-east-1" #')))
    assert line == (
        'recovery.region = "us-east-1": must not be the region of the environment itself: copies there are lost with '
        "it; use us-east-2 or us-west-1 or us-west-2"
    )


def test_copies_beside_the_files_of_cloudfront_are_refused() -> None:
    toml = at_home("us-west-2", changed((SECOND, 'region = "us-east-1" #')))
    (line,) = refusal(toml)
    assert line == (
        'recovery.region = "us-east-1": must not be us-east-1 with [edge]: CloudFront\'s certificate and the bucket of '
        "static files are there already, so a copy beside them would be lost with them; use us-east-2 or us-west-1"
    )
    # The query log would be in us-east-1, too.
    alone = without("edge", toml=toml).replace("query_logging = true", "query_logging = false")
    assert parsed(alone).recovery_region == "us-east-1"


def test_copies_where_documentdb_is_not_sold_are_refused_only_with_documentdb() -> None:
    toml = changed((SECOND, 'region = "us-west-1"'))
    (line,) = refusal(toml)
    assert line.startswith('recovery.region = "us-west-1": has no DocumentDB (https://docs.aws.amazon.com/')
    assert line.endswith(
        "so copies of [documentdb] could be neither kept nor restored there; use us-east-2 or us-west-2; or remove "
        "[documentdb]"
    )
    signs_in = ('documentdb_role = "backend"\n', 'DOCUMENTDB_URL = "documentdb/url"\n')
    alone = without("documentdb", toml=toml)
    for use in signs_in:
        assert use in alone
        alone = alone.replace(use, "")
    assert parsed(alone).recovery_region == "us-west-1"


def test_copies_under_another_law_are_refused_unless_the_settings_allow_them() -> None:
    toml = at_home("eu-west-1")
    (line,) = refusal(toml)
    assert line == (
        'recovery.region = "us-west-2": is in the United States, and the data is in the European Economic Area; use '
        "eu-central-1 or eu-north-1 or eu-south-1 or eu-south-2 or eu-west-3, or set copies_leave_jurisdiction = true "
        "in [recovery] if the law and your contracts allow the transfer"
    )
    assert parsed(toml.replace(SECOND, f"{SECOND}\ncopies_leave_jurisdiction = true")).recovery_region == "us-west-2"
    assert parsed(toml.replace(SECOND, 'region = "eu-central-1"')).recovery_region == "eu-central-1"


def with_recovery(table: str, *left_out: str) -> str:
    """Production with another table, and without others and the service that uses them."""
    return f"{without('recovery', 'services.backend', 'observability', 'cost.anomaly_detection', *left_out)}\n{table}"


COPIES = f'[recovery]\nmode = "backup"\n{SECOND}\n'
ALL = ("postgres", "documentdb", "secrets", "backups", "edge", "firewall", "security.trail")


def test_backups_without_a_database_are_refused() -> None:
    (line,) = refusal(with_recovery('[recovery]\nmode = "none"', "postgres", "documentdb"))
    assert line == (
        'recovery.mode = "none": has nothing to back up; add [postgres] or [documentdb], or remove [recovery]'
    )


def test_states_and_images_are_copied_of_every_environment() -> None:
    toml = with_recovery(COPIES, "postgres", "documentdb", "secrets", "backups")
    assert [store.name for store in parsed(toml).copied_stores] == ["assets", "audit"]


@pytest.mark.parametrize(
    ("table", "left_out", "says"),
    [
        (
            "[recovery.backup_plan]\nlock_after_days = 3",
            ("postgres", "documentdb"),
            "backup_plan: has no effect without [postgres] or [documentdb]; add one, or remove this",
        ),
        (
            "[recovery.targets]\npostgres_minutes = 60",
            ("postgres",),
            "targets.postgres_minutes: has no effect without [postgres]; add it, or remove this",
        ),
        (
            "[recovery.targets]\ndatabase_backup_hours = 30",
            ("postgres", "documentdb"),
            "targets.database_backup_hours: has no effect without [postgres] or [documentdb]; add one, or remove this",
        ),
        (
            "[recovery.targets]\nparameters_hours = 26",
            ("secrets",),
            "targets.parameters_hours: has no effect without [secrets]; add it, or remove this",
        ),
        (
            "[recovery.targets]\nfiles_minutes = 60",
            ("backups", "edge", "firewall", "security.trail"),
            (
                "targets.files_minutes: has no effect without [backups], [edge] or [security.trail]; add one, or "
                "remove this"
            ),
        ),
    ],
)
def test_a_setting_without_what_it_is_about_is_refused(table: str, left_out: tuple[str, ...], says: str) -> None:
    lines = refusal(with_recovery(f"{COPIES}{table}", *left_out))
    assert [line for line in lines if line.startswith("recovery")] == [f"recovery.{says}"]
    assert not [line for line in lines if "no effect" in line and not line.startswith("recovery")]


def test_a_target_of_daily_backups_holds_for_postgres_alone() -> None:
    toml = with_recovery(f"{COPIES}[recovery.targets]\ndatabase_backup_hours = 40", "documentdb")
    ages = {store.name: store.most_minutes for store in parsed(toml).copied_stores}
    assert ages["postgres-backups"] == 40 * 60


def test_copies_need_receivers_of_their_alarms() -> None:
    (line,) = [line for line in refusal(without("notifications")) if line.startswith("notifications: is missing")]
    assert "secrets, " in line
    assert ", recovery, " in line


def test_locked_vaults_without_protected_data_are_refused() -> None:
    lines = refusal(changed(("protect_data = true", "protect_data = false")))
    assert (
        "recovery.backup_plan.lock_after_days = 3: must not be set where protect_data = false, because a locked vault "
        "cannot be destroyed; remove it, or set protect_data = true"
    ) in lines


@pytest.mark.parametrize(
    ("hour", "windows"),
    [
        # Daily 03:00-04:00 of both; Sunday 04:30-05:30 of PostgreSQL and 06:00-07:00 of DocumentDB; the hour before
        # each, and a backup may start an hour after its own.
        ("00:00", None),
        ("01:00", None),  # until 02:00, when the hour before 03:00 begins
        ("02:00", ["postgres.backup_window", "documentdb.backup_window"]),
        ("03:00", ["postgres.backup_window", "documentdb.backup_window", "postgres.maintenance_window"]),
        ("04:00", ["postgres.maintenance_window"]),
        ("05:00", ["postgres.maintenance_window", "documentdb.maintenance_window"]),
        ("06:00", ["documentdb.maintenance_window"]),
        ("07:00", None),
        ("23:00", None),
    ],
)
def test_a_backup_does_not_start_in_a_window_of_a_database_or_in_the_hour_before(
    hour: str, windows: list[str] | None
) -> None:
    toml = changed((START, f'start = "{hour}"'))
    if windows is None:
        assert parsed(toml).recovery
        return
    (line,) = refusal(toml)
    start, _, rest = line.partition(f"({HOURLY}): ")
    assert start.startswith(f'recovery.backup_plan.start = "{hour}": a backup may start up to 60 minutes later, and')
    named, _, offer = rest.partition("; use ")
    assert [name.partition(" = ")[0] for name in named.split(" and ")] == windows
    assert offer == "00:00 to 01:00, 07:00 to 23:00"


def test_a_window_over_midnight_counts_on_both_days() -> None:
    toml = changed(
        ('backup_window = "03:00-04:00" # UTC', 'backup_window = "23:30-00:30" # UTC'), (START, 'start = "00:00"')
    )
    (line,) = refusal(toml)
    assert 'postgres.backup_window = "23:30-00:30"; use 01:00' in line
    (line,) = refusal(toml.replace('start = "00:00"', 'start = "22:00"'))
    assert 'postgres.backup_window = "23:30-00:30"; use 01:00' in line
    assert parsed(toml.replace('start = "00:00"', 'start = "21:00"')).recovery


def test_a_window_over_the_end_of_the_week_counts_on_both_days() -> None:
    toml = changed(('"sun:06:00-sun:07:00"', '"sun:23:30-mon:00:30"'), (START, 'start = "00:00"'))
    (line,) = refusal(toml)
    assert 'documentdb.maintenance_window = "sun:23:30-mon:00:30"; use 01:00' in line


def test_no_hour_is_offered_if_none_is_left() -> None:
    toml = changed(('"sun:06:00-sun:07:00"', '"sun:04:30-mon:03:00"'))
    (line,) = refusal(toml)
    assert line.endswith("; no hour is left; make the windows of the databases shorter")


def test_copies_of_an_environment_that_sleeps_are_refused() -> None:
    lines = refusal(asleep("mon-sun 07:00-20:00", mode="backup", start="10:00"))
    assert (
        'recovery.mode = "backup": cannot be set with [cost.sleep]: a stopped database is not copied, so the alarms on '
        'the age of the copies would go off in each sleep; remove [cost.sleep], or set mode = "none"'
    ) in lines


@pytest.mark.parametrize("start", ["07:00", "10:00"])
def test_an_environment_that_is_awake_each_day_is_backed_up(start: str) -> None:
    assert parsed(asleep("mon-sun 07:00-20:00", start=start)).recovery


@pytest.mark.parametrize("start", ["06:00", "20:00", "22:00"])
def test_a_backup_while_the_environment_sleeps_is_refused_with_the_hours_awake(start: str) -> None:
    (line,) = refusal(asleep("mon-sun 07:00-20:00", start=start))
    assert line == (
        f'recovery.backup_plan.start = "{start}": is in hours in which the environment sleeps ([cost.sleep]) on one '
        "day or more, and AWS Backup fails for a database that is stopped; use 07:00 to 18:00"
    )


def test_an_environment_that_sleeps_on_sundays_is_not_backed_up() -> None:
    (line,) = refusal(asleep("mon-sat 07:00-20:00", start="10:00"))
    assert line.endswith(
        "there is no hour with 120 minutes awake on all seven days; change awake, or remove [recovery]"
    )


def test_an_environment_that_sleeps_on_holidays_is_not_backed_up() -> None:
    toml = asleep("mon-sun 07:00-20:00", start="10:00").replace("awake =", 'holidays = ["2026-12-25"]\nawake =')
    (line,) = refusal(toml)
    assert line == (
        'cost.sleep.holidays = ["2026-12-25"]: cannot be set with [recovery]: AWS Backup backs up each day, and fails '
        "for a database that is stopped; remove the days, or [recovery]"
    )


def said_beside_another(folder: Path, old: str = "", new: str = "") -> str:
    """What is said about prod beside an environment with the same text, except for one change of it."""
    for name in ("project", "prod"):
        shutil.copy(FOLDER / f"{name}.toml", folder)
    settings = (folder / "prod.toml").read_text(encoding="utf-8")
    assert old in settings
    (folder / "other.toml").write_text(settings.replace(old, new) if old else settings, encoding="utf-8")
    try:
        load_environment("prod", folder=folder)
    except ConfigError as error:
        return str(error)
    return ""


def test_one_environment_of_an_account_and_region_has_copies(tmp_path: Path) -> None:
    found = said_beside_another(tmp_path)
    assert 'would replace the replication of images of "other", which is in the same account and region' in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('mode = "backup"', 'mode = "none"'),
        ('account_id = "333333333333"', 'account_id = "444444444444"'),
        ('\nregion = "us-east-1"', '\nregion = "eu-west-1"'),
    ],
)
def test_others_may_have_them_beside_it(tmp_path: Path, old: str, new: str) -> None:
    assert "the replication of images" not in said_beside_another(tmp_path, old, new)
