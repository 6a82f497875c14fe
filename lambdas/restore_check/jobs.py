"""The restore jobs of a restore testing plan, as far as this function needs them.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreJobsListMember.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

ENGINES: Final = {"RDS": "postgres", "DocumentDB": "documentdb"}
"""The databases by AWS Backup's types of resource."""
_KEPT: Final = timedelta(days=8)
"""How far back jobs are looked at: all that is not finished, and what may have been left from the last drill."""
_OPEN: Final = frozenset({None, "VALIDATING"})


@dataclass(frozen=True, kw_only=True)
class Drill:
    """One restored database, or one that is being restored."""

    id: str
    engine: str
    """`postgres` or `documentdb`."""
    status: str
    started: datetime
    completed: datetime | None
    backup_made: datetime | None
    """When the backup was made that was restored."""
    recovery_point: str
    created: str
    """ARN of the instance or the cluster; empty before there is one."""
    validation: str | None
    """What was said about it; None and `VALIDATING` mean nothing yet."""

    @property
    def waits(self) -> bool:
        """Whether it is restored, and nobody has said yet whether it is valid."""
        return self.status == "COMPLETED" and self.validation in _OPEN

    @property
    def name(self) -> str:
        """Name of the instance or the cluster."""
        return self.created.rpartition(":")[2]

    @staticmethod
    def of(job: Mapping[str, Any]) -> Drill:
        """Read a job."""
        return Drill(
            id=job["RestoreJobId"],
            engine=ENGINES[job["ResourceType"]],
            status=job["Status"],
            started=job["CreationDate"],
            completed=job.get("CompletionDate"),
            backup_made=job.get("RecoveryPointCreationDate"),
            recovery_point=job.get("RecoveryPointArn", ""),
            created=job.get("CreatedResourceArn", ""),
            validation=job.get("ValidationStatus"),
        )


def list_drills(backup: Any, plan: str, *, now: datetime) -> Iterator[Drill]:  # noqa: ANN401 (what boto3 makes has no static type)
    """Yield the jobs of a plan, of the last days."""
    pages = backup.get_paginator("list_restore_jobs").paginate(ByRestoreTestingPlanArn=plan, ByCreatedAfter=now - _KEPT)
    for page in pages:
        for job in page.get("RestoreJobs") or ():
            if job.get("ResourceType") in ENGINES:
                yield Drill.of(job)
