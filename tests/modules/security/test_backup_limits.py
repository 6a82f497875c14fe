"""What the role of AWS Backup may do at most, whatever its policy says."""

from __future__ import annotations

import pytest

from compliance.evaluation import Request, is_allowed
from compliance.policies import parsed
from modules.policy import render_statements
from modules.security.backup_limits import backup_limits
from tests.template import LABEL

ACCOUNT, PREFIX = "444444444444", "user-management-test"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
REGIONS = ("us-east-1", "us-west-2")
SNAPSHOTS = ("snapshot:awsbackup:job-1", "cluster-snapshot:awsbackup:copyjob-1")
DATABASES = (f"db:{PREFIX}-postgres", f"cluster:{PREFIX}-documentdb")


def allows(action: str, resource: str = "*", **context: str) -> bool:
    """Whether the boundary lets a role with every permission make the call."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    request = Request(
        action=action,
        resource=resource,
        context={f"kms:{key.lower()}": [value] for key, value in context.items()},
    )
    return is_allowed(request, identity=[everything], boundary=parsed(render_statements(*backup_limits(LABEL))))


def of(service: str, resource: str, *, region: str = "us-east-1", account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{region}:{account}:{resource}"


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("rds:CreateDBSnapshot", DATABASES[0]),
        ("rds:CreateDBClusterSnapshot", DATABASES[1]),
        *(("rds:ListTagsForResource", database) for database in DATABASES),
        *(("rds:AddTagsToResource", snapshot) for snapshot in SNAPSHOTS),
        ("rds:CreateDBSnapshot", SNAPSHOTS[0]),
        ("rds:CopyDBSnapshot", SNAPSHOTS[0]),
        ("rds:DeleteDBSnapshot", SNAPSHOTS[0]),
        ("rds:CreateDBClusterSnapshot", SNAPSHOTS[1]),
        ("rds:CopyDBClusterSnapshot", SNAPSHOTS[1]),
        ("rds:DeleteDBClusterSnapshot", SNAPSHOTS[1]),
        *(("backup:CopyFromBackupVault", snapshot) for snapshot in SNAPSHOTS),
    ],
)
def test_snapshots_of_this_environment_are_within_it_in_each_region(action: str, resource: str, region: str) -> None:
    assert allows(action, of("rds", resource, region=region))


@pytest.mark.parametrize("region", REGIONS)
def test_the_vaults_of_this_environment_take_copies_in_each_region(region: str) -> None:
    vault = of("backup", f"backup-vault:{PREFIX}-recovery", region=region)
    assert allows("backup:CopyIntoBackupVault", vault)
    assert allows("backup:DescribeBackupVault", vault)
    assert allows("backup:TagResource", of("backup", "recovery-point:1", region=region))


@pytest.mark.parametrize("action", ["rds:DescribeDBInstances", "rds:DescribeDBClusterSnapshots", "tag:GetResources"])
def test_what_there_is_can_be_read(action: str) -> None:
    assert allows(action)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("rds:CreateDBSnapshot", "db:user-management-prod-postgres"),
        ("rds:CreateDBClusterSnapshot", "cluster:user-management-prod-documentdb"),
        ("rds:AddTagsToResource", "db:user-management-prod-postgres"),
        ("rds:DeleteDBSnapshot", f"snapshot:{PREFIX}-postgres-final-1a2b3c4d"),
        ("rds:DeleteDBClusterSnapshot", f"cluster-snapshot:{PREFIX}-documentdb-final-1a2b3c4d"),
        ("rds:DeleteDBSnapshot", f"snapshot:rds:{PREFIX}-postgres-2026-11-26"),
        ("rds:CopyDBSnapshot", f"snapshot:{PREFIX}-postgres-final-1a2b3c4d"),
    ],
)
def test_nothing_that_is_not_its_own_is_copied_or_deleted(action: str, resource: str) -> None:
    assert not allows(action, of("rds", resource))


@pytest.mark.parametrize(
    "vault",
    [
        of("backup", "backup-vault:user-management-prod-recovery"),
        of("backup", "backup-vault:Default"),
        of("backup", f"backup-vault:{PREFIX}-recovery", account="111111111111"),
    ],
)
def test_no_copy_gets_into_another_vault(vault: str) -> None:
    assert not allows("backup:CopyIntoBackupVault", vault)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        *(("rds:ModifyDBSnapshotAttribute", snapshot) for snapshot in SNAPSHOTS),
        *(("rds:ModifyDBClusterSnapshotAttribute", snapshot) for snapshot in SNAPSHOTS),
        ("rds:RestoreDBInstanceFromDBSnapshot", SNAPSHOTS[0]),
        ("rds:RestoreDBClusterFromSnapshot", SNAPSHOTS[1]),
        ("rds:StartExportTask", SNAPSHOTS[0]),
        ("rds:RemoveTagsFromResource", SNAPSHOTS[0]),
        *((f"rds:{change}DBInstance", DATABASES[0]) for change in ("Delete", "Modify", "Stop")),
        *((f"rds:{change}DBCluster", DATABASES[1]) for change in ("Delete", "Modify", "Stop")),
    ],
)
def test_no_snapshot_is_shared_restored_or_exported_and_no_database_changed(action: str, resource: str) -> None:
    assert not allows(action, of("rds", resource))


@pytest.mark.parametrize(
    "action",
    [
        "backup:DeleteBackupVaultLockConfiguration",
        "backup:DeleteRecoveryPoint",
        "backup:PutBackupVaultAccessPolicy",
        "backup:StartRestoreJob",
        "iam:PassRole",
        "s3:GetObject",
        "sts:AssumeRole",
    ],
)
def test_nothing_else_is_within_it(action: str) -> None:
    assert not allows(action)
    assert not allows(action, of("backup", f"backup-vault:{PREFIX}-recovery"))
    assert not allows(action, of("backup", "recovery-point:1"))


@pytest.mark.parametrize(
    "action", ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom"]
)
def test_keys_are_used_by_rds_only(action: str) -> None:
    for region in REGIONS:
        assert allows(action, KEY, ViaService=f"rds.{region}.amazonaws.com")
    assert not allows(action, KEY, ViaService="s3.us-east-1.amazonaws.com")
    assert not allows(action, KEY)


def test_keys_are_granted_to_services_of_aws_only() -> None:
    assert allows("kms:CreateGrant", KEY, GrantIsForAWSResource="true")
    assert not allows("kms:CreateGrant", KEY, GrantIsForAWSResource="false")
    assert not allows("kms:CreateGrant", KEY)


@pytest.mark.parametrize("action", ["kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"])
def test_no_key_is_changed(action: str) -> None:
    assert not allows(action, KEY, ViaService="rds.us-east-1.amazonaws.com", GrantIsForAWSResource="true")
