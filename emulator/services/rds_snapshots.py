"""Snapshots of Amazon RDS and Amazon DocumentDB: what they hold, and the final ones, which moto does not require."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import DBClusterSnapshot, DBSnapshot, RDSBackend, rds_backends

from emulator.arns import parse_arn
from emulator.databases.endpoints import primary
from emulator.databases.servers import SERVERS, master_password
from emulator.errors import AwsError
from emulator.keys import key_exists
from emulator.outages.state import require_region
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.databases.content import Content
    from emulator.store import Shape

_READY: Final = frozenset({"available", "storage-optimization", "creating"})


@dataclass(frozen=True)
class Held:
    """What a snapshot has of its database."""

    content: Content | None
    """None if nobody has ever connected to it: then it is empty."""
    password: str
    """The master's, with which a restored database begins."""


def hold(database: Any) -> Held:
    """Return what an instance or cluster has now; a replica has what its primary has."""
    source = database if database.resource_type == "cluster" else primary(database)
    return Held(SERVERS.content(source), master_password(source) if _has_master(source) else "")


@guard("rds", "DeleteDBInstance", "DeleteDBCluster")
def require_final_snapshot(params: Shape, context: Context) -> None:
    """Refuse to delete a database without a final snapshot or the explicit wish for none.

    An instance of a cluster and a replica have none.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_DeleteDBCluster.html
    """
    if params.get("SkipFinalSnapshot") or params.get("FinalDBSnapshotIdentifier"):
        return
    instance = context.backend(rds_backends).databases.get(params.get("DBInstanceIdentifier") or "")
    if instance is not None and (instance.db_cluster_identifier or instance.is_replica):
        return
    raise AwsError(
        code="InvalidParameterCombination",
        message="FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
    )


@guard("rds", "CreateDBSnapshot")
def refuse_snapshot_of_stopped_instance(params: Shape, context: Context) -> None:
    """Refuse a snapshot of an instance that does not run.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html (InvalidDBInstanceState)
    """
    instance = context.backend(rds_backends).databases.get(params["DBInstanceIdentifier"])
    if instance is not None and instance.status not in _READY:
        message = (
            f"Cannot create a snapshot because the database instance {instance.db_instance_identifier} is not "
            "currently in the available state."
        )
        raise AwsError(code="InvalidDBInstanceState", message=message)


@guard("rds", "CreateDBClusterSnapshot")
def refuse_snapshot_of_stopped_cluster(params: Shape, context: Context) -> None:
    """Refuse a snapshot of a cluster that does not run.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBClusterSnapshot.html
    (InvalidDBClusterStateFault)
    """
    cluster = context.backend(rds_backends).clusters.get(params["DBClusterIdentifier"])
    if cluster is not None and cluster.status not in _READY:
        message = f"Db cluster {cluster.db_cluster_identifier} is in {cluster.status} state"
        raise AwsError(code="InvalidDBClusterStateFault", message=message)


@guard("rds", "CopyDBSnapshot", "CopyDBClusterSnapshot")
def refuse_copy(params: Shape, context: Context) -> None:
    """Refuse a copy into another region without a key of that region, if the snapshot is encrypted.

    AWS documents that it must have one, and not the text of the refusal.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CopyDBClusterSnapshot.html
    """
    key = params.get("KmsKeyId")
    if key and not key_exists(key, context):
        message = (
            f"The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
        )
        raise AwsError(code="KMSKeyNotAccessibleFault", message=message)
    source = parse_arn(params.get("SourceDBSnapshotIdentifier") or params["SourceDBClusterSnapshotIdentifier"])
    if source is None or source.region == context.region:
        return
    require_region(source.region)
    backend = rds_backends[source.account][source.region]
    name = source.resource.partition(":")[2]
    snapshot = backend.database_snapshots.get(name) or backend.cluster_snapshots.get(name)
    if snapshot is not None and snapshot.encrypted and not key:
        message = "KmsKeyId is required: an encrypted snapshot of another region is copied with a key of this one."
        raise AwsError(code="KMSKeyNotAccessibleFault", message=message)


@patch(RDSBackend, "create_db_snapshot")
def hold_instance(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Take what the instance has."""
    snapshot = original(backend, *args, **kwargs)
    snapshot.held = hold(backend.databases[snapshot.db_instance_identifier])
    return snapshot


@patch(RDSBackend, "create_db_cluster_snapshot")
def hold_cluster(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Take what the cluster has."""
    snapshot = original(backend, *args, **kwargs)
    snapshot.held = hold(backend.clusters[snapshot.db_cluster_identifier])
    return snapshot


@patch(RDSBackend, "copy_db_snapshot")
def copy_instance_snapshot(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Copy what the snapshot holds, and say where it is from, which moto leaves out."""
    name = kwargs["source_db_snapshot_identifier"]
    source = backend.get_db_snapshot(name)
    snapshot = original(backend, *args, **kwargs)
    snapshot.held = source.held
    snapshot.source_region, snapshot.source_db_snapshot_identifier = source.region, source.db_snapshot_arn
    return snapshot


@patch(RDSBackend, "copy_db_cluster_snapshot")
def copy_cluster_snapshot(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Copy what the snapshot holds, and say where it is from, which moto leaves out."""
    source = backend.get_db_cluster_snapshot(kwargs["source_db_cluster_snapshot_identifier"])
    snapshot = original(backend, *args, **kwargs)
    snapshot.held = source.held
    snapshot.source_db_cluster_snapshot_arn = source.db_cluster_snapshot_arn
    return snapshot


def copy_snapshot(backend: Any, source: Any, name: str, *, key: str | None) -> Any:
    """Copy a snapshot of AWS Backup into the region of moto's backend, encrypted with a key of that region."""
    copied: Any
    if isinstance(source, DBSnapshot):
        copied = DBSnapshot(backend, source.database, name, "awsbackup", source.tags, source.created, key)
        backend.database_snapshots[name] = copied
    else:
        copied = DBClusterSnapshot(backend, source.cluster, name, "awsbackup", source.tags, key)
        backend.cluster_snapshots[name] = copied
    copied.held = source.held
    return copied


def _has_master(database: Any) -> bool:
    """Whether it has a master of its own: an instance of a cluster, and a secondary of a global cluster, have not."""
    return bool(getattr(database, "manage_master_user_password", False)) or hasattr(database, "_master_user_password")
