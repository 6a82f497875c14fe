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
from emulator.services.backup.restore_rights import require_restore_rights
from emulator.services.backup.rights import require_role, require_role_of_call
from emulator.services.rds_networks import require_network
from emulator.services.rds_orderable import require_class
from emulator.services.rds_restores import restore_cluster, restore_instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Shape

KIND: Final = "Restore"


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
    tags = point.tags if params.get("CopySourceTagsToRestoredResource") else {}
    job = run_restore(point, params["Metadata"], context, role=role, tags=tags)
    return {"RestoreJobId": job.shape["RestoreJobId"]}


@operation("backup", "DescribeRestoreJob")
def describe_job(params: Shape, context: Context) -> Shape:
    """Describe one job."""
    return context.table(RESTORE_JOBS).require(params["RestoreJobId"]).shape


@operation("backup", "GetRestoreJobMetadata")
def get_metadata(params: Shape, context: Context) -> Shape:
    """Return with what a job restores.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetRestoreJobMetadata.html
    """
    job = context.table(RESTORE_JOBS).require(params["RestoreJobId"])
    return {"RestoreJobId": params["RestoreJobId"], "Metadata": job.metadata}


@operation("backup", "ListRestoreJobs")
def list_jobs(params: Shape, context: Context) -> Shape:
    """List jobs, the newest first."""
    plan = params.get("ByRestoreTestingPlanArn")
    found = [
        job
        for job in context.table(RESTORE_JOBS).values()
        if plan in {None, (job.shape.get("CreatedBy") or {}).get("RestoreTestingPlanArn")}
    ]
    return listing.jobs("RestoreJobs", found, params)


@operation("backup", "ListRestoreJobsByProtectedResource")
def list_jobs_of_resource(params: Shape, context: Context) -> Shape:
    """List the jobs that restored backups of a resource, the newest first.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRestoreJobsByProtectedResource.html
    """
    arn = params["ResourceArn"]
    found = [job for job in context.table(RESTORE_JOBS).values() if job.shape["SourceResourceArn"] == arn]
    # Its member ResourceArn is not the one by which other lists filter.
    return listing.jobs("RestoreJobs", found, params)


def run_restore(
    point: RecoveryPoint,
    metadata: Mapping[str, str],
    context: Context,
    *,
    role: str,
    tags: Mapping[str, str],
    plan: str | None = None,
) -> Job:
    """Carry out a job, which is COMPLETED or FAILED when it returns; the caller has the lock.

    Args:
        point: What is restored.
        metadata: With what, by the names of StartRestoreJob.
        context: The account and region.
        role: Whose rights it has.
        tags: Those of the new database.
        plan: The ARN of the restore testing plan that starts it.
    """
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
            **({"CreatedBy": {"RestoreTestingPlanArn": plan}} if plan else {}),
        },
        state="Status",
        metadata=dict(metadata),
    )
    context.table(RESTORE_JOBS)[id_] = job
    events.send(KIND, job.shape, [point.arn], context)
    try:
        require_role(role)
        created = _restore(point, metadata, context, role=role, tags=tags)
    except JobFailedError as error:
        job.finish("FAILED", str(error))
    except ServiceException as error:
        job.finish("FAILED", error.message)  # what RDS refuses
    else:
        point.restored = now()
        job.shape.update(CreatedResourceArn=created, PercentDone="100.0")
        job.finish("COMPLETED")
    events.send(KIND, job.shape, [point.arn], context)
    return job


def _restore(
    point: RecoveryPoint, metadata: Mapping[str, str], context: Context, *, role: str, tags: Mapping[str, str]
) -> str:
    """Create the instance or cluster and return its ARN.

    Raises:
        JobFailedError: The rights of the role do not let it.
        ServiceException: RDS refuses it.
    """
    is_instance = point.resource_type == RDS
    backend: Any = context.backend(rds_backends)
    snapshot = point.snapshot
    wanted = read_metadata(metadata, is_instance=is_instance)
    require_restore_rights(point, metadata, context, role=role)
    source = snapshot.database if is_instance else snapshot.cluster
    require_network(wanted.get("db_subnet_group_name"), wanted.get("vpc_security_group_ids") or (), context)
    if is_instance:
        require_class(source.engine, wanted.get("db_instance_class"), source.engine_version)
    settings: dict[str, Any] = {
        "source": source,
        "held": snapshot.held,
        "key": snapshot.kms_key_id if snapshot.encrypted else None,
        "wanted": wanted,
        "tags": [{"Key": name, "Value": value} for name, value in tags.items()],
    }
    if not is_instance:
        return str(restore_cluster(backend, **settings).db_cluster_arn)
    restored = restore_instance(backend, **settings)
    restored.status = "available"  # the job is COMPLETED when it is
    return str(restored.db_instance_arn)
