"""What AWS Backup backs up here: instances of RDS and clusters of DocumentDB; it knows many more types on AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends

from emulator.arns import parse_arn
from emulator.databases.endpoints import DOCUMENTDB

if TYPE_CHECKING:
    from collections.abc import Iterator

RDS: Final = "RDS"
DOCUMENT_DB: Final = "DocumentDB"


@dataclass(frozen=True)
class Resource:
    """One instance or cluster."""

    arn: str
    type: str
    name: str
    database: Any

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        return {tag["Key"]: tag.get("Value", "") for tag in self.database.tags}

    @property
    def key(self) -> str | None:
        """The KMS key that encrypts it."""
        return str(self.database.kms_key_id) if self.database.storage_encrypted else None


def resources(account: str, region: str) -> Iterator[Resource]:
    """All resources of an account and region; an instance of a cluster is none."""
    backend = rds_backends[account][region]
    for instance in backend.databases.values():
        if not instance.db_cluster_identifier:
            yield Resource(instance.db_instance_arn, RDS, instance.db_instance_identifier, instance)
    for cluster in backend.clusters.values():
        if cluster.engine == DOCUMENTDB:
            yield Resource(cluster.db_cluster_arn, DOCUMENT_DB, cluster.db_cluster_identifier, cluster)


def find_resource(text: str) -> Resource | None:
    """Return the resource of an ARN."""
    arn = parse_arn(text)
    if arn is None:
        return None
    return next((one for one in resources(arn.account, arn.region) if one.arn == text), None)
