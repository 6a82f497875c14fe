"""Recovery points: lists, what a restore of one needs, and their deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.rds.models import rds_backends

from emulator.errors import AwsError
from emulator.permissions import role_actions
from emulator.registry import Context, operation
from emulator.services.backup import listing
from emulator.services.backup.records import POINTS, RecoveryPoint, size_of
from emulator.services.backup.resources import RDS
from emulator.services.backup.restore_metadata import metadata_of
from emulator.services.backup.vaults import find_vault, points_of, refuse_by_policy

if TYPE_CHECKING:
    from emulator.store import Shape

EXPIRED: Final = "EXPIRED"
"""The state of one that AWS Backup could not delete."""


@operation("backup", "ListRecoveryPointsByBackupVault")
def list_by_vault(params: Shape, context: Context) -> Shape:
    """List those of a vault, the newest first.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRecoveryPointsByBackupVault.html
    """
    plan = params.get("ByBackupPlanId")
    shapes = [point.shape() for point in reversed(points_of(find_vault(params["BackupVaultName"], context)))]
    found = [
        shape
        for shape in shapes
        if listing.passes(shape, params) and plan in {None, shape.get("CreatedBy", {}).get("BackupPlanId")}
    ]
    return listing.page("RecoveryPoints", found, params)


@operation("backup", "ListRecoveryPointsByResource")
def list_by_resource(params: Shape, context: Context) -> Shape:
    """List those of a resource in the caller's region, the newest first."""
    found = [one for one in context.table(POINTS).values() if one.resource_arn == params["ResourceArn"]]
    shapes = [
        {
            "RecoveryPointArn": point.arn,
            "CreationDate": point.created,
            "Status": point.status,
            **({"BackupSizeBytes": size["BackupSizeInBytes"]} if (size := size_of(point.resource_type)) else {}),
            "BackupVaultName": point.vault.backup_vault_name,
            "IsParent": False,
            "ResourceName": point.resource_name,
            "VaultType": "BACKUP_VAULT",
        }
        for point in reversed(found)
    ]
    return listing.page("RecoveryPoints", shapes, params)


@operation("backup", "ListProtectedResources")
def list_protected(params: Shape, context: Context) -> Shape:
    """List the resources that have a recovery point in the caller's region, with the newest one's time."""
    latest = {point.resource_arn: point for point in context.table(POINTS).values()}
    shapes = [
        {
            "ResourceArn": arn,
            "ResourceType": point.resource_type,
            "ResourceName": point.resource_name,
            "LastBackupTime": point.created,
            "LastBackupVaultArn": point.vault.backup_vault_arn,
            "LastRecoveryPointArn": point.arn,
        }
        for arn, point in latest.items()
    ]
    return listing.page("Results", shapes, params)


@operation("backup", "DescribeRecoveryPoint")
def describe(params: Shape, context: Context) -> Shape:
    """Describe one."""
    return _find(params, context).shape()


@operation("backup", "GetRecoveryPointRestoreMetadata")
def restore_metadata(params: Shape, context: Context) -> Shape:
    """Return the settings of the resource at the time of the backup, to be changed and sent to StartRestoreJob."""
    point = _find(params, context)
    return {
        "BackupVaultArn": point.vault.backup_vault_arn,
        "RecoveryPointArn": point.arn,
        "ResourceType": point.resource_type,
        "RestoreMetadata": metadata_of(point),
    }


@operation("backup", "UpdateRecoveryPointLifecycle")
def update_lifecycle(params: Shape, context: Context) -> Shape:
    """Change how long one is kept, if its vault has no lock.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRecoveryPointLifecycle.html
    """
    point = _find(params, context)
    _refuse_locked(point)
    refuse_by_policy(point.vault, "backup:UpdateRecoveryPointLifecycle", point.arn, context)
    point.lifecycle = params.get("Lifecycle") or {}
    shape = point.shape()
    members = ("BackupVaultArn", "RecoveryPointArn", "Lifecycle", "CalculatedLifecycle")
    return {name: shape[name] for name in members if name in shape}


@operation("backup", "DeleteRecoveryPoint")
def delete(params: Shape, context: Context) -> Shape:
    """Delete one with its snapshot, unless the lock or the policy of its vault denies it.

    AWS Backup deletes it with the role that made it. If that is gone or may not, the answer is the same, and it stays
    as EXPIRED until the role can.
    A lock prevents it from the beginning, not only from its date on, and in both modes.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteRecoveryPoint.html
    """
    point = _find(params, context)
    _refuse_locked(point)
    refuse_by_policy(point.vault, "backup:DeleteRecoveryPoint", point.arn, context)
    action = f"rds:DeleteDB{'' if point.resource_type == RDS else 'Cluster'}Snapshot"
    if not role_actions(point.role, (action,), point.arn):
        point.status = EXPIRED
        return {}
    del context.table(POINTS)[point.arn]
    point.vault.num_of_recovery_points -= 1
    backend = context.backend(rds_backends)
    name = point.arn[point.arn.index("awsbackup:") :]
    backend.database_snapshots.pop(name, None)
    backend.cluster_snapshots.pop(name, None)
    return {}


def _find(params: Shape, context: Context) -> RecoveryPoint:
    vault = find_vault(params["BackupVaultName"], context)
    point = context.table(POINTS).require(params["RecoveryPointArn"])
    if point.vault is not vault:
        message = f"Cannot find recovery point {point.arn} in vault {vault.backup_vault_name}."
        raise AwsError(code="ResourceNotFoundException", message=message)
    return point


def _refuse_locked(point: RecoveryPoint) -> None:
    if point.vault.locked:
        message = f"Recovery point {point.arn} cannot be changed or deleted: its vault has Backup Vault Lock."
        raise AwsError(code="InvalidRequestException", message=message)
