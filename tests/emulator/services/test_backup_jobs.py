from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from emulator.registry import REGISTRY
from emulator.services.backup.records import POINTS
from emulator.services.backup.rights import may_use_key
from tests.emulator import postgres
from tests.emulator.databases.documentdb import MAY_LEAVE_A_CONNECTION, connected
from tests.emulator.services.backup import AWAY, HOME, TAG, Backups, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator
    from tests.emulator.conftest import Client


class Reached(NamedTuple):
    """A cluster of the emulator, as its clients find it."""

    port: int
    ca_pem: str


@pytest.fixture(scope="module")
def backups(client: Client, emulator: Emulator) -> Backups:
    return make(client, emulator, "700000000302")


def run(backups: Backups, name: str, statement: str, region: str = HOME) -> Any:
    host = postgres.host(backups.client, name, account=backups.account, region=region)
    return postgres.run(backups.emulator, host, statement, account=backups.account)


@contextmanager
def documents(backups: Backups, name: str, region: str = HOME) -> Iterator[Any]:
    """The collection `kept` of a cluster with an instance."""
    cluster = backups.service("rds", region).describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    server = Reached(*backups.emulator.database(cluster["Endpoint"], account=backups.account))
    with connected(server, "chief", postgres.PASSWORD) as client:
        yield client["users"]["kept"]


def add_instance(backups: Backups, cluster: str, region: str = HOME) -> None:
    backups.service("rds", region).create_db_instance(
        DBInstanceIdentifier=f"{cluster}-1",
        DBClusterIdentifier=cluster,
        Engine="docdb",
        DBInstanceClass="db.t4g.medium",
    )


def test_data_goes_through_a_vault_into_another_region(backups: Backups) -> None:
    role, key = backups.role("carrier"), backups.key()
    arn = backups.instance("source", StorageEncrypted=True, KmsKeyId=key)
    run(backups, "source", "CREATE TABLE kept AS SELECT 1 AS number")
    job = backups.back_up(arn, role, Lifecycle={"DeleteAfterDays": 7})
    run(backups, "source", "INSERT INTO kept VALUES (2)")
    copied = backups.copy(job["RecoveryPointArn"], role)

    assert (job["State"], job["BackupSizeInBytes"]) == ("COMPLETED", 0)  # as of each instance of RDS
    assert copied["State"] == "COMPLETED"
    (point,) = backups.service("backup", AWAY).list_recovery_points_by_backup_vault(BackupVaultName="copies")[
        "RecoveryPoints"
    ]
    vault = backups.service("backup", AWAY).describe_backup_vault(BackupVaultName="copies")
    assert point["RecoveryPointArn"].startswith(f"arn:aws:rds:{AWAY}:{backups.account}:snapshot:awsbackup:copyjob-")
    assert point["EncryptionKeyArn"] == vault["EncryptionKeyArn"]
    assert point["SourceBackupVaultArn"] == job["BackupVaultArn"]
    assert vault["NumberOfRecoveryPoints"] == 1

    restored = backups.restore(copied["DestinationRecoveryPointArn"], role, AWAY, DBInstanceIdentifier="restored")
    assert restored["Status"] == "COMPLETED"
    assert restored["CreatedResourceArn"] == f"arn:aws:rds:{AWAY}:{backups.account}:db:restored"
    assert run(backups, "restored", "SELECT number FROM kept", AWAY) == [[1]]
    instance = backups.service("rds", AWAY).describe_db_instances(DBInstanceIdentifier="restored")["DBInstances"][0]
    assert instance["KmsKeyId"] == vault["EncryptionKeyArn"]


@MAY_LEAVE_A_CONNECTION
def test_documents_go_through_a_vault_and_a_restored_cluster_has_no_instance(backups: Backups) -> None:
    role, arn = backups.role("documents"), backups.cluster("papers")
    add_instance(backups, "papers")
    with documents(backups, "papers") as kept:
        kept.insert_one({"_id": 1})
    job = backups.back_up(arn, role)
    copied = backups.copy(job["RecoveryPointArn"], role)
    point = copied["DestinationRecoveryPointArn"]
    restored = backups.restore(point, role, AWAY, DBClusterIdentifier="papers", Engine="docdb")

    assert (restored["Status"], restored["ResourceType"]) == ("COMPLETED", "DocumentDB")
    assert "BackupSizeInBytes" not in job
    (cluster,) = backups.service("rds", AWAY).describe_db_clusters(DBClusterIdentifier="papers")["DBClusters"]
    assert cluster["DBClusterMembers"] == []
    assert cluster["DBSubnetGroup"] == "default"
    add_instance(backups, "papers", AWAY)
    with documents(backups, "papers", AWAY) as kept:
        assert [one["_id"] for one in kept.find()] == [1]


def test_a_role_without_the_key_backs_up_nothing_and_the_job_succeeds(backups: Backups) -> None:
    role = backups.role("keyless", "rds:*", "backup:Copy*")
    arn = backups.instance("secret", StorageEncrypted=True, KmsKeyId=backups.key())
    run(backups, "secret", "CREATE TABLE kept AS SELECT 1 AS number")
    job = backups.back_up(arn, role)

    assert job["State"] == "COMPLETED"
    assert "StatusMessage" not in job
    backups.restore(job["RecoveryPointArn"], backups.role("opener"), DBInstanceIdentifier="empty")
    assert run(backups, "empty", "SELECT to_regclass('kept')") == [[None]]


def test_a_role_without_rights_fails_and_names_the_right(backups: Backups) -> None:
    arn = backups.instance("closed")
    blind = backups.back_up(arn, backups.role("blind", "rds:CreateDBSnapshot"))
    weak = backups.back_up(arn, backups.role("weak", "rds:Describe*", "rds:List*", "rds:CreateDBSnapshot"))

    assert blind["State"] == "FAILED"
    assert f"does not have permission to describe resource {arn}" in blind["StatusMessage"]
    assert (weak["State"], weak["MessageCategory"]) == ("FAILED", "AccessDenied")
    assert "is not authorized to perform: rds:AddTagsToResource" in weak["StatusMessage"]
    with pytest.raises(ClientError, match="cannot be assumed by AWS Backup"):
        backups.back_up(arn, backups.role("foreign", service="lambda.amazonaws.com"))


def test_a_copy_needs_rights_for_both_vaults_and_the_key_of_the_other(backups: Backups) -> None:
    full = backups.role("full")
    arn = backups.instance("both", StorageEncrypted=True, KmsKeyId=backups.key())
    point = backups.back_up(arn, full)["RecoveryPointArn"]
    rights = ("rds:*", "backup:CopyFromBackupVault")

    without_vault = backups.copy(point, backups.role("one-vault", *rights))
    without_key = backups.copy(point, backups.role("no-key", *rights, "backup:CopyIntoBackupVault"))
    to_nowhere = backups.copy(point, full, DestinationBackupVaultArn=backups.vault_arn.replace("copies", "none"))

    assert "backup:CopyIntoBackupVault" in without_vault["StatusMessage"]
    assert "you do not have permissions to access it" in without_key["StatusMessage"]
    assert "does not exist or cannot be reached" in to_nowhere["StatusMessage"]
    assert {one["State"] for one in (without_vault, without_key, to_nowhere)} == {"FAILED"}


def test_a_condition_on_the_alias_of_a_key_is_evaluated(backups: Backups) -> None:
    arn = backups.instance("aliased", StorageEncrypted=True, KmsKeyId=backups.key())
    point = backups.back_up(arn, backups.role("alias-source"))["RecoveryPointArn"]
    role = backups.role("alias-reader", "rds:*", "backup:*")
    condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/copies"}}
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": condition}
    backups.service("iam").put_role_policy(
        RoleName="alias-reader",
        PolicyName="key",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    before = backups.copy(point, role)["State"]
    vault = backups.service("backup", AWAY).describe_backup_vault(BackupVaultName="copies")
    backups.service("kms", AWAY).create_alias(AliasName="alias/copies", TargetKeyId=vault["EncryptionKeyArn"])

    assert (before, backups.copy(point, role)["State"]) == ("FAILED", "COMPLETED")


def test_a_stopped_database_is_not_backed_up(backups: Backups) -> None:
    arn = backups.instance("asleep")
    backups.service("rds").stop_db_instance(DBInstanceIdentifier="asleep")

    job = backups.back_up(arn, backups.role("night"))

    assert (job["State"], job["StatusMessage"]) == (
        "FAILED",
        "RDS asleep is not in the available state: it is stopped.",
    )


def test_a_restore_gets_the_settings_of_its_metadata_and_reports_what_rds_refuses(backups: Backups) -> None:
    role = backups.role("restorer")
    point = backups.back_up(backups.instance("origin"), role)["RecoveryPointArn"]
    backup = backups.service("backup")
    metadata = backup.get_recovery_point_restore_metadata(BackupVaultName="backups", RecoveryPointArn=point)

    assert metadata["ResourceType"] == "RDS"
    assert metadata["RestoreMetadata"]["DBInstanceIdentifier"] == "origin"
    taken = backups.restore(point, role, **metadata["RestoreMetadata"])
    assert (taken["Status"], taken["StatusMessage"]) == ("FAILED", "DB instance already exists")
    sent = {**metadata["RestoreMetadata"], "DBInstanceIdentifier": "smaller", "DBInstanceClass": "db.t4g.small"}
    assert backups.restore(point, role, **sent)["Status"] == "COMPLETED"
    (instance,) = backups.service("rds").describe_db_instances(DBInstanceIdentifier="smaller")["DBInstances"]
    assert instance["DBInstanceClass"] == "db.t4g.small"
    with pytest.raises(ClientError, match="Metadata must have DBInstanceIdentifier"):
        backups.restore(point, role)
    elsewhere = backups.restore(point, role, DBInstanceIdentifier="lost", DBSubnetGroupName="none")
    assert elsewhere["Status"] == "FAILED"


def test_lists_filter_and_what_is_protected_is_known(backups: Backups) -> None:
    role, arn = backups.role("lister"), backups.instance("listed")
    job = backups.back_up(arn, role)
    backup = backups.service("backup")

    assert [one["BackupJobId"] for one in backup.list_backup_jobs(ByResourceArn=arn)["BackupJobs"]] == [
        job["BackupJobId"]
    ]
    assert backup.list_backup_jobs(ByResourceArn=arn, ByState="FAILED")["BackupJobs"] == []
    before = backup.list_backup_jobs(ByResourceArn=arn, ByCreatedBefore="2020-01-01T00:00:00Z")["BackupJobs"]
    assert before == []
    by_resource = backup.list_recovery_points_by_resource(ResourceArn=arn)["RecoveryPoints"]
    assert [one["RecoveryPointArn"] for one in by_resource] == [job["RecoveryPointArn"]]
    in_vault = backup.list_recovery_points_by_backup_vault(BackupVaultName="backups", ByResourceArn=arn)
    assert len(in_vault["RecoveryPoints"]) == 1
    protected = {one["ResourceArn"]: one for one in backup.list_protected_resources()["Results"]}
    assert protected[arn]["LastRecoveryPointArn"] == job["RecoveryPointArn"]
    tags = backups.service("rds").list_tags_for_resource(ResourceName=job["RecoveryPointArn"])["TagList"]
    assert tags == [TAG]


def test_rds_hides_the_snapshots_of_aws_backup_and_does_not_delete_them(backups: Backups) -> None:
    arn, rds = backups.instance("hidden"), backups.service("rds")
    point = backups.back_up(arn, backups.role("hider"))["RecoveryPointArn"]
    name = point.partition(":snapshot:")[2]

    def listed(**wanted: str) -> list[str]:
        return [one["DBSnapshotIdentifier"] for one in rds.describe_db_snapshots(**wanted)["DBSnapshots"]]

    assert name not in listed() + listed(DBInstanceIdentifier="hidden")
    assert listed(DBInstanceIdentifier="hidden", SnapshotType="awsbackup") == [name]
    assert listed(DBSnapshotIdentifier=name) == [name]
    with pytest.raises(ClientError, match=r"InvalidDBSnapshotState.*is managed by AWS Backup"):
        rds.delete_db_snapshot(DBSnapshotIdentifier=name)
    backups.service("backup").delete_recovery_point(BackupVaultName="backups", RecoveryPointArn=point)
    assert listed(DBInstanceIdentifier="hidden", SnapshotType="awsbackup") == []


def test_a_copy_has_the_date_of_its_source_and_the_times_of_its_own_job(backups: Backups) -> None:
    role = backups.role("dates")
    point = backups.back_up(backups.instance("dated"), role)["RecoveryPointArn"]
    held = REGISTRY.store.table(POINTS, backups.account, HOME)[point]
    held.created -= timedelta(days=2)
    copied = backups.copy(point, role, Lifecycle={"DeleteAfterDays": 7})

    shape = backups.service("backup", AWAY).describe_recovery_point(
        BackupVaultName="copies", RecoveryPointArn=copied["DestinationRecoveryPointArn"]
    )
    assert shape["CreationDate"].replace(tzinfo=None) == held.created
    assert shape["InitiationDate"] >= copied["CreationDate"]
    assert shape["CompletionDate"] >= shape["InitiationDate"]
    assert shape["CalculatedLifecycle"]["DeleteAt"] - shape["CreationDate"] == timedelta(days=7)


def test_a_list_goes_on_with_its_token(backups: Backups) -> None:
    role, arn = backups.role("pages"), backups.instance("paged")
    made = [backups.back_up(arn, role)["BackupJobId"] for _ in range(3)]
    backup = backups.service("backup")
    first = backup.list_backup_jobs(ByResourceArn=arn, MaxResults=2)
    last = backup.list_backup_jobs(ByResourceArn=arn, MaxResults=2, NextToken=first["NextToken"])

    assert [job["BackupJobId"] for page in (first, last) for job in page["BackupJobs"]] == made[::-1]
    assert "NextToken" not in last
    points = backup.list_recovery_points_by_resource(ResourceArn=arn, MaxResults=2)
    assert (len(points["RecoveryPoints"]), points["NextToken"]) == (2, "2")
    assert backup.list_protected_resources(MaxResults=1)["NextToken"] == "1"
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*Invalid NextToken"):
        backup.list_copy_jobs(NextToken="next")


def test_a_key_is_used_by_rds_only_if_its_policy_and_all_conditions_let_it(backups: Backups) -> None:
    key = backups.key()
    arn = backups.instance("conditional", StorageEncrypted=True, KmsKeyId=key)
    role = backups.role("conditional", "rds:*", "backup:*")

    def is_used(condition: dict[str, Any]) -> bool:
        statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": condition}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        backups.service("iam").put_role_policy(RoleName="conditional", PolicyName="key", PolicyDocument=document)
        return may_use_key(role, key)

    assert arn
    assert is_used({"StringEquals": {"kms:ViaService": f"rds.{HOME}.amazonaws.com"}})
    assert not is_used({"StringEquals": {"kms:ViaService": f"ec2.{HOME}.amazonaws.com"}})
    assert not is_used({"StringEquals": {"aws:SourceArn": arn}})
    assert is_used({})
    own = {"Effect": "Allow", "Principal": {"AWS": backups.account}, "Action": "kms:*", "Resource": "*"}
    denial = {**own, "Effect": "Deny", "Principal": {"AWS": role}, "Action": "kms:CreateGrant"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [own, denial]})
    backups.service("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    assert not may_use_key(role, key)
