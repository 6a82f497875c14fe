"""What the lock and the policy of a vault refuse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto.backup.models import backup_backends

from emulator.registry import REGISTRY
from emulator.services.backup.records import POINTS
from tests.emulator.services.backup import HOME, Backups, make

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client


@pytest.fixture(scope="module")
def backups(client: Client, emulator: Emulator) -> Backups:
    return make(client, emulator, "700000000306")


def test_a_lock_decides_about_retention_and_deletion(backups: Backups) -> None:
    backup, role = backups.service("backup"), backups.role("locker")
    arn = backups.instance("locked")
    backup.create_backup_vault(BackupVaultName="safe")
    backup.put_backup_vault_lock_configuration(BackupVaultName="safe", MinRetentionDays=7, MaxRetentionDays=30)
    kept = backup.start_backup_job(
        BackupVaultName="safe", ResourceArn=arn, IamRoleArn=role, Lifecycle={"DeleteAfterDays": 7}
    )["RecoveryPointArn"]

    for lifecycle in ({"DeleteAfterDays": 6}, {"DeleteAfterDays": 31}, {}):
        started = backup.start_backup_job(BackupVaultName="safe", ResourceArn=arn, IamRoleArn=role, Lifecycle=lifecycle)
        job = backup.describe_backup_job(BackupJobId=started["BackupJobId"])
        assert (job["State"], "does not fit Backup Vault Lock of safe" in job["StatusMessage"]) == ("FAILED", True)
    with pytest.raises(ClientError, match=r"cannot be changed or deleted: its vault has Backup Vault Lock"):
        backup.delete_recovery_point(BackupVaultName="safe", RecoveryPointArn=kept)
    with pytest.raises(ClientError, match="Backup Vault Lock"):
        backup.update_recovery_point_lifecycle(
            BackupVaultName="safe", RecoveryPointArn=kept, Lifecycle={"DeleteAfterDays": 8}
        )
    with pytest.raises(ClientError, match="cannot be deleted because it contains recovery points"):
        backup.delete_backup_vault(BackupVaultName="safe")
    backup.delete_backup_vault_lock_configuration(BackupVaultName="safe")
    backup.delete_recovery_point(BackupVaultName="safe", RecoveryPointArn=kept)
    backup.delete_backup_vault(BackupVaultName="safe")


def test_a_lock_in_compliance_mode_cannot_be_lifted_after_its_date(backups: Backups) -> None:
    backup = backups.service("backup")
    backup.create_backup_vault(BackupVaultName="sealed")
    backup.put_backup_vault_lock_configuration(BackupVaultName="sealed", MinRetentionDays=1, ChangeableForDays=3)
    vault = backup_backends[backups.account][HOME].vaults["sealed"]
    assert vault.lock_date
    vault.lock_date -= 3 * 24 * 3600

    with pytest.raises(ClientError, match="immutable and cannot be deleted"):
        backup.delete_backup_vault_lock_configuration(BackupVaultName="sealed")
    with pytest.raises(ClientError, match="immutable and cannot be modified"):
        backup.put_backup_vault_lock_configuration(BackupVaultName="sealed", MinRetentionDays=2)


def test_the_policy_of_a_vault_denies_deletion_to_everybody(backups: Backups) -> None:
    backup = backups.service("backup")
    backup.create_backup_vault(BackupVaultName="denied")
    denial = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
    backup.put_backup_vault_access_policy(
        BackupVaultName="denied", Policy=json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    )
    point = backup.start_backup_job(
        BackupVaultName="denied", ResourceArn=backups.instance("guarded"), IamRoleArn=backups.role("guard")
    )["RecoveryPointArn"]

    with pytest.raises(ClientError, match=r"AccessDeniedException.*Insufficient privileges"):
        backup.delete_recovery_point(BackupVaultName="denied", RecoveryPointArn=point)


@pytest.mark.parametrize(
    ("members", "denied"),
    [
        ({"Condition": {"StringNotEquals": {"aws:userId": "AIDAEXAMPLE"}}}, True),
        ({"Condition": {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalAccount": "700000000306"}}}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, False),
        ({"Principal": {"AWS": "arn:aws:iam::700000000306:root"}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::700000000306:role/another"}}, False),
        ({"Resource": "arn:aws:rds:*:*:snapshot:awsbackup:*"}, True),
        ({"Resource": "arn:aws:ec2:*::snapshot/*"}, False),
    ],
)
def test_a_denial_counts_with_its_conditions_and_resources(
    backups: Backups, members: dict[str, Any], *, denied: bool
) -> None:
    backup = backups.service("backup")
    table = REGISTRY.store.table(POINTS, backups.account, HOME)
    point = next((arn for arn, one in table.items() if one.vault.backup_vault_name == "backups"), None)
    if point is None:
        point = backups.back_up(backups.instance("shielded"), backups.role("shield"))["RecoveryPointArn"]
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "backup:UpdateRecoveryPointLifecycle",
        "Resource": "*",
        **members,
    }
    backup.put_backup_vault_access_policy(
        BackupVaultName="backups", Policy=json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    )
    lifecycle = {"BackupVaultName": "backups", "RecoveryPointArn": point, "Lifecycle": {"DeleteAfterDays": 9}}
    if denied:
        with pytest.raises(ClientError, match="AccessDeniedException"):
            backup.update_recovery_point_lifecycle(**lifecycle)
    else:
        backup.update_recovery_point_lifecycle(**lifecycle)


@pytest.mark.parametrize("gone", ["role", "right"])
def test_a_backup_whose_role_cannot_delete_it_stays_as_expired(backups: Backups, gone: str) -> None:
    backup, iam = backups.service("backup"), backups.service("iam")
    name, vault = f"deleter-{gone}", f"stays-{gone}"
    role = backups.role(name)
    backup.create_backup_vault(BackupVaultName=vault)
    arn = backups.instance(f"last-{gone}")
    point = backup.start_backup_job(BackupVaultName=vault, ResourceArn=arn, IamRoleArn=role)["RecoveryPointArn"]
    iam.delete_role_policy(RoleName=name, PolicyName=name)
    if gone == "role":
        iam.delete_role(RoleName=name)

    backup.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=point)

    assert backup.describe_recovery_point(BackupVaultName=vault, RecoveryPointArn=point)["Status"] == "EXPIRED"
    with pytest.raises(ClientError, match="cannot be deleted because it contains recovery points"):
        backup.delete_backup_vault(BackupVaultName=vault)
    if gone == "role":
        assert backups.role(name) == role
        backup.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=point)
        backup.delete_backup_vault(BackupVaultName=vault)


def test_the_policy_of_a_vault_can_deny_its_own_update_and_not_its_deletion(backups: Backups) -> None:
    backup = backups.service("backup")
    backup.create_backup_vault(BackupVaultName="settled")
    denial = {"Effect": "Deny", "Principal": "*", "Action": "backup:PutBackupVaultAccessPolicy", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    backup.put_backup_vault_access_policy(BackupVaultName="settled", Policy=policy)

    with pytest.raises(ClientError, match=r"AccessDeniedException.*Insufficient privileges"):
        backup.put_backup_vault_access_policy(BackupVaultName="settled", Policy=policy)
    backup.delete_backup_vault_access_policy(BackupVaultName="settled")
    backup.put_backup_vault_access_policy(BackupVaultName="settled", Policy=policy)
