"""How old the newest copy of each store is: one way for each service that keeps copies.

Each asks the second region only, which answers while the other one is lost.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

FIRST_LOGS: Final = timedelta(days=1)
"""How long RDS may take for the first copy of a database's automated backups, which begins with a whole snapshot."""
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
        """The age of the newest copy; without any, the time since `started`, when the first one could be made."""
        arguments = {name: value for name, value in store.items() if name != "way"}
        newest = max(self._ways[store["way"]](**arguments), default=None)
        if newest is not None:
            return self._now - newest
        first = FIRST_LOGS if store["way"] == "automated_backups" else timedelta(0)
        return max(self._now - started() - first, timedelta(0))

    def _automated_backups(self, *, instance: str) -> Iterator[datetime]:
        """The newest second to which each replicated backup of a database can be restored.

        AWS has no filter for those of another region.
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
        """
        pages = self._client("rds").get_paginator("describe_db_instance_automated_backups").paginate()
        for backup in _items(pages, "DBInstanceAutomatedBackups"):
            window = backup.get("RestoreWindow") or {}
            if backup.get("DBInstanceArn") == instance and "LatestTime" in window:
                yield window["LatestTime"]

    def _recovery_points(self, *, vault: str, resource: str) -> Iterator[datetime]:
        """When each backup that has a complete copy was started.

        A copy has the creation date of its original. Its size says nothing: AWS Backup knows none of databases.
        https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html (BackupSizeInBytes)
        """
        pages = self._client("backup").get_paginator("list_recovery_points_by_backup_vault")
        for point in _items(pages.paginate(BackupVaultName=vault, ByResourceArn=resource), "RecoveryPoints"):
            if point["Status"] == _COMPLETED:
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


def _items(pages: Iterable[Mapping[str, Any]], member: str) -> Iterator[Mapping[str, Any]]:
    for page in pages:
        yield from page.get(member) or ()


def now() -> datetime:
    """The time."""
    return datetime.now(tz=UTC)
