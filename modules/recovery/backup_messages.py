"""Messages on backups, copies and restores that fail, and on changes that end the life of backups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.event_messages import EventMessage
from modules.recovery.backup_vault import vault_name
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.label import Label

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


def backup_messages(label: Label) -> tuple[EventMessage, ...]:
    """The messages of one region: a job has its events where it runs.

    A job that was never created has no event; the alarms on the age of the copies find it. One that succeeds and backs
    up nothing has the event of a success, and AWS Backup reports no size of databases, so only a restore finds it.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html
    https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
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
        EventMessage(
            id="backup-changes",
            what="the call <call> ends backups early, or allows it",
            where=vault_name(label),
            severity=Severity.WARNING,
            pattern={
                "source": ["aws.backup"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventName": list(_CHANGES),
                    "userIdentity": {"type": [{"anything-but": "AWSService"}]},
                    "requestParameters": {"backupVaultName": [vault_name(label)]},
                },
            },
            details=("Event of CloudTrail: <event>",),
            values={"call": "$.detail.eventName", "event": "$.detail.eventID"},
            runbook=Runbook.BACKUP_CHANGES,
        ),
    )


_KINDS: Final = ("cluster", "db")


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
