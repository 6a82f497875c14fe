"""The role with which AWS Backup makes, copies and deletes snapshots of the databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.backup_names import BACKUP_ROLE, BACKUP_SNAPSHOTS, backup_tag
from modules.boundary import Boundary
from modules.policy import Condition, Statement
from modules.recovery.backup_vault import vault_arn
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from modules.label import Label

_KEY_USE: Final = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What RDS, on behalf of the role, does with the keys of a snapshot and of its copy.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
"""
_RESOURCE_TAG: Final = "aws:ResourceTag/"
_FOR_AWS: Final = Condition(operator="Bool", key="kms:GrantIsForAWSResource", values=("true",))


def create_backup_role(
    scope: Construct, id_: str, *, label: Label, key_arn: str, copies_region: str | None, copies_key_alias: str
) -> Role:
    """Create the role, with the part of AWS's own policy that is about RDS, restricted to this environment.

    Without rights for the keys of the databases, and of the vault that receives the copies, a job succeeds and backs up
    nothing: https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    The whole policy: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html

    Args:
        scope: The stack.
        id_: Its role in the stack.
        label: Names it.
        key_arn: The key of the databases.
        copies_region: Where the copies are; None if there are none.
        copies_key_alias: The alias of the key of the vault there.
    """
    role = Role(
        scope,
        id_,
        label=label,
        name=BACKUP_ROLE,
        description="AWS Backup makes, copies and deletes backups of the databases",
        service=ServicePrincipal.BACKUP,
        boundary=Boundary.BACKUP,
    )
    regions = [label.region, *([copies_region] if copies_region else [])]
    services = tuple(f"rds.{region}.amazonaws.com" for region in regions)
    via_rds = Condition(operator="StringEquals", key="kms:ViaService", values=services)
    role.add_to_policy(
        *_snapshot_statements(label, regions),
        Statement(sid="UseDatabaseKey", actions=_KEY_USE, resources=(key_arn,), conditions=(via_rds,)),
        Statement(sid="DescribeDatabaseKey", actions=("kms:DescribeKey",), resources=(key_arn,)),
        Statement(sid="GrantDatabaseKey", actions=("kms:CreateGrant",), resources=(key_arn,), conditions=(_FOR_AWS,)),
    )
    if copies_region:
        # A policy cannot name a key by its alias, which is all that is known of one in another region.
        keys = (label.arn("kms", "key/*", region=copies_region),)
        alias = Condition(operator="ForAnyValue:StringEquals", key="kms:ResourceAliases", values=(copies_key_alias,))
        role.add_to_policy(
            Statement(sid="UseCopiesKey", actions=_KEY_USE, resources=keys, conditions=(via_rds, alias)),
            Statement(sid="DescribeCopiesKey", actions=("kms:DescribeKey",), resources=keys, conditions=(alias,)),
            Statement(sid="GrantCopiesKey", actions=("kms:CreateGrant",), resources=keys, conditions=(_FOR_AWS, alias)),
        )
    return role


def _snapshot_statements(label: Label, regions: Sequence[str]) -> tuple[Statement, ...]:
    databases = tuple(label.arn("rds", f"{kind}:{label.prefix}-*") for kind in ("db", "cluster"))
    snapshots = tuple(label.arn("rds", name, region=region) for region in regions for name in BACKUP_SNAPSHOTS)
    points = tuple(label.arn("backup", "recovery-point:*", region=region) for region in regions)
    # AWS Backup copies the tags of a database to its backups, and those of a backup to its copies in other regions:
    # https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
    tagged = tuple(
        Condition(operator="StringEquals", key=f"{_RESOURCE_TAG}{key}", values=(value,))
        for key, value in backup_tag(label).items()
    )
    return (
        Statement(sid="FindTags", actions=("tag:GetResources",), resources=("*",)),
        # Of any name: a call that lists has no name, so IAM compares it with `db:*`.
        Statement(
            sid="DescribeDatabases",
            actions=(
                "rds:DescribeDBClusterSnapshots",
                "rds:DescribeDBClusters",
                "rds:DescribeDBInstances",
                "rds:DescribeDBSnapshots",
            ),
            resources=tuple(
                label.arn("rds", f"{kind}:*", region=region)
                for region in regions
                for kind in ("cluster", "cluster-snapshot", "db", "snapshot")
            ),
        ),
        Statement(
            sid="MakeSnapshots",
            actions=(
                "rds:AddTagsToResource",
                "rds:CreateDBClusterSnapshot",
                "rds:CreateDBSnapshot",
                "rds:ListTagsForResource",
            ),
            resources=(*databases, *snapshots),
        ),
        # Without the tag, which a snapshot lacks until it is made; those of others have keys that the role cannot use.
        Statement(
            sid="CopySnapshots",
            actions=("backup:CopyFromBackupVault", "rds:CopyDBClusterSnapshot", "rds:CopyDBSnapshot"),
            resources=snapshots,
        ),
        Statement(
            sid="DeleteSnapshots",
            actions=("rds:DeleteDBClusterSnapshot", "rds:DeleteDBSnapshot"),
            resources=snapshots,
            conditions=tagged,
        ),
        Statement(
            sid="UseVaults",
            actions=("backup:CopyIntoBackupVault", "backup:DescribeBackupVault"),
            resources=tuple(vault_arn(label, region=region) for region in regions),
        ),
        Statement(sid="TagBackups", actions=("backup:TagResource",), resources=points),
    )
