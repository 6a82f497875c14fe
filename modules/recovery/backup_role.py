"""The role with which AWS Backup makes, copies and deletes snapshots of the databases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from modules.backup_names import BACKUP_ROLE, BACKUP_SNAPSHOTS, backup_tag
from modules.boundary import Boundary
from modules.policy import Condition, Statement
from modules.recovery.backup_vault import vault_arn
from modules.recovery.snapshot_key import SNAPSHOT_KEY_ACTIONS
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from modules.label import Label

_RESOURCE_TAG: Final = "aws:ResourceTag/"
_FOR_AWS: Final = Condition(operator="Bool", key="kms:GrantIsForAWSResource", values=("true",))


@dataclass(frozen=True, kw_only=True)
class BackupKey:
    """A key that the role uses: by its ARN, or by its alias if another stack has it."""

    resource: str
    conditions: tuple[Condition, ...] = ()

    @staticmethod
    def of(arn: str) -> BackupKey:
        """The key with an ARN."""
        return BackupKey(resource=arn)

    @staticmethod
    def named(label: Label, alias: str) -> BackupKey:
        """The key with an alias in the region of `label`; a policy cannot name it but by a condition.

        The right takes effect up to five minutes after the alias:
        https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
        """
        has_alias = Condition(operator="ForAnyValue:StringEquals", key="kms:ResourceAliases", values=(alias,))
        return BackupKey(resource=label.arn("kms", "key/*"), conditions=(has_alias,))


def backup_role_arn(label: Label) -> str:
    """ARN of the role that a stack with `label` makes, for a stack that reads no state of it."""
    return label.arn("iam", f"role/{label.role_name(BACKUP_ROLE)}", region="")


def create_backup_role(
    scope: Construct,
    id_: str,
    *,
    label: Label,
    databases_key: BackupKey,
    copies_key: BackupKey | None,
) -> Role:
    """Create the role, with the part of AWS's own policy that is about RDS, restricted to this environment.

    AWS Backup deletes a backup and its copies with the role that made them. If that is gone, they stay as EXPIRED, and
    their vault cannot be destroyed. So the role is in the stack that is destroyed last, and both vaults come after it:
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteRecoveryPoint.html
    https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-iam.html

    Without rights for the keys of the databases, and of the vault that receives the copies, a job succeeds and backs up
    nothing: https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    The whole policy: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html

    Args:
        scope: The stack.
        id_: Its role in the stack.
        label: Names it; its region is that of the copies, if there are any.
        databases_key: The key of the databases, in the environment's own region.
        copies_key: The key of the vault in the region of `label`; None if there are no copies.
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
    home = label.in_home_region()
    regions = [home.region, *([label.region] if copies_key else [])]
    services = tuple(f"rds.{region}.amazonaws.com" for region in regions)
    via_rds = Condition(operator="StringEquals", key="kms:ViaService", values=services)
    role.add_to_policy(
        *_snapshot_statements(home, regions),
        *_key_statements("Database", databases_key, via_rds),
        *(_key_statements("Copies", copies_key, via_rds) if copies_key else ()),
    )
    return role


def _key_statements(name: str, key: BackupKey, via_rds: Condition) -> tuple[Statement, ...]:
    keys, has_alias = (key.resource,), key.conditions
    return (
        Statement(sid=f"Use{name}Key", actions=SNAPSHOT_KEY_ACTIONS, resources=keys, conditions=(via_rds, *has_alias)),
        Statement(sid=f"Describe{name}Key", actions=("kms:DescribeKey",), resources=keys, conditions=has_alias),
        Statement(
            sid=f"Grant{name}Key", actions=("kms:CreateGrant",), resources=keys, conditions=(_FOR_AWS, *has_alias)
        ),
    )


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
