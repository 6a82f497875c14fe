"""The data of the second region: parameters that are named before they exist, and databases made from the copies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.standby import PROMOTED, RESTORED, SNAPSHOT, standby_fixture, templates
from tests.standby import SECOND as REGION
from tests.template import statements

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from tests.template import Template

HOME, DATA, SERVICE, COPIES = "warm-data", f"warm-data-{REGION}", f"warm-service-{REGION}", f"warm-recovery-{REGION}"


def restoring(**more: str) -> Environment:
    """The environment whose second region restores its databases."""
    return standby_fixture(mode="pilot_light", replica=False, fail_over={**RESTORED, **more})


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    return templates(standby_fixture(mode="pilot_light", replica=False), tmp_path_factory.mktemp("waiting"))


@pytest.fixture(scope="module")
def following(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    return templates(standby_fixture(mode="pilot_light", is_global=True), tmp_path_factory.mktemp("following"))


@pytest.fixture(scope="module")
def restored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    return templates(restoring(), tmp_path_factory.mktemp("restored"))


@pytest.fixture(scope="module")
def promoted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    config = standby_fixture(mode="pilot_light", is_global=True, fail_over=PROMOTED)
    return templates(config, tmp_path_factory.mktemp("promoted"))


def policy(stack: Template, role: str) -> list[dict[str, Any]]:
    (found,) = (one for name, one in stack.all("aws_iam_role_policy").items() if name.startswith(role))
    return statements(found["policy"])


def states_read(stack: Template) -> set[str]:
    read = stack.document.get("data", {}).get("terraform_remote_state", {})
    return {entry["config"]["key"].partition("/")[0] for entry in read.values()}


def test_without_a_database_the_url_of_a_service_is_named_and_its_key_is_known_by_its_alias(
    waiting: dict[str, Template],
) -> None:
    assert DATA not in waiting
    allowed = {one["Sid"]: one for one in policy(waiting[SERVICE], "backend-service_execution") if "Sid" in one}
    named = allowed["DecryptNamedParameters"]
    arn = f"arn:aws:ssm:{REGION}:333333333333:parameter/user-management/warm/postgres/backend/url"
    assert arn in allowed["ReadParameters"]["Resource"]
    assert arn in named["Condition"]["StringEquals"]["kms:EncryptionContext:PARAMETER_ARN"]
    assert named["Condition"]["ForAnyValue:StringEquals"] == {
        "kms:ResourceAliases": "alias/user-management-warm-secrets"
    }
    assert named["Resource"] == f"arn:aws:kms:{REGION}:333333333333:key/*"


@pytest.mark.parametrize("state", ["waiting", "restored"])
def test_the_secrets_are_the_copies_before_and_after(state: str, request: pytest.FixtureRequest) -> None:
    stacks: dict[str, Template] = request.getfixturevalue(state)
    read = json.dumps(policy(stacks[SERVICE], "backend-service_task"))
    assert "aws_ssm_parameterparameters_jwt-current" in read
    assert "backups-copy" in read
    if DATA in stacks:
        names = [one["name"] for one in stacks[DATA].all("aws_ssm_parameter").values()]
        assert not [name for name in names if "/jwt/" in name or "/api-keys/" in name]
        assert not stacks[DATA].all("aws_s3_bucket")


@pytest.mark.parametrize("state", ["waiting", "following", "restored", "promoted"])
def test_no_stack_there_reads_a_state_of_the_home_region(state: str, request: pytest.FixtureRequest) -> None:
    stacks: dict[str, Template] = request.getfixturevalue(state)
    for name in (DATA, SERVICE):
        if name in stacks:
            assert all(key.endswith(REGION) for key in states_read(stacks[name]))


def test_postgres_is_restored_once_from_the_replicated_backups_with_their_key(restored: dict[str, Template]) -> None:
    instance = restored[DATA].named("aws_db_instance.postgres")
    restore = instance["restore_to_point_in_time"]
    assert restore["use_latest_restorable_time"] is True
    assert "automated_backups_replication" in restore["source_db_instance_automated_backups_arn"]
    assert instance["lifecycle"]["ignore_changes"] == ["restore_to_point_in_time"]
    assert COPIES in instance["kms_key_id"]
    # AWS refuses the name of a database, and both would replace the instance if they differed.
    assert not {"db_name", "username"} & instance.keys()


def test_a_time_is_restored_instead_of_the_latest_one(tmp_path: Path) -> None:
    time = "2026-01-31T14:05:00Z"
    stacks = templates(restoring(postgres_time=time), tmp_path)
    restore = stacks[DATA].named("aws_db_instance.postgres")["restore_to_point_in_time"]
    assert restore["restore_time"] == time
    assert "use_latest_restorable_time" not in restore


def test_backups_that_are_named_are_restored_and_their_replication_is_left_alone(
    restored: dict[str, Template], tmp_path: Path
) -> None:
    """RDS ends the replication of an instance that is gone, and the provider would start it anew."""
    kind = "aws_db_instance_automated_backups_replication"
    backups = f"arn:aws:rds:{REGION}:333333333333:auto-backup:ab-abcdefghijklmnopqrstuvwxyz"
    stacks = templates(restoring(postgres_backups=backups), tmp_path)
    restore = stacks[DATA].named("aws_db_instance.postgres")["restore_to_point_in_time"]
    assert restore["source_db_instance_automated_backups_arn"] == backups
    copies = stacks[COPIES]
    assert not copies.all(kind)
    (address,) = restored[COPIES].all(kind)
    assert copies.document["removed"] == [{"from": f"{kind}.{address}", "lifecycle": {"destroy": False}}]
    assert "removed" not in restored[COPIES].document


def test_documentdb_is_restored_once_from_the_snapshot_and_has_a_new_password(restored: dict[str, Template]) -> None:
    cluster = restored[DATA].only("aws_docdb_cluster")
    assert cluster["snapshot_identifier"] == SNAPSHOT
    assert cluster["lifecycle"]["ignore_changes"] == ["snapshot_identifier"]
    assert "master_username" not in cluster
    assert "master_password_wo" in cluster


def test_a_replica_follows_the_instance_of_the_home_region_by_its_name(following: dict[str, Template]) -> None:
    home = following[HOME].named("aws_db_instance.postgres")
    replica = following[DATA].named("aws_db_instance.postgres")
    assert replica["replicate_source_db"] == f"arn:aws:rds:us-east-1:333333333333:db:{home['identifier']}"
    assert replica["kms_key_id"] == "${aws_kms_key.databases-key.arn}"
    for same in ("instance_class", "multi_az", "backup_retention_period", "deletion_protection"):
        assert replica[same] == home[same]
    assert not {"engine", "engine_version", "db_name", "username", "allocated_storage"} & replica.keys()
    assert "manage_master_user_password" not in home  # RDS makes no replica of such an instance


def test_the_lag_of_the_replica_is_compared_with_the_target(following: dict[str, Template]) -> None:
    alarms = following[DATA].all("aws_cloudwatch_metric_alarm").values()
    (lag,) = (one for one in alarms if one["alarm_name"].endswith("postgres-lag"))
    assert lag["threshold"] == 60 * 60


def test_a_promoted_replica_and_a_detached_cluster_keep_their_addresses(
    following: dict[str, Template], promoted: dict[str, Template]
) -> None:
    for type_ in ("aws_db_instance", "aws_docdb_cluster", "aws_docdb_cluster_instance", "aws_db_subnet_group"):
        assert following[DATA].all(type_).keys() == promoted[DATA].all(type_).keys()
    instance, cluster = promoted[DATA].named("aws_db_instance.postgres"), promoted[DATA].only("aws_docdb_cluster")
    assert "replicate_source_db" not in instance
    assert "password_wo" in instance
    assert "global_cluster_identifier" not in cluster
    assert following[DATA].only("aws_docdb_cluster")["global_cluster_identifier"].endswith("documentdb-global")


def test_the_one_who_serves_makes_the_logins_and_the_one_who_follows_does_not(
    following: dict[str, Template], promoted: dict[str, Template]
) -> None:
    assert not following[DATA].all("aws_lambda_function")
    assert len(promoted[DATA].all("aws_lambda_invocation")) == 3  # two of PostgreSQL, which has a proxy


@pytest.mark.parametrize("kept", [HOME, "warm-network", "warm-registry", "warm-recovery"])
def test_fail_over_changes_nothing_of_the_home_region(
    waiting: dict[str, Template], restored: dict[str, Template], kept: str
) -> None:
    assert json.dumps(waiting[kept].document) == json.dumps(restored[kept].document)


def test_what_a_fail_over_is_made_of_is_there_before_it(
    waiting: dict[str, Template], restored: dict[str, Template]
) -> None:
    watching = "aws_cloudwatch_metric_alarm"  # one alarm is about this table
    before, after = ({**one[COPIES].document["resource"], watching: None} for one in (waiting, restored))
    assert before == after
    assert waiting[COPIES].document["output"] == restored[COPIES].document["output"]
