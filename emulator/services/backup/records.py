"""Recovery points and jobs of AWS Backup, as they are kept."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emulator.clock import now
from emulator.store import Kind

if TYPE_CHECKING:
    from emulator.store import Shape

_SIZES: Final = {"RDS": 0}
"""The size in bytes that AWS Backup reports by the type of the resource; for DocumentDB it reports none.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html (BackupSizeInBytes)
"""


def size_of(resource_type: str) -> Shape:
    """Return the member with the size of a backup, if AWS Backup has one."""
    return {"BackupSizeInBytes": _SIZES[resource_type]} if resource_type in _SIZES else {}


@dataclass
class RecoveryPoint:
    """One backup in a vault."""

    arn: str
    vault: Any
    """moto's vault."""
    resource_arn: str
    resource_type: str
    resource_name: str
    snapshot: Any
    """moto's snapshot of the instance or cluster."""
    role: str
    is_empty: bool
    """Whether the role could not use the database's key, so that nothing is in it; AWS does not say so."""
    lifecycle: Shape
    created_by: Shape
    source_vault_arn: str | None = None
    """The vault that it was copied from."""
    tags: dict[str, str] = field(default_factory=dict)
    created: dt.datetime = field(default_factory=now)
    """When the backup was made; a copy has the date of its source.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html
    """
    initiated: dt.datetime = field(default_factory=now)
    """When the job that made it, or the copy, began."""
    completed: dt.datetime = field(default_factory=now)
    restored: dt.datetime | None = None
    status: str = "COMPLETED"

    def shape(self) -> Shape:
        """Describe it as the API does.

        https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRecoveryPoint.html
        """
        days = self.lifecycle.get("DeleteAfterDays")
        described = {
            "RecoveryPointArn": self.arn,
            "BackupVaultName": self.vault.backup_vault_name,
            "BackupVaultArn": self.vault.backup_vault_arn,
            "SourceBackupVaultArn": self.source_vault_arn,
            "ResourceArn": self.resource_arn,
            "ResourceType": self.resource_type,
            "ResourceName": self.resource_name,
            "CreatedBy": self.created_by or None,
            "IamRoleArn": self.role,
            "Status": self.status,
            "CreationDate": self.created,
            "InitiationDate": self.initiated,
            "CompletionDate": self.completed,
            **size_of(self.resource_type),
            "Lifecycle": self.lifecycle or None,
            "CalculatedLifecycle": {"DeleteAt": self.created + dt.timedelta(days=days)} if days else None,
            "EncryptionKeyArn": self.snapshot.kms_key_id if self.snapshot.encrypted else None,
            "IsEncrypted": bool(self.snapshot.encrypted),
            "StorageClass": "WARM",
            "LastRestoreTime": self.restored,
            "IsParent": False,
            "VaultType": "BACKUP_VAULT",
        }
        return {name: value for name, value in described.items() if value is not None}


@dataclass
class Job:
    """One job: a backup, a copy or a restore. Its shape is the API's."""

    shape: Shape
    state: str = "State"
    """The member with its state."""
    metadata: dict[str, str] = field(default_factory=dict)
    """With what a job restores."""

    def finish(self, state: str, message: str | None = None, category: str | None = "SUCCESS") -> None:
        """Give it its last state."""
        self.shape[self.state] = state
        self.shape["CompletionDate"] = now()
        if message:
            self.shape["StatusMessage"] = message
        if category and self.state == "State":
            self.shape["MessageCategory"] = category


class JobFailedError(Exception):
    """A job does not succeed; the text is its status message."""

    def __init__(self, message: str, *, category: str = "InvalidParameters") -> None:
        """Use AWS's message where it is known."""
        super().__init__(message)
        self.category = category


POINTS: Kind[RecoveryPoint] = Kind(
    "recovery point", missing="ResourceNotFoundException", message="Cannot find recovery point {key}."
)
BACKUP_JOBS: Kind[Job] = Kind(
    "backup job", missing="ResourceNotFoundException", message="Cannot find Backup job with ID {key}"
)
COPY_JOBS: Kind[Job] = Kind("copy job", missing="ResourceNotFoundException", message="Cannot find copy job {key}")
RESTORE_JOBS: Kind[Job] = Kind(
    "restore job", missing="ResourceNotFoundException", message="Cannot find Restore job with ID {key}"
)


def new_id() -> str:
    """Return the id of a new job, in the form of AWS's."""
    return str(uuid.uuid4()).upper()
