"""Amazon DocumentDB, which AWS serves through RDS operations: moto's RDS does not know the engine."""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBCluster, DBInstance
from moto.rds.utils import ClusterEngine, DbInstanceEngine

from emulator.registry import patch

_ENGINE = "docdb"
_VERSION = "5.0.0"
_PORT = 27017

DBInstance.default_engine_versions[_ENGINE] = _VERSION


@patch(ClusterEngine, "list_cluster_engines")
@patch(DbInstanceEngine, "valid_db_instance_engine")
def add_engine(original: Any, engines: Any) -> list[str]:
    """Accept the engine: "Engine 'docdb' is not supported to satisfy constraint"."""
    return sorted([*original(engines), _ENGINE])


@patch(DBCluster, "default_engine_version")
def default_version(original: Any, engine: str) -> str:
    """Return the engine's default version."""
    return _VERSION if engine == _ENGINE else str(original(engine))


@patch(DBCluster, "default_port")
@patch(DBInstance, "default_port")
def default_port(original: Any, engine: str) -> int:
    """Return the engine's port."""
    return _PORT if engine == _ENGINE else int(original(engine))


@patch(DBCluster, "default_allocated_storage")
def default_cluster_storage(original: Any, engine: str, storage_type: str) -> int:
    """Return what AWS returns for storage that grows automatically."""
    return 1 if engine == _ENGINE else int(original(engine, storage_type))


@patch(DBInstance, "default_allocated_storage")
def default_instance_storage(original: Any, engine: str, storage_type: str) -> int:
    """Return 0, because an instance has no storage of its own."""
    return 0 if engine == _ENGINE else int(original(engine, storage_type))


@patch(DBCluster, "__init__")
def leave_storage_type_empty(original: Any, cluster: Any, *args: Any, **kwargs: Any) -> None:
    """Leave the storage type empty unless it is given; moto sets gp2."""
    original(cluster, *args, **kwargs)
    if cluster.engine == _ENGINE and not kwargs.get("storage_type"):
        cluster.storage_type = None
