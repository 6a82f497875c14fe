"""The most that the role of AWS Backup may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.backup_names import BACKUP_SNAPSHOTS
from modules.policy import Condition, Statement

if TYPE_CHECKING:
    from modules.label import Label

_READ: Final = (
    "kms:DescribeKey",
    "rds:DescribeDB*",
    "tag:GetResources",
)
_SNAPSHOTS: Final = (
    "backup:CopyFromBackupVault",
    "rds:AddTagsToResource",
    "rds:CopyDB*Snapshot",
    "rds:CreateDB*Snapshot",
    "rds:DeleteDB*Snapshot",
    "rds:ListTagsForResource",
)
_KEY_USE: Final = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)
_VAULTS: Final = ("backup:CopyIntoBackupVault", "backup:DescribeBackupVault", "backup:TagResource")


def backup_limits(label: Label) -> tuple[Statement, ...]:
    """Allow snapshots of the databases of this environment, their copies, and the deletion of what AWS Backup made.

    No snapshot can be shared with another account, restored or exported, and no database changed. Keys are used by RDS
    on its behalf only; which ones is in the policy of the role.
    """
    own = tuple(f"{kind}:{label.prefix}-*" for kind in ("db", "cluster"))
    vaults = (f"backup-vault:{label.prefix}-*", "recovery-point:*")
    return (
        Statement(sid="AllowReading", actions=_READ, resources=("*",)),
        Statement(
            sid="AllowSnapshots",
            actions=_SNAPSHOTS,
            resources=tuple(label.arn("rds", resource, region="*") for resource in (*own, *BACKUP_SNAPSHOTS)),
        ),
        Statement(
            sid="AllowVaults",
            actions=_VAULTS,
            resources=tuple(label.arn("backup", resource, region="*") for resource in vaults),
        ),
        Statement(
            sid="AllowKeyUse",
            actions=_KEY_USE,
            resources=("*",),
            conditions=(Condition(operator="StringLike", key="kms:ViaService", values=("rds.*.amazonaws.com",)),),
        ),
        Statement(
            sid="AllowGrants",
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(Condition(operator="Bool", key="kms:GrantIsForAWSResource", values=("true",)),),
        ),
    )
