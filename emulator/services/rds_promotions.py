"""Read replicas of Amazon RDS: they answer while their primary's region is lost, and become instances of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.rds.models import RDSBackend, rds_backends

from emulator.databases.endpoints import primary
from emulator.databases.servers import SERVERS
from emulator.errors import AwsError
from emulator.registry import Context, guard, patch
from emulator.services.rds_snapshots import hold

if TYPE_CHECKING:
    from emulator.store import Shape


@guard("rds", "PromoteReadReplica")
def refuse_promotion(params: Shape, context: Context) -> None:
    """Refuse what is not a replica; moto promotes nothing and says nothing.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplica.html (InvalidDBInstanceState)
    """
    name = params["DBInstanceIdentifier"]
    instance = context.backend(rds_backends).databases.get(name)
    if instance is None:
        raise AwsError(code="DBInstanceNotFound", message=f"DBInstance {name} not found.")
    if not instance.is_replica:
        raise AwsError(code="InvalidDBInstanceState", message=f"DB Instance {name} is not a read replica.")


@patch(RDSBackend, "promote_read_replica")
def promote(original: Any, backend: Any, request: dict[str, Any]) -> Any:
    """Give it the data that it has, without its primary, which no longer names it.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html
    """
    replica = backend.databases[request["db_instance_identifier"]]
    held, name = hold(replica), replica.source_db_instance_identifier
    region = name.split(":")[3] if name.startswith("arn:") else replica.region
    source = rds_backends[replica.account_id][region].databases.get(name.rpartition(":")[2])
    promoted = original(backend, request)
    if source is not None:
        source.remove_replica(promoted)
    promoted.source_db_instance_identifier = None
    promoted.master_user_password = held.password
    SERVERS.forget(promoted)
    SERVERS.begin_with(promoted, held.content)
    return promoted


def separate_replicas(region: str) -> None:
    """Give each replica elsewhere what its primary in a region has that is lost now. The caller has the lock."""
    for replica, source in _replicas_of(region):
        SERVERS.begin_with(replica, SERVERS.content(source))


def join_replicas(region: str) -> None:
    """Let each replica follow its primary again, whose region is back. The caller has the lock."""
    for replica, _ in _replicas_of(region):
        SERVERS.forget(replica)


def _replicas_of(region: str) -> list[tuple[Any, Any]]:
    """The replicas in other regions of the instances of a region, with these."""
    return [
        (replica, source)
        for regions in list(rds_backends.values())
        for backend in list(dict.values(regions))
        for replica in backend.databases.values()
        if replica.is_replica and replica.region != region and (source := primary(replica)).region == region
    ]
