"""New names of instances and clusters: moto takes a name that is in use, and separates a cluster from its instances."""

from __future__ import annotations

from hashlib import sha256
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import DBCluster, RDSBackend, rds_backends

from emulator.databases.endpoints import members
from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from collections.abc import Collection

    from emulator.store import Shape

_LETTERS: Final = 12


@guard("rds", "ModifyDBInstance")
def refuse_name_of_other_instance(params: Shape, context: Context) -> None:
    """Refuse a name that another instance has.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html
    """
    name = params.get("NewDBInstanceIdentifier")
    if name and name.lower() in context.backend(rds_backends).databases:
        raise AwsError(code="DBInstanceAlreadyExists", message="DB instance already exists")


@guard("rds", "ModifyDBCluster")
def refuse_name_of_other_cluster(params: Shape, context: Context) -> None:
    """Refuse a name that another cluster has.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_ModifyDBCluster.html
    (DBClusterAlreadyExistsFault)
    """
    name = params.get("NewDBClusterIdentifier")
    if name and name.lower() in context.backend(rds_backends).clusters:
        raise AwsError(code="DBClusterAlreadyExistsFault", message="DB Cluster already exists")


@patch(RDSBackend, "modify_db_cluster")
def keep_instances(original: Any, backend: Any, kwargs: dict[str, Any]) -> Any:
    """Let the instances of a cluster be those of it under its new name.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/db-cluster-modify.html
    """
    cluster = backend.clusters.get(kwargs["db_cluster_identifier"])
    instances = members(cluster) if cluster is not None else []
    changed = original(backend, kwargs)
    for instance in instances:
        instance.db_cluster_identifier = cluster.db_cluster_identifier
    return changed


@patch(DBCluster, "__init__")
def have_hosts_of_region(original: Any, cluster: Any, *args: Any, **settings: Any) -> None:
    """Let the host of a cluster differ from another one's of the account and region by its name only.

    So a cluster that gets the name of another one is reached at the host of that one.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-cluster-rename.html
    """
    original(cluster, *args, **settings)
    place = f"{cluster.account_id} {cluster.region}"
    cluster.url_identifier = sha256(place.encode()).hexdigest()[:_LETTERS]


@patch(RDSBackend, "create_auto_snapshot")
def name_snapshot(original: Any, backend: Any, instance: str, name: str) -> Any:
    """Give the first automated snapshot of an instance a free name: moto takes it at once, and AWS minutes later."""
    return original(backend, instance, _free(name, backend.database_snapshots))


@patch(RDSBackend, "create_auto_cluster_snapshot")
def name_cluster_snapshot(original: Any, backend: Any, cluster: str, name: str) -> Any:
    """Give the first automated snapshot of a cluster a free name, as that of an instance."""
    return original(backend, cluster, _free(name, backend.cluster_snapshots))


def _free(name: str, taken: Collection[str]) -> str:
    numbered = (f"{name}-{number}" for number in count(1))
    return next(one for one in chain([name], numbered) if one not in taken)
