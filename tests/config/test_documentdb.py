import pytest

from config.documentdb import DocumentdbSettings
from config.load import load_environment
from tests.config.examples import present, refusal, table, text


def changed(old: str, new: str) -> str:
    """Production's file with a setting of the table [documentdb] changed."""
    before, marker, after = text().partition("[documentdb]")
    if old not in after:
        message = f"{old!r} is not after [documentdb]"
        raise LookupError(message)
    return before + marker + after.replace(old, new, 1)


def test_production_has_the_numbers_of_the_design() -> None:
    settings = present(load_environment("prod").documentdb)
    assert (settings.instances, settings.instance_class) == (3, "db.t3.medium")
    assert settings.backup_retention_days == 7


@pytest.mark.parametrize("count", [0, 17])
def test_a_node_count_that_the_engine_refuses_is_told(count: int) -> None:
    assert refusal(changed("instances = 3", f"instances = {count}")) == [
        (f"documentdb.instances = {count}: must be 1 to 16: one primary and up to 15 replicas")
    ]


def test_a_class_that_only_rds_has_is_told_with_the_nearest() -> None:
    (line,) = refusal(changed('"db.t3.medium"', '"db.t3.large"'))
    assert line.startswith('documentdb.instance_class = "db.t3.large": is not a valid instance class for DocumentDB; ')
    assert "db.t3.medium" in line


@pytest.mark.parametrize("name", ["db.t3.medium", "db.t4g.medium"])
def test_a_global_cluster_of_burstable_instances_is_refused(name: str) -> None:
    toml = changed('"db.t3.medium"', f'"{name}"\nglobal_cluster = true')
    assert refusal(toml) == [
        (
            f'documentdb.global_cluster = true: a global cluster does not support instance_class = "{name}"; '
            'choose "db.r6g.large" or larger, or set global_cluster = false and rely on copies of the backups'
        )
    ]


def test_a_global_cluster_of_memory_optimized_instances_is_accepted() -> None:
    settings = table()["documentdb"] | {"instance_class": "db.r6g.large", "global_cluster": True}
    assert DocumentdbSettings.model_validate(settings).global_cluster


@pytest.mark.parametrize("days", [0, 36])
def test_retention_outside_of_what_aws_has_is_refused(days: int) -> None:
    (line,) = refusal(changed("backup_retention_days = 7", f"backup_retention_days = {days}"))
    assert line.startswith(f"documentdb.backup_retention_days = {days}: must be 1 to 35; ")


def test_a_backup_window_that_overlaps_maintenance_is_refused() -> None:
    (line,) = refusal(changed('backup_window = "03:00-04:00"', 'backup_window = "06:30-07:30"'))
    assert line.endswith('overlaps maintenance_window = "sun:06:00-sun:07:00"; move one of them')


def test_an_engine_version_that_does_not_exist_is_refused() -> None:
    (line,) = refusal(changed('"5.0.0"', '"6.0.0"'))
    assert line.startswith('documentdb.engine_version = "6.0.0": ')
    assert "5.0.0" in line


def test_operations_faster_than_the_profiler_sees_are_refused() -> None:
    assert refusal(changed("slow_operation_milliseconds = 50", "slow_operation_milliseconds = 10")) == [
        "documentdb.slow_operation_milliseconds = 10: must be 50 or more"
    ]
