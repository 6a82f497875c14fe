"""Restores of Amazon RDS and Amazon DocumentDB: moto copies settings that AWS does not, and no data.

A restored database has the data and the engine, and the defaults for its place: security group, subnet group, parameter
group, unless they are given.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
https://docs.aws.amazon.com/documentdb/latest/developerguide/API_RestoreDBClusterFromSnapshot.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import RDSBackend, rds_backends

from emulator.databases.servers import SERVERS
from emulator.errors import AwsError
from emulator.registry import Context, guard, patch
from emulator.services.rds_snapshots import Held, hold
from emulator.services.rds_stopped import CREATING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Shape

_INSTANCE_KEEPS: Final = (
    "allocated_storage",
    "auto_minor_version_upgrade",
    "backup_retention_period",
    "db_instance_class",
    "db_name",
    "engine",
    "engine_version",
    "iops",
    "license_model",
    "master_username",
    "port",
    "preferred_backup_window",
    "preferred_maintenance_window",
    "storage_throughput",
    "storage_type",
)
_CLUSTER_KEEPS: Final = (
    "backup_retention_period",
    "engine",
    "engine_version",
    "master_username",
    "port",
    "preferred_backup_window",
    "preferred_maintenance_window",
    "storage_type",
)
_ALL_DATABASES: Final = frozenset({"mariadb", "mysql", "postgres"})
# Members of requests that say what is restored, not what the new database is.
_ABOUT_SOURCE: Final = frozenset(
    {
        "db_cluster_snapshot_identifier",
        "db_snapshot_identifier",
        "restore_time",
        "restore_to_time",
        "restore_type",
        "snapshot_identifier",
        "source_db_cluster_identifier",
        "source_db_instance_automated_backups_arn",
        "source_db_instance_identifier",
        "source_dbi_resource_id",
        "target_db_instance_identifier",
        "use_latest_restorable_time",
    }
)


def restore_instance(
    backend: Any, *, source: Any, held: Held, key: str | None, wanted: Mapping[str, Any], tags: Any = None
) -> Any:
    """Create an instance with the data of another one, which may be in another region or gone.

    Args:
        backend: moto's backend of the region of the new instance.
        source: The instance as it was.
        held: What it had.
        key: The KMS key of the backup, with which the new instance is encrypted, too.
        wanted: The members of the request, by moto's names.
        tags: Those of the backup, which it gets if the request has none.
    """
    settings = {name: getattr(source, name) for name in _INSTANCE_KEEPS}
    settings |= {"tags": tags, "kms_key_id": key, "storage_encrypted": bool(key)}
    settings |= {name: value for name, value in wanted.items() if name not in _ABOUT_SOURCE and value is not None}
    if not settings.get("manage_master_user_password"):
        settings["master_user_password"] = held.password
    restored = backend.create_db_instance(settings)
    restored.status = CREATING
    SERVERS.begin_with(restored, held.content)
    for snapshot in backend.database_snapshots.values():  # the first automated one, which moto takes at once
        if snapshot.dbi_resource_id == restored.dbi_resource_id:
            snapshot.held = held
    return restored


def restore_cluster(
    backend: Any, *, source: Any, held: Held, key: str | None, wanted: Mapping[str, Any], tags: Any = None
) -> Any:
    """Create a cluster, without instances, with the data of another one; see `restore_instance`."""
    if wanted["db_cluster_identifier"] in backend.clusters:
        raise AwsError(code="DBClusterAlreadyExistsFault", message="DB Cluster already exists")
    settings = {name: getattr(source, name) for name in _CLUSTER_KEEPS}
    settings |= {"tags": tags, "kms_key_id": key, "storage_encrypted": bool(key)}
    settings |= {name: value for name, value in wanted.items() if name not in _ABOUT_SOURCE and value is not None}
    if not settings.get("manage_master_user_password"):
        settings["master_user_password"] = held.password
    restored = backend.create_db_cluster(settings)
    SERVERS.begin_with(restored, held.content)
    for snapshot in backend.cluster_snapshots.values():
        if snapshot.cluster.db_cluster_resource_id == restored.db_cluster_resource_id:
            snapshot.held = held
    return restored


def refuse_database_name(engine: str, wanted: Mapping[str, Any]) -> None:
    """Refuse the name of a database, which an engine restores with all others.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html (DBName)
    https://github.com/puppetlabs-toy-chest/puppetlabs-aws/pull/448
    """
    if engine in _ALL_DATABASES and wanted.get("DBName"):
        raise AwsError(code="InvalidParameterValue", message="DBName must be null when Restoring for this Engine.")


@guard("rds", "RestoreDBInstanceFromDBSnapshot")
def refuse_snapshot_with_name(params: Shape, context: Context) -> None:
    """Refuse a name of a database for a snapshot of such an engine."""
    snapshot = context.backend(rds_backends).database_snapshots.get(params["DBSnapshotIdentifier"])
    if snapshot is not None:
        refuse_database_name(snapshot.database.engine, params)


@patch(RDSBackend, "restore_db_instance_from_db_snapshot")
def restore_snapshot(_: Any, backend: Any, from_snapshot_id: str, overrides: dict[str, Any]) -> Any:
    """Create an instance from a snapshot."""
    snapshot = backend.get_db_snapshot(from_snapshot_id)
    return restore_instance(
        backend,
        source=snapshot.database,
        held=snapshot.held,
        key=snapshot.kms_key_id if snapshot.encrypted else None,
        wanted=overrides,
        tags=snapshot.tags,
    )


@patch(RDSBackend, "restore_db_cluster_from_snapshot")
def restore_cluster_snapshot(_: Any, backend: Any, from_snapshot_id: str, overrides: dict[str, Any]) -> Any:
    """Create a cluster from a snapshot."""
    snapshot = backend.get_db_cluster_snapshot(from_snapshot_id)
    key = snapshot.kms_key_id if snapshot.encrypted else None
    return restore_cluster(
        backend, source=snapshot.cluster, held=snapshot.held, key=key, wanted={"kms_key_id": key, **overrides}
    )


@patch(RDSBackend, "restore_db_cluster_to_point_in_time")
def restore_cluster_to_time(_: Any, backend: Any, **wanted: Any) -> Any:
    """Create a cluster from another one of the region; whatever the moment, it has the documents of now."""
    source = backend.describe_db_clusters(db_cluster_identifier=wanted["source_db_cluster_identifier"])[0]
    return restore_cluster(
        backend,
        source=source,
        held=hold(source),
        key=source.kms_key_id if source.storage_encrypted else None,
        wanted=wanted,
    )
