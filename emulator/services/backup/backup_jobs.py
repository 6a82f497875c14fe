"""Backup jobs: each takes a snapshot with the rights of its role, and is done at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.backup.models import backup_backends
from moto.rds.models import rds_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.backup import events, listing
from emulator.services.backup.records import (
    BACKUP_JOBS,
    POINTS,
    Job,
    JobFailedError,
    RecoveryPoint,
    new_id,
    size_of,
)
from emulator.services.backup.resources import RDS, Resource, find_resource
from emulator.services.backup.rights import (
    may_use_key,
    require_description,
    require_rights,
    require_role,
    require_role_of_call,
)
from emulator.services.backup.vaults import find_vault, require_retention
from emulator.services.rds_snapshots import Held

if TYPE_CHECKING:
    from emulator.store import Shape

_KEPT_STATES: Final = frozenset({"available", "creating", "modifying", "storage-optimization"})
_KIND: Final = "Backup"


@operation("backup", "StartBackupJob")
def start_backup(params: Shape, context: Context) -> Shape:
    """Back up one resource now.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html
    """
    find_vault(params["BackupVaultName"], context)
    resource = find_resource(params["ResourceArn"])
    if resource is None or not context.owns(resource.arn):
        message = f"Resource {params['ResourceArn']} does not exist, or the emulator does not back up its type."
        raise AwsError(code="InvalidParameterValueException", message=message)
    require_role_of_call(params["IamRoleArn"])
    job = run_backup(
        resource,
        params["BackupVaultName"],
        context,
        role=params["IamRoleArn"],
        lifecycle=params.get("Lifecycle") or {},
        tags=params.get("RecoveryPointTags") or {},
    )
    shape = job.shape
    return {name: shape[name] for name in ("BackupJobId", "RecoveryPointArn", "CreationDate") if name in shape}


@operation("backup", "DescribeBackupJob")
def describe_job(params: Shape, context: Context) -> Shape:
    """Describe one job."""
    return context.table(BACKUP_JOBS).require(params["BackupJobId"]).shape


@operation("backup", "ListBackupJobs")
def list_jobs(params: Shape, context: Context) -> Shape:
    """List jobs, the newest first."""
    return listing.jobs("BackupJobs", context.table(BACKUP_JOBS).values(), params)


def run_backup(
    resource: Resource,
    vault_name: str,
    context: Context,
    *,
    role: str,
    lifecycle: Shape,
    tags: dict[str, str],
    created_by: Shape | None = None,
) -> Job:
    """Carry out a job, which is COMPLETED or FAILED when it returns; the caller has the lock."""
    id_ = new_id()
    job = Job(
        {
            "AccountId": context.account,
            "BackupJobId": id_,
            "BackupVaultName": vault_name,
            "BackupVaultArn": context.arn(f"backup-vault:{vault_name}", service="backup"),
            "ResourceArn": resource.arn,
            "ResourceType": resource.type,
            "ResourceName": resource.name,
            "CreationDate": now(),
            "State": "RUNNING",
            "IamRoleArn": role,
            **size_of(resource.type),
            "PercentDone": "0.0",
            "IsParent": False,
            **({"CreatedBy": created_by} if created_by else {}),
        }
    )
    context.table(BACKUP_JOBS)[id_] = job
    events.send(_KIND, job.shape, [resource.arn], context)
    try:
        vault = _require_vault(vault_name, context)
        point = _take(resource, vault, id_, role=role, lifecycle=lifecycle, tags=tags, created_by=created_by or {})
    except JobFailedError as error:
        job.finish("FAILED", str(error), error.category)
    else:
        context.table(POINTS)[point.arn] = point
        vault.num_of_recovery_points += 1
        job.shape.update(
            RecoveryPointArn=point.arn,
            PercentDone="100.0",
            IsEncrypted=bool(point.snapshot.encrypted),
            RecoveryPointLifecycle=lifecycle,
        )
        job.finish("COMPLETED")
    events.send(_KIND, job.shape, [job.shape.get("RecoveryPointArn", resource.arn)], context)
    return job


def _require_vault(name: str, context: Context) -> Any:
    vault = context.backend(backup_backends).vaults.get(name)
    if vault is None:
        message = f"Backup vault {name} does not exist."
        raise JobFailedError(message)
    return vault


def _take(
    resource: Resource,
    vault: Any,
    id_: str,
    *,
    role: str,
    lifecycle: Shape,
    tags: dict[str, str],
    created_by: Shape,
) -> RecoveryPoint:
    """Take the snapshot.

    Without rights for the database's key, the job succeeds and nothing is in the backup, which only a restore shows:
    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html

    Raises:
        JobFailedError: The lock of the vault, the rights of the role or the state of the resource do not let it.
    """
    require_retention(vault, lifecycle)
    require_role(role)
    is_instance = resource.type == RDS
    kind = "DBSnapshot" if is_instance else "DBClusterSnapshot"
    name = f"awsbackup:job-{id_.lower()}"
    place = resource.arn.rpartition(":")[0].rpartition(":")[0]
    arn = f"{place}:{'' if is_instance else 'cluster-'}snapshot:{name}"
    require_description(role, f"rds:Describe{'DBInstances' if is_instance else 'DBClusters'}", resource.arn)
    require_rights(
        role,
        (
            ("rds:ListTagsForResource", resource.arn),
            (f"rds:Create{kind}", resource.arn),
            (f"rds:Create{kind}", arn),
            ("rds:AddTagsToResource", arn),
            (f"rds:Describe{kind}s", arn),
        ),
    )
    database = resource.database
    if database.status not in _KEPT_STATES:
        message = f"{resource.type} {resource.name} is not in the available state: it is {database.status}."
        raise JobFailedError(message)
    snapshot = _snapshot(resource, name, {**resource.tags, **tags})
    is_readable = resource.key is None or may_use_key(role, resource.key)
    if not is_readable:
        snapshot.held = Held(None, snapshot.held.password)
    return RecoveryPoint(
        arn=arn,
        vault=vault,
        resource_arn=resource.arn,
        resource_type=resource.type,
        resource_name=resource.name,
        snapshot=snapshot,
        role=role,
        is_empty=not is_readable,
        lifecycle=lifecycle,
        created_by=created_by,
        tags={**resource.tags, **tags},
    )


def _snapshot(resource: Resource, name: str, tags: dict[str, str]) -> Any:
    database = resource.database
    backend = rds_backends[database.account_id][database.region]
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    if resource.type == RDS:
        return backend.create_db_snapshot(resource.name, name, snapshot_type="awsbackup", tags=listed)
    return backend.create_db_cluster_snapshot(resource.name, name, snapshot_type="awsbackup", tags=listed)
