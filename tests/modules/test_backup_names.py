"""The tag tells environments apart, and the names of snapshots are only those that AWS Backup gives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.evaluation import matches
from modules.backup_names import BACKUP_SNAPSHOTS, backup_tag
from tests.template import LABEL


def test_the_value_of_the_tag_is_the_start_of_the_names_of_the_environment() -> None:
    assert backup_tag(LABEL) == {"backup-plan": "user-management-test"}


@pytest.mark.parametrize("change", [{"environment": "prod"}, {"project": "billing"}])
def test_no_other_environment_of_the_account_has_the_same_tag(change: dict[str, str]) -> None:
    assert backup_tag(replace(LABEL, **change)) != backup_tag(LABEL)


def test_the_tag_is_the_same_in_each_layer_and_region() -> None:
    assert backup_tag(replace(LABEL, layer="recovery", region="us-west-2")) == backup_tag(LABEL)


def is_backup(name: str) -> bool:
    return any(matches(pattern, name) for pattern in BACKUP_SNAPSHOTS)


@pytest.mark.parametrize("name", ["awsbackup:job-1", "awsbackup:copyjob-1"])
@pytest.mark.parametrize("kind", ["snapshot", "cluster-snapshot"])
def test_a_backup_and_a_copy_of_each_kind_of_database_have_such_a_name(kind: str, name: str) -> None:
    assert is_backup(f"{kind}:{name}")


@pytest.mark.parametrize(
    "name",
    [
        "cluster-snapshot:rds:user-management-test-documentdb-2026-11-26",
        "cluster:awsbackup:job-1",
        "db:awsbackup:job-1",
        "snapshot:awsbackup-of-a-person",
        "snapshot:rds:user-management-test-postgres-2026-11-26",
        "snapshot:user-management-test-postgres-final-1a2b3c4d",
    ],
)
def test_no_database_and_no_other_snapshot_has_one(name: str) -> None:
    assert not is_backup(name)
