"""Messages on backups, copies and restores that fail, and on changes that end the life of backups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.buckets import ASSETS, AUDIT, BACKUPS
from modules.event_messages import EventMessage, EventMessages
from modules.recovery.backup_vault import vault_name
from modules.runbook import Runbook
from modules.state_store import STATE
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from modules.label import Label
    from modules.topic import Topics

NAME: Final = "backup-messages"
"""Component of the name of their alarm."""

_FAILED: Final = ("ABORTED", "EXPIRED", "FAILED", "PARTIAL")
"""How a job ends without a whole backup; `EXPIRED` is one that did not start within its hour.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html
"""
_CHANGES: Final = (
    "DeleteBackupVault",
    "DeleteBackupVaultAccessPolicy",
    "DeleteBackupVaultLockConfiguration",
    "DeleteRecoveryPoint",
    "DisassociateRecoveryPoint",
    "PutBackupVaultAccessPolicy",
    "PutBackupVaultLockConfiguration",
    "UpdateRecoveryPointLifecycle",
)
"""Calls that end backups early, or allow it, refused ones too; not those of AWS Backup itself when their time is over.

https://docs.aws.amazon.com/aws-backup/latest/devguide/logging-using-cloudtrail.html
"""


_PLAN_CHANGES: Final = ("DeleteBackupPlan", "DeleteBackupSelection", "UpdateBackupPlan", "UpdateRegionSettings")
"""Calls after which there may be no more backups, and no job that fails: the last one switches a type of database off.

A plan has an id of AWS's, so these are the calls about any plan of the account in the region.
"""
_REPLICATED_BACKUP_CHANGES: Final = ("DeleteDBInstanceAutomatedBackup", "StopDBInstanceAutomatedBackupsReplication")
_FILE_COPY_CHANGES: Final = ("DeleteBucketReplication", "PutBucketReplication")
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html"""
_IMAGE_COPY_CHANGES: Final = ("PutReplicationConfiguration",)


def add_backup_messages(
    scope: Construct, id_: str, *, label: Label, has_vault: bool, has_trail: bool, topics: Topics
) -> None:
    """Add the messages of a region on jobs of AWS Backup, and on calls that end backups or copies.

    Args:
        scope: The stack.
        id_: Id of their construct in the stack; there is none if there is no message.
        label: Names the databases, buckets and the vault; of the region.
        has_vault: Whether the region has a vault with backups of databases, or with copies of them.
        has_trail: As of `backup_messages`.
        topics: Get the messages.
    """
    is_home = label.region == label.home_region
    found = [
        *(backup_messages(label, has_trail=has_trail) if has_vault else ()),
        *(copy_change_messages(label, has_trail=has_trail) if is_home else ()),
    ]
    if found:
        EventMessages(scope, id_, label=label, name=NAME, messages=found, topics=topics)


def copy_change_messages(label: Label, *, has_trail: bool) -> tuple[EventMessage, ...]:
    """The messages on calls that stop copies of files and images, in the region of what is copied.

    Args:
        label: Names the buckets; of the environment's own region.
        has_trail: As of `backup_messages`.
    """
    if not has_trail or label.recovery_region is None:
        return ()
    components = (ASSETS, BACKUPS, AUDIT, STATE)
    buckets = [label.bucket_name(component) for component in components]
    return (
        _change("file-copy-changes", "aws.s3", _FILE_COPY_CHANGES, "<bucket>", bucketName=buckets),
        _change("image-copy-changes", "aws.ecr", _IMAGE_COPY_CHANGES, f"the registry in {label.region}"),
    )


def backup_messages(label: Label, *, has_trail: bool) -> tuple[EventMessage, ...]:
    """The messages of one region: a job has its events where it runs.

    A job that was never created has no event; the alarms on the age of the copies find it. One that succeeds and backs
    up nothing has the event of a success, and AWS Backup reports no size of databases, so only a restore finds it.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html
    https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html

    Args:
        label: Names the databases and the vault; of the region.
        has_trail: Whether the account has a trail of CloudTrail. Without one EventBridge gets no calls:
            https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """
    own = [{"prefix": label.arn("rds", f"{kind}:{label.prefix}-", region=label.home_region)} for kind in _KINDS]
    return (
        _failure(
            "failed-backups",
            "a backup has ended without success (<state>)",
            "Backup Job State Change",
            {"resourceArn": own, "state": list(_FAILED)},
            {"where": "$.detail.resourceArn", "state": "$.detail.state", "job": "$.detail.backupJobId"},
        ),
        _failure(
            "failed-copies",
            "a copy of a backup has ended without success (<state>)",
            "Copy Job State Change",
            {"resourceArn": own, "state": list(_FAILED)},
            {"where": "$.detail.resourceArn", "state": "$.detail.state", "job": "$.detail.copyJobId"},
        ),
        # Its events name no database. Unlike the others, they have a status instead of a state.
        _failure(
            "failed-restores",
            "a restore from a backup has ended without success (<state>)",
            "Restore Job State Change",
            {"resourceType": ["DocumentDB", "RDS"], "status": list(_FAILED)},
            {"where": "$.detail.resourceType", "state": "$.detail.status", "job": "$.detail.restoreJobId"},
        ),
        *(_backup_changes(label) if has_trail else ()),
    )


_KINDS: Final = ("cluster", "db")


def _backup_changes(label: Label) -> tuple[EventMessage, ...]:
    vault = vault_name(label)
    if label.region == label.home_region:  # the plan is there, and the instance whose backups are replicated
        further = _change("plan-changes", "aws.backup", _PLAN_CHANGES, f"AWS Backup in {label.region}")
    else:
        where = f"RDS in {label.region}"
        further = _change("replicated-backup-changes", "aws.rds", _REPLICATED_BACKUP_CHANGES, where)
    return (_change("backup-changes", "aws.backup", _CHANGES, vault, backupVaultName=[vault]), further)


def _change(id_: str, source: str, calls: tuple[str, ...], where: str, **parameters: list[str]) -> EventMessage:
    """A message on calls, where these parameters have one of these values each."""
    detail: dict[str, object] = {
        "eventName": list(calls),
        "userIdentity": {"type": [{"anything-but": "AWSService"}]},
    }
    values = {"call": "$.detail.eventName", "event": "$.detail.eventID"}
    if parameters:
        detail["requestParameters"] = parameters
    if "<bucket>" in where:
        values["bucket"] = "$.detail.requestParameters.bucketName"
    return EventMessage(
        id=id_,
        what="the call <call> ends backups or copies early, or allows it",
        where=where,
        severity=Severity.WARNING,
        pattern={"source": [source], "detail-type": ["AWS API Call via CloudTrail"], "detail": detail},
        details=("Event of CloudTrail: <event>",),
        values=values,
        runbook=Runbook.BACKUP_CHANGES,
    )


def _failure(id_: str, what: str, type_: str, detail: Mapping[str, object], values: Mapping[str, str]) -> EventMessage:
    return EventMessage(
        id=id_,
        what=what,
        where="<where>",
        severity=Severity.CRITICAL,
        pattern={"source": ["aws.backup"], "detail-type": [type_], "detail": dict(detail)},
        details=("Job: <job>",),
        values=values,
        runbook=Runbook.FAILED_BACKUPS,
    )
