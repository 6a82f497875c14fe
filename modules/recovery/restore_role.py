"""The role with which AWS Backup restores copies in drills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.backup_names import BACKUP_SNAPSHOTS, RESTORE_GROUPS, RESTORE_ROLE, RESTORE_TESTS
from modules.boundary import Boundary
from modules.policy import Condition, Statement
from modules.recovery.snapshot_key import SNAPSHOT_KEY_ACTIONS
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from modules.label import Label


def create_restore_role(
    scope: Construct, id_: str, *, label: Label, key_arn: str, subnet_groups: Sequence[str]
) -> Role:
    """Create the role, with the part of AWS's own policy that is about RDS, restricted to the names of restore tests.

    What was restored is deleted by the service-linked role of restore testing, which AWS Backup makes itself; this one
    deletes what a failed restore has left.
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSServiceRolePolicyForBackupRestoreTesting.html

    Args:
        scope: The stack.
        id_: Its role in the stack.
        label: Names it; of the region in which copies are restored.
        key_arn: Of the key of the copies there, which what is restored is encrypted with, too.
        subnet_groups: The names of the groups of subnets that it may restore into.
    """
    role = Role(
        scope,
        id_,
        label=label,
        name=RESTORE_ROLE,
        description="AWS Backup restores copies of the databases in drills",
        service=ServicePrincipal.BACKUP,
        boundary=Boundary.RESTORE,
    )
    made = tuple(label.arn("rds", name) for name in RESTORE_TESTS)
    snapshots = tuple(label.arn("rds", name) for name in BACKUP_SNAPSHOTS)
    used = (*(f"subgrp:{group}" for group in subnet_groups), *RESTORE_GROUPS)
    via_rds = Condition(operator="StringEquals", key="kms:ViaService", values=(f"rds.{label.region}.amazonaws.com",))
    for_aws = Condition(operator="Bool", key="kms:GrantIsForAWSResource", values=("true",))
    role.add_to_policy(
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
                label.arn("rds", f"{kind}:*") for kind in ("cluster", "cluster-snapshot", "db", "snapshot")
            ),
        ),
        Statement(
            sid="RestoreDatabases",
            actions=("rds:RestoreDBClusterFromSnapshot", "rds:RestoreDBInstanceFromDBSnapshot"),
            resources=(*made, *snapshots, *(label.arn("rds", name) for name in used)),
        ),
        Statement(sid="ReadTags", actions=("rds:ListTagsForResource",), resources=(*made, *snapshots)),
        Statement(
            sid="ChangeRestored",
            actions=("rds:AddTagsToResource", "rds:DeleteDBCluster", "rds:DeleteDBInstance"),
            resources=made,
        ),
        Statement(sid="UseCopiesKey", actions=SNAPSHOT_KEY_ACTIONS, resources=(key_arn,), conditions=(via_rds,)),
        Statement(sid="DescribeCopiesKey", actions=("kms:DescribeKey",), resources=(key_arn,)),
        Statement(sid="GrantCopiesKey", actions=("kms:CreateGrant",), resources=(key_arn,), conditions=(for_aws,)),
    )
    return role
