"""Copy jobs: into a vault of this or another region, encrypted with the key of that vault."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends

from emulator.arns import parse_arn
from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import REGISTRY, Context, operation
from emulator.services.backup import events, listing
from emulator.services.backup.records import COPY_JOBS, POINTS, Job, JobFailedError, RecoveryPoint, new_id, size_of
from emulator.services.backup.resources import RDS
from emulator.services.backup.rights import may_use_key, require_rights, require_role, require_role_of_call
from emulator.services.backup.vaults import find_destination, find_vault, refuse_by_policy, require_retention
from emulator.services.rds_snapshots import copy_snapshot

if TYPE_CHECKING:
    from emulator.store import Shape

_KIND: Final = "Copy"


@operation("backup", "StartCopyJob")
def start_copy(params: Shape, context: Context) -> Shape:
    """Copy one recovery point now.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartCopyJob.html
    """
    vault = find_vault(params["SourceBackupVaultName"], context)
    point = context.table(POINTS).require(params["RecoveryPointArn"])
    if point.vault is not vault:
        message = f"Cannot find recovery point {point.arn} in vault {vault.backup_vault_name}."
        raise AwsError(code="ResourceNotFoundException", message=message)
    refuse_by_policy(vault, "backup:CopyFromBackupVault", point.arn, context)
    require_role_of_call(params["IamRoleArn"])
    job = run_copy(
        point,
        params["DestinationBackupVaultArn"],
        context,
        role=params["IamRoleArn"],
        lifecycle=params.get("Lifecycle") or {},
    )
    return {"CopyJobId": job.shape["CopyJobId"], "CreationDate": job.shape["CreationDate"], "IsParent": False}


@operation("backup", "DescribeCopyJob")
def describe_job(params: Shape, context: Context) -> Shape:
    """Describe one job."""
    return {"CopyJob": context.table(COPY_JOBS).require(params["CopyJobId"]).shape}


@operation("backup", "ListCopyJobs")
def list_jobs(params: Shape, context: Context) -> Shape:
    """List jobs, the newest first."""
    return listing.jobs("CopyJobs", context.table(COPY_JOBS).values(), params)


def run_copy(
    point: RecoveryPoint,
    destination: str,
    context: Context,
    *,
    role: str,
    lifecycle: Shape,
    created_by: Shape | None = None,
    backup_job: str | None = None,
) -> Job:
    """Carry out a job, which is COMPLETED or FAILED when it returns; the caller has the lock."""
    id_ = new_id()
    job = Job(
        {
            "AccountId": context.account,
            "CopyJobId": id_,
            "SourceBackupVaultArn": point.vault.backup_vault_arn,
            "SourceRecoveryPointArn": point.arn,
            "DestinationBackupVaultArn": destination,
            "ResourceArn": point.resource_arn,
            "ResourceType": point.resource_type,
            "ResourceName": point.resource_name,
            "CreationDate": now(),
            "State": "RUNNING",
            "IamRoleArn": role,
            **size_of(point.resource_type),
            "IsParent": False,
            **({"CreatedBy": created_by} if created_by else {}),
            **({"CreatedByBackupJobId": backup_job} if backup_job else {}),
        }
    )
    context.table(COPY_JOBS)[id_] = job
    events.send(_KIND, job.shape, [point.arn], context)
    try:
        copy = _copy(point, destination, id_, role=role, lifecycle=lifecycle, created_by=created_by or {})
    except JobFailedError as error:
        job.finish("FAILED", str(error), error.category)
    else:
        job.shape.update(
            DestinationRecoveryPointArn=copy.arn,
            DestinationRecoveryPointLifecycle=lifecycle,
        )
        job.finish("COMPLETED")
    events.send(_KIND, job.shape, [job.shape.get("DestinationRecoveryPointArn", point.arn)], context)
    return job


def _copy(
    point: RecoveryPoint, destination: str, id_: str, *, role: str, lifecycle: Shape, created_by: Shape
) -> RecoveryPoint:
    """Copy the snapshot.

    Raises:
        JobFailedError: The other vault or its lock, or the rights of the role, do not let it.
    """
    vault = find_destination(destination)
    require_retention(vault, lifecycle)
    require_role(role)
    target, source = parse_arn(destination), parse_arn(point.arn)
    assert target is not None  # noqa: S101  the vault was found by it
    assert source is not None  # noqa: S101  the emulator made it
    is_instance = point.resource_type == RDS
    kind = "DBSnapshot" if is_instance else "DBClusterSnapshot"
    name = f"awsbackup:copyjob-{id_.lower()}"
    arn = f"arn:aws:rds:{target.region}:{target.account}:{source.resource.partition(':')[0]}:{name}"
    require_rights(
        role,
        (
            ("backup:CopyFromBackupVault", point.arn),
            ("backup:CopyIntoBackupVault", vault.backup_vault_arn),
            (f"rds:Copy{kind}", point.arn),
            (f"rds:Copy{kind}", arn),
            ("rds:AddTagsToResource", arn),
            (f"rds:Describe{kind}s", arn),
        ),
    )
    key = _key(vault, point, target.region)
    if key and not may_use_key(role, key):
        # RDS refuses the copy: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
        message = (
            f"The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
        )
        raise JobFailedError(message, category="AccessDenied")
    snapshot = copy_snapshot(rds_backends[target.account][target.region], point.snapshot, name, key=key)
    copy = dataclasses.replace(
        point,
        arn=arn,
        vault=vault,
        snapshot=snapshot,
        role=role,
        lifecycle=lifecycle,
        created_by=created_by,
        source_vault_arn=point.vault.backup_vault_arn,
        initiated=now(),
        completed=now(),
        restored=None,
        status="COMPLETED",
    )
    REGISTRY.store.table(POINTS, target.account, target.region)[arn] = copy
    vault.num_of_recovery_points += 1
    return copy


def _key(vault: Any, point: RecoveryPoint, region: str) -> str | None:
    """The key of the copy of an encrypted snapshot: the vault's own, in another region also AWS's key of backups.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    if not point.snapshot.encrypted:
        return None
    default = f"arn:aws:kms:{region}:{point.snapshot.account_id}:alias/aws/backup"
    return str(vault.encryption_key_arn or default)
