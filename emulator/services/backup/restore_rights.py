"""The rights that the role of a restore job needs.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html has the
actions, and https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html what each is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.services.backup.records import JobFailedError
from emulator.services.backup.resources import RDS
from emulator.services.backup.rights import may_use_key, require_rights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.registry import Context
    from emulator.services.backup.records import RecoveryPoint


def require_restore_rights(point: RecoveryPoint, metadata: Mapping[str, str], context: Context, *, role: str) -> None:
    """Require what a role needs to restore a recovery point, also for its KMS key.

    Raises:
        JobFailedError: The role lacks a right.
    """
    require_rights(role, _rights(point, metadata, context))
    snapshot = point.snapshot
    key = snapshot.kms_key_id if snapshot.encrypted else None
    if key and not may_use_key(role, key):
        message = (
            f"The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
        )
        raise JobFailedError(message)


def _rights(point: RecoveryPoint, metadata: Mapping[str, str], context: Context) -> Iterator[tuple[str, str]]:
    if point.resource_type == RDS:
        start, name, describe = "rds:RestoreDBInstanceFromDBSnapshot", "DBInstanceIdentifier", "DBInstances"
        new, groups = "db", {"pg": "DBParameterGroupName", "og": "OptionGroupName"}
        family = f"{point.snapshot.database.engine}{_major(point.snapshot.database.engine_version)}"
        defaults = {"pg": f"default.{family}", "og": f"default:{family.replace('postgres', 'postgres-')}"}
    else:
        start, name, describe = "rds:RestoreDBClusterFromSnapshot", "DBClusterIdentifier", "DBClusters"
        new, groups = "cluster", {"cluster-pg": "DBClusterParameterGroupName"}
        defaults = {"cluster-pg": f"default.docdb{'.'.join(point.snapshot.cluster.engine_version.split('.')[:2])}"}
    arn = context.arn(f"{new}:{metadata[name]}", service="rds")
    subnets = metadata.get("DBSubnetGroupName") or "default"
    yield start, arn
    yield start, point.arn
    yield start, context.arn(f"subgrp:{subnets}", service="rds")
    for kind, member in groups.items():
        yield start, context.arn(f"{kind}:{metadata.get(member) or defaults[kind]}", service="rds")
    yield "rds:AddTagsToResource", arn
    yield f"rds:Describe{describe}", arn


def _major(version: str) -> str:
    return str(version).partition(".")[0]
