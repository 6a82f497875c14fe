"""Restore jobs: each creates an instance of RDS, or a cluster of DocumentDB without instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.core.exceptions import ServiceException
from moto.rds.models import rds_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.backup import events, listing
from emulator.services.backup.records import POINTS, RESTORE_JOBS, Job, JobFailedError, RecoveryPoint, new_id, size_of
from emulator.services.backup.resources import RDS
from emulator.services.backup.restore_metadata import read_metadata
from emulator.services.backup.rights import may_use_key, require_rights, require_role_of_call
from emulator.services.rds_restores import restore_cluster, restore_instance

if TYPE_CHECKING:
    from emulator.store import Shape

_KIND: Final = "Restore"


@operation("backup", "StartRestoreJob")
def start_restore(params: Shape, context: Context) -> Shape:
    """Restore one recovery point now.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartRestoreJob.html
    """
    point = context.table(POINTS).require(params["RecoveryPointArn"])
    name = "DBInstanceIdentifier" if point.resource_type == RDS else "DBClusterIdentifier"
    if not params["Metadata"].get(name):
        message = f"Metadata must have {name} to restore a resource of type {point.resource_type}."
        raise AwsError(code="InvalidParameterValueException", message=message)
    role = params.get("IamRoleArn") or ""
    require_role_of_call(role)
    job = run_restore(
        point,
        params["Metadata"],
        context,
        role=role,
        with_tags=bool(params.get("CopySourceTagsToRestoredResource")),
    )
    return {"RestoreJobId": job.shape["RestoreJobId"]}


@operation("backup", "DescribeRestoreJob")
def describe_job(params: Shape, context: Context) -> Shape:
    """Describe one job."""
    return context.table(RESTORE_JOBS).require(params["RestoreJobId"]).shape


@operation("backup", "ListRestoreJobs")
def list_jobs(params: Shape, context: Context) -> Shape:
    """List jobs, the newest first."""
    return listing.jobs("RestoreJobs", context.table(RESTORE_JOBS).values(), params)


def run_restore(
    point: RecoveryPoint, metadata: dict[str, str], context: Context, *, role: str, with_tags: bool = False
) -> Job:
    """Carry out a job, which is COMPLETED or FAILED when it returns; the caller has the lock."""
    id_ = new_id()
    job = Job(
        {
            "AccountId": context.account,
            "RestoreJobId": id_,
            "RecoveryPointArn": point.arn,
            "SourceResourceArn": point.resource_arn,
            "BackupVaultArn": point.vault.backup_vault_arn,
            "RecoveryPointCreationDate": point.created,
            "CreationDate": now(),
            "Status": "RUNNING",
            "PercentDone": "0.0",
            **size_of(point.resource_type),
            "IamRoleArn": role,
            "ResourceType": point.resource_type,
            "IsParent": False,
        },
        state="Status",
    )
    context.table(RESTORE_JOBS)[id_] = job
    events.send(_KIND, job.shape, [point.arn], context)
    try:
        created = _restore(point, metadata, context, role=role, with_tags=with_tags)
    except JobFailedError as error:
        job.finish("FAILED", str(error))
    except ServiceException as error:
        job.finish("FAILED", error.message)  # what RDS refuses
    else:
        point.restored = now()
        job.shape.update(CreatedResourceArn=created, PercentDone="100.0")
        job.finish("COMPLETED")
    events.send(_KIND, job.shape, [job.shape.get("CreatedResourceArn", point.arn)], context)
    return job


def _restore(point: RecoveryPoint, metadata: dict[str, str], context: Context, *, role: str, with_tags: bool) -> str:
    """Create the instance or cluster and return its ARN.

    Raises:
        JobFailedError: The rights of the role do not let it.
    """
    is_instance = point.resource_type == RDS
    backend: Any = context.backend(rds_backends)
    snapshot = point.snapshot
    name = metadata["DBInstanceIdentifier" if is_instance else "DBClusterIdentifier"]
    arn = context.arn(f"{'db' if is_instance else 'cluster'}:{name}", service="rds")
    actions = (
        ("rds:RestoreDBInstanceFromDBSnapshot", "rds:DescribeDBInstances", "rds:AddTagsToResource")
        if is_instance
        else ("rds:RestoreDBClusterFromSnapshot", "rds:DescribeDBClusters", "rds:AddTagsToResource")
    )
    require_rights(role, [(action, arn) for action in actions])
    key = snapshot.kms_key_id if snapshot.encrypted else None
    if key and not may_use_key(role, key):
        message = (
            f"The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
        )
        raise JobFailedError(message)
    wanted = read_metadata(metadata, is_instance=is_instance)
    tags = [{"Key": tag, "Value": value} for tag, value in point.tags.items()] if with_tags else []
    if is_instance:
        restored = restore_instance(
            backend, source=snapshot.database, held=snapshot.held, key=key, wanted=wanted, tags=tags
        )
        return str(restored.db_instance_arn)
    restored = restore_cluster(backend, source=snapshot.cluster, held=snapshot.held, key=key, wanted=wanted, tags=tags)
    return str(restored.db_cluster_arn)
