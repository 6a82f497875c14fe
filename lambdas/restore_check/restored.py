"""What a drill has restored: whether it can be asked, and the one instance that a cluster of DocumentDB needs for that.

AWS Backup restores a cluster without instances, and RDS deletes none that has any:
https://docs.aws.amazon.com/documentdb/latest/developerguide/API_RestoreDBClusterFromSnapshot.html
https://docs.aws.amazon.com/documentdb/latest/developerguide/API_DeleteDBCluster.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .jobs import Drill

_AVAILABLE: Final = "available"
_DELETING: Final = "deleting"
_GONE: Final = frozenset({"DBInstanceNotFound", "DBInstanceNotFoundFault", "DBClusterNotFoundFault"})
_THERE: Final = "DBInstanceAlreadyExists"
_ID_LENGTH: Final = 8


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a database listens."""

    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Restored:
    """Asks RDS, which has DocumentDB's clusters and instances, too."""

    rds: Any
    prefix: str
    """The start of the name of an instance that this function makes."""
    instance_class: str
    """Of DocumentDB."""
    tags: Mapping[str, str]

    def address(self, drill: Drill) -> Address | None:
        """Where it listens; None while it cannot be asked yet. Gives a cluster its instance, if it has none."""
        if drill.engine == "postgres":
            instance = self._instance(drill.name)
            return _address(instance) if instance and instance["DBInstanceStatus"] == _AVAILABLE else None
        cluster = self._cluster(drill.name)
        if cluster is None or cluster["Status"] != _AVAILABLE:
            return None
        instance = self._instance(self._name(drill))
        if instance is None:
            self._add_instance(drill)
            return None
        if instance["DBInstanceStatus"] != _AVAILABLE:
            return None
        return Address(host=cluster["Endpoint"], port=int(cluster["Port"]))

    def release(self, drill: Drill) -> bool:
        """Delete the instance that was made for a drill; returns whether nothing of it was there any more."""
        if drill.engine == "postgres":
            return True
        instance = self._instance(self._name(drill))
        if instance is None:
            return True
        if instance["DBInstanceStatus"] != _DELETING:
            self.rds.delete_db_instance(DBInstanceIdentifier=instance["DBInstanceIdentifier"], SkipFinalSnapshot=True)
        return False

    def is_there(self, drill: Drill) -> bool:
        """Whether what was restored still exists, and is not being deleted."""
        if not drill.created:
            return False
        found = self._instance(drill.name) if drill.engine == "postgres" else self._cluster(drill.name)
        return found is not None and found.get("DBInstanceStatus", found.get("Status")) != _DELETING

    def _add_instance(self, drill: Drill) -> None:
        """In the cluster's own subnets and with its security groups, which DocumentDB gives it."""
        try:
            self.rds.create_db_instance(
                DBInstanceIdentifier=self._name(drill),
                DBClusterIdentifier=drill.name,
                DBInstanceClass=self.instance_class,
                Engine="docdb",
                AutoMinorVersionUpgrade=False,
                PubliclyAccessible=False,
                Tags=[{"Key": key, "Value": value} for key, value in self.tags.items()],
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _THERE:  # another call at the same time has made it
                raise

    def _name(self, drill: Drill) -> str:
        """The name of its instance: the same in each call, so that a repeated one makes no second."""
        return f"{self.prefix}{drill.id.lower()[:_ID_LENGTH]}"

    def _instance(self, name: str) -> dict[str, Any] | None:
        return self._first("describe_db_instances", "DBInstances", DBInstanceIdentifier=name)

    def _cluster(self, name: str) -> dict[str, Any] | None:
        return self._first("describe_db_clusters", "DBClusters", DBClusterIdentifier=name)

    def _first(self, call: str, member: str, **named: str) -> dict[str, Any] | None:
        try:
            found: list[dict[str, Any]] = getattr(self.rds, call)(**named)[member]
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise
        return found[0] if found else None


def _address(instance: Mapping[str, Any]) -> Address | None:
    endpoint = instance.get("Endpoint") or {}
    return Address(host=endpoint["Address"], port=int(endpoint["Port"])) if "Address" in endpoint else None
