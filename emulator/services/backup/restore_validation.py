"""The validation of restore tests, and the deletion of what they restored.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.core.exceptions import ServiceException
from moto.rds.models import rds_backends

from emulator.databases.servers import SERVERS
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.backup import events
from emulator.services.backup.records import RESTORE_JOBS, Job
from emulator.services.backup.resources import find_resource
from emulator.services.backup.restore_jobs import KIND
from emulator.services.backup.restore_overrides import PREFIX

if TYPE_CHECKING:
    from emulator.store import Shape

VALIDATING: Final = "VALIDATING"
TIMED_OUT: Final = "TIMED_OUT"


@operation("backup", "PutRestoreValidationResult")
def put_result(params: Shape, context: Context) -> Shape:
    """Keep the result of a restore test's validation, and delete what it restored unless it is still VALIDATING.

    AWS documents the states and that the request can be refused, and not the texts.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutRestoreValidationResult.html
    """
    job = context.table(RESTORE_JOBS).require(params["RestoreJobId"])
    if problem := _problem(job):
        raise AwsError(code="InvalidRequestException", message=f"Restore job {params['RestoreJobId']} {problem}")
    job.shape["ValidationStatus"] = params["ValidationStatus"]
    if message := params.get("ValidationStatusMessage"):
        job.shape["ValidationStatusMessage"] = message
    if params["ValidationStatus"] != VALIDATING:
        clean_up(job, context)
    events.send(KIND, job.shape, [job.shape["RecoveryPointArn"]], context)
    return {}


def close_window(job: Job, context: Context) -> None:
    """End the time in which a restore test can be validated, if it has not been."""
    if is_open(job):
        job.shape["ValidationStatus"] = TIMED_OUT
        clean_up(job, context)
        events.send(KIND, job.shape, [job.shape["RecoveryPointArn"]], context)


def is_open(job: Job) -> bool:
    """Whether a job is a restore test that waits for its validation."""
    return _problem(job) is None


def clean_up(job: Job, context: Context) -> None:
    """Delete what a restore test has created, as far as the service-linked role of restore testing may and RDS lets it.

    It does not delete the instances that a validation has added to a cluster, and RDS deletes no cluster with
    instances. AWS does not document what happens then; here the deletion has failed, and the validation, or a person,
    must delete the cluster.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html#restore-testing-management
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSServiceRolePolicyForBackupRestoreTesting.html
    """
    resource = find_resource(job.shape.get("CreatedResourceArn", ""))
    problem = None
    if resource is not None and PREFIX not in resource.tags:
        problem = f"The resource {resource.arn} does not have the tag {PREFIX}."
    elif resource is not None:
        backend: Any = context.backend(rds_backends)
        try:
            if resource.arn == getattr(resource.database, "db_cluster_arn", None):
                backend.delete_db_cluster(resource.name)
            else:
                backend.delete_db_instance(resource.name, skip_final_snapshot=True)
            SERVERS.synchronize()
        except ServiceException as error:
            problem = str(error.message)
    job.shape["DeletionStatus"] = "FAILED" if problem else "SUCCESSFUL"
    if problem:
        job.shape["DeletionStatusMessage"] = problem


def _problem(job: Job) -> str | None:
    """Why a job takes no result."""
    status = job.shape.get("ValidationStatus")
    if "CreatedBy" not in job.shape:
        return "is not of a restore testing plan."
    if job.shape["Status"] != "COMPLETED":
        return f"is {job.shape['Status']}, and only a COMPLETED job can be validated."
    if status not in {None, VALIDATING}:
        return f"already has the validation status {status}."
    return "has no validation window any more." if "DeletionStatus" in job.shape else None
