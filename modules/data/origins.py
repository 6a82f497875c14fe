"""What a database of the second region is made of: the copies of one in the environment's own region, or a replica."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True)
class RestoredInstance:
    """PostgreSQL, restored from the automated backups that RDS has copied to the region."""

    backups_arn: str
    """ARN of the replicated automated backups."""
    key_arn: str
    """Their key, which the instance gets: a restore to a point in time cannot choose another one.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
    """
    time: str | None
    """The second in UTC to which it is restored; None is the latest one."""


@dataclass(frozen=True, kw_only=True)
class ReplicaOf:
    """PostgreSQL, a read replica of the instance in the other region for as long as that one serves."""

    source_arn: str
    """ARN of the instance that it follows."""
    lag_seconds: int
    """How far it may be behind before an alarm goes off."""


@dataclass(frozen=True, kw_only=True)
class PromotedReplica:
    """PostgreSQL, a read replica until now."""


@dataclass(frozen=True, kw_only=True)
class RestoredCluster:
    """DocumentDB, restored from a snapshot in the region."""

    snapshot_arn: str
    """ARN of the snapshot."""


@dataclass(frozen=True, kw_only=True)
class SecondaryOf:
    """DocumentDB, the secondary cluster of a global cluster for as long as the primary one serves."""

    global_cluster: str
    """Identifier of the global cluster."""


@dataclass(frozen=True, kw_only=True)
class DetachedCluster:
    """DocumentDB, the secondary cluster of a global cluster until now."""


PostgresOrigin: TypeAlias = RestoredInstance | PromotedReplica
"""Of a PostgreSQL that serves."""
DocumentdbOrigin: TypeAlias = RestoredCluster | DetachedCluster
"""Of a DocumentDB that serves."""


@dataclass(frozen=True, kw_only=True)
class DataOrigins:
    """Of both databases in the second region; one without an origin is not there yet."""

    postgres: PostgresOrigin | ReplicaOf | None
    documentdb: DocumentdbOrigin | SecondaryOf | None

    @property
    def follow(self) -> bool:
        """Whether one of them follows a database of the environment's own region."""
        return isinstance(self.postgres, ReplicaOf) or isinstance(self.documentdb, SecondaryOf)
