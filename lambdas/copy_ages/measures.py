"""How old the newest copy of each store is: one way for each service that keeps copies.

Each asks the second region only, which answers while the other one is lost.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

FIRST_COPY: Final = timedelta(days=1)
"""How long a first copy of a database may take: RDS begins with a snapshot, and AWS Backup waits for its hour."""
_OF_DATABASES: Final = frozenset({"automated_backups", "recovery_points"})
_TYPES: Final = {"db": "RDS", "cluster": "DocumentDB"}
"""The type of resource at AWS Backup, by the kind in an ARN of RDS."""
_RETAINED: Final = "retained"
_COMPLETED: Final = "COMPLETED"
# Shortly after midnight nothing is written below today's prefix yet, and the newest object is below yesterday's.
_DAYS: Final = (timedelta(0), timedelta(days=1))


class Measures:
    """Asks the services; `client` makes a client of one of them."""

    def __init__(self, client: Callable[[str], Any], *, now: datetime) -> None:
        self._client, self._now = client, now
        self._ways: dict[str, Callable[..., Iterator[datetime]]] = {
            "automated_backups": self._automated_backups,
            "recovery_points": self._recovery_points,
            "parameter": self._parameter,
            "objects": self._objects,
        }

    def age(self, store: Mapping[str, str], *, started: Callable[[], datetime]) -> timedelta:
        """The age of the newest copy; without any, the time since the first one could be made.

        Args:
            store: How to measure it.
            started: Returns since when there is the store, as far as is known in this region.
        """
        arguments = {name: value for name, value in store.items() if name != "way"}
        newest = max(self._ways[store["way"]](**arguments), default=None)
        if newest is not None:
            return max(self._now - newest, timedelta(0))
        began, first = started(), timedelta(0)
        if store["way"] in _OF_DATABASES:
            first = FIRST_COPY
        if store["way"] == "automated_backups":
            began = max([began, *self._began(**arguments)])
        return max(self._now - began - first, timedelta(0))

    def _automated_backups(self, *, instance: str) -> Iterator[datetime]:
        """The newest second to which each replicated backup of a database can be restored.

        AWS has no filter for those of another region.
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html

        What is retained, of an instance of that name that was replaced or of a replication that was stopped, does not
        go on: it counts only if nothing else is there.
        https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstanceAutomatedBackups.html
        """
        found = self._backups_of(instance)
        yield from _latest([one for one in found if not _is_retained(one)] or found)

    def _began(self, *, instance: str) -> Iterator[datetime]:
        """Before what the first copy of an instance was not begun: its creation, and the end of what is retained."""
        found = self._backups_of(instance)
        yield from _latest(found)
        for backup in found:
            if not _is_retained(backup) and "InstanceCreateTime" in backup:
                yield backup["InstanceCreateTime"]

    def _backups_of(self, instance: str) -> list[Mapping[str, Any]]:
        pages = self._client("rds").get_paginator("describe_db_instance_automated_backups").paginate()
        return [one for one in _items(pages, "DBInstanceAutomatedBackups") if one.get("DBInstanceArn") == instance]

    def _recovery_points(self, *, vault: str, resource: str) -> Iterator[datetime]:
        """When each backup that has a complete copy was started.

        A copy has the creation date of its original. Its size says nothing: AWS Backup knows none of databases.
        https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html (BackupSizeInBytes)
        """
        pages = self._client("backup").get_paginator("list_recovery_points_by_backup_vault")
        for point in _items(pages.paginate(BackupVaultName=vault), "RecoveryPoints"):
            if point["Status"] == _COMPLETED and _is_of(point, resource):
                yield min(point["CreationDate"], point.get("InitiationDate", point["CreationDate"]))

    def _parameter(self, *, name: str) -> Iterator[datetime]:
        """When it was written; its value, which nobody needs for that, stays encrypted."""
        yield self._client("ssm").get_parameter(Name=name)["Parameter"]["LastModifiedDate"]

    def _objects(self, *, bucket: str, prefix: str) -> Iterator[datetime]:
        """When objects below a prefix were written; a copy has the time of its original.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html

        Args:
            bucket: The bucket with the copies.
            prefix: The start of their keys; `{date}` in it is today's date, or yesterday's.
        """
        for prefix_of_day in dict.fromkeys(prefix.format(date=f"{self._now - days:%Y/%m/%d}") for days in _DAYS):
            pages = self._client("s3").get_paginator("list_objects_v2")
            for found in _items(pages.paginate(Bucket=bucket, Prefix=prefix_of_day), "Contents"):
                yield found["LastModified"]


def _is_retained(backup: Mapping[str, Any]) -> bool:
    return str(backup.get("Status", "")).lower() == _RETAINED


def _latest(backups: Iterable[Mapping[str, Any]]) -> Iterator[datetime]:
    """The last moments to which automated backups can be restored; one whose first snapshot is awaited has none."""
    for backup in backups:
        window = backup.get("RestoreWindow") or {}
        if "LatestTime" in window:
            yield window["LatestTime"]


def _is_of(point: Mapping[str, Any], resource: str) -> bool:
    """Whether a copy is of a database.

    No page says whether the resource of a copy is the database or the snapshot that was copied, so both are accepted;
    a snapshot is of the database of that name and type. The report of copy jobs has the resource of the first region:
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RecoveryPointByBackupVault.html
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CopyJob.html
    """
    kind, name = resource.split(":")[-2:]
    arn = point.get("ResourceArn", "")
    is_snapshot = "snapshot:" in arn
    return arn == resource or (
        is_snapshot and point.get("ResourceType") == _TYPES[kind] and point.get("ResourceName", name) == name
    )


def _items(pages: Iterable[Mapping[str, Any]], member: str) -> Iterator[Mapping[str, Any]]:
    for page in pages:
        yield from page.get(member) or ()


def now() -> datetime:
    """The time."""
    return datetime.now(tz=UTC)
