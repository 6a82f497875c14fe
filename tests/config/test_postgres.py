import pytest

from config.database_classes import POSTGRES_CLASSES
from tests.config.examples import changed, parsed, present, refusal, standby


def postgres(old: str, new: str) -> str:
    """Production's file with a setting of the table [postgres] changed, which is before those of other databases."""
    return changed((old, new))


@pytest.mark.parametrize("version", [2, 7])
def test_a_password_that_rds_keeps_has_no_version(version: int) -> None:
    toml = changed(("replicas = 0", f"password_version = {version}\nreplicas = 0"))
    assert refusal(toml) == [
        (
            f"postgres.password_version = {version}: has no effect without read replicas: RDS itself keeps the "
            "master's password and replaces it; remove the line"
        )
    ]
    assert present(parsed(toml.replace("replicas = 0", "replicas = 1")).postgres).password_version == version


def test_the_password_is_this_files_with_a_replica_in_the_second_region() -> None:
    toml = standby(("replicas = 0", "password_version = 2\nreplicas = 0"))
    assert "postgres_replica = true" in toml
    assert present(parsed(toml).postgres).password_version == 2


def test_the_passwords_of_the_masters_have_a_first_version() -> None:
    environment = parsed(changed())
    assert present(environment.postgres).password_version == present(environment.documentdb).password_version == 1
    raised = parsed(changed(("instances = 3", "instances = 3\npassword_version = 2")))
    assert present(raised.documentdb).password_version == 2


def test_production_has_the_numbers_of_the_design() -> None:
    settings = present(parsed(changed()).postgres)
    assert settings.instance_class == "db.t3.medium"
    assert settings.multi_az
    assert settings.backup_retention_days == 7
    assert settings.slow_query_milliseconds == 50
    assert settings.proxy is not None


@pytest.mark.parametrize(
    ("environment", "multi_az", "pooled"), [("dev", False, False), ("staging", True, True), ("prod", True, True)]
)
def test_only_development_has_one_zone_and_no_proxy(environment: str, multi_az: bool, pooled: bool) -> None:  # noqa: FBT001
    from config.load import load_environment  # noqa: PLC0415

    settings = present(load_environment(environment).postgres)
    assert (settings.multi_az, settings.proxy is not None) == (multi_az, pooled)


@pytest.mark.parametrize("name", ["db.t3.medium", "db.m7g.large", "db.r8g.48xlarge", "db.x2iedn.32xlarge"])
def test_classes_that_aws_offers_are_accepted(name: str) -> None:
    assert present(parsed(postgres('"db.t3.medium"', f'"{name}"')).postgres).instance_class == name


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("db.t3.mediun", "db.t3.medium"),
        ("t3.medium", "db.t3.medium"),
        ("db.m5.10xlarge", "db.m5.16xlarge"),
        ("db.r6g.24xlarge", "db.r6g.4xlarge"),
    ],
)
def test_a_class_that_aws_does_not_offer_is_reported_with_the_nearest(name: str, nearest: str) -> None:
    (line,) = refusal(postgres('"db.t3.medium"', f'"{name}"'))
    start = f'postgres.instance_class = "{name}": is not a valid instance class for PostgreSQL; the nearest are '
    assert line.startswith(start)
    named = line.removeprefix(start).split(", ")
    assert nearest in named
    assert set(named) < set(POSTGRES_CLASSES)


def test_storage_below_the_minimum_of_the_engine_is_refused() -> None:
    assert refusal(postgres("storage_gib = 20", "storage_gib = 5")) == [
        "postgres.storage_gib = 5: must be 20 to 65536 GiB for PostgreSQL on gp3"
    ]


def test_storage_that_cannot_grow_is_refused() -> None:
    assert refusal(postgres("max_storage_gib = 200", "max_storage_gib = 21")) == [
        "postgres.max_storage_gib = 21: must be 22 or more, 10 % above storage_gib = 20"
    ]


@pytest.mark.parametrize("days", [0, 36, -1])
def test_an_invalid_retention_is_refused(days: int) -> None:
    assert refusal(postgres("backup_retention_days = 7", f"backup_retention_days = {days}")) == [
        (f"postgres.backup_retention_days = {days}: must be 1 to 35; a database without backups is not supported")
    ]


@pytest.mark.parametrize("days", [1, 35])
def test_retention_at_the_ends_is_accepted(days: int) -> None:
    toml = changed(
        ("protect_data = true", "protect_data = false"),
        ("lock_days = 365", "# "),
        ("lock_after_days = 3", "# "),
        ("backup_retention_days = 7", f"backup_retention_days = {days}"),
    )
    assert present(parsed(toml).postgres).backup_retention_days == days


def test_replicas_without_backups_are_refused_with_the_reason() -> None:
    lines = refusal(
        changed(("replicas = 0", "replicas = 2"), ("backup_retention_days = 7", "backup_retention_days = 0"))
    )
    assert lines[-1] == (
        "postgres.replicas = 2: read replicas need backups, but backup_retention_days = 0 turns them off; keep them "
        "for 1 to 35 days"
    )


def test_more_replicas_than_rds_has_are_refused() -> None:
    assert refusal(postgres("replicas = 0", "replicas = 16")) == ["postgres.replicas = 16: must be 15 or less"]


def test_a_version_of_another_major_is_refused() -> None:
    assert refusal(postgres("major_version = 17", 'major_version = 17\nengine_version = "16.10"')) == [
        (
            'postgres.engine_version = "16.10": is not a version of major_version = 17; '
            'remove the line, or use "17." and a minor version'
        )
    ]


def test_a_version_of_the_major_is_accepted() -> None:
    toml = postgres("major_version = 17", 'major_version = 17\nengine_version = "17.6"')
    assert present(parsed(toml).postgres).engine_version == "17.6"


@pytest.mark.parametrize("version", ["17", "17.x", "v17.4", "17.06"])
def test_an_invalid_version_is_refused(version: str) -> None:
    setting = f'engine_version = "{version}"'
    assert refusal(postgres("major_version = 17", f"major_version = 17\n{setting}")) == [
        f'postgres.{setting}: is not a valid version of PostgreSQL on RDS; use major and minor, like "17.6"'
    ]


def test_an_unsupported_major_version_is_reported_with_the_nearest() -> None:
    assert refusal(postgres("major_version = 17", "major_version = 9")) == [
        "postgres.major_version = 9: is not a supported major version; the nearest is 13 (allowed: 13, 14, 15, 16, 17)"
    ]


def test_a_backup_window_that_overlaps_maintenance_is_refused() -> None:
    assert refusal(postgres('backup_window = "03:00-04:00"', 'backup_window = "05:00-06:00"')) == [
        'postgres.backup_window = "05:00-06:00": overlaps maintenance_window = "sun:04:30-sun:05:30"; move one of them'
    ]


def test_an_invalid_monitoring_interval_is_reported_with_the_nearest() -> None:
    assert refusal(postgres("monitoring_interval_seconds = 60", "monitoring_interval_seconds = 20")) == [
        (
            "postgres.monitoring_interval_seconds = 20: is not a valid interval of Enhanced Monitoring; "
            "the nearest is 15 (allowed: 0, 1, 5, 10, 15, 30, 60)"
        )
    ]


@pytest.mark.parametrize(("days", "nearest"), [(30, 31), (700, 713)])
def test_an_invalid_retention_of_performance_insights_is_reported(days: int, nearest: int) -> None:
    toml = postgres("major_version = 17", f"major_version = 17\ninsights_retention_days = {days}")
    assert refusal(toml) == [
        (
            f"postgres.insights_retention_days = {days}: is not a valid retention of Performance Insights; "
            f"the nearest is {nearest} (allowed: 7, 731, or months of 31 days)"
        )
    ]
