"""What the databases and the proxy publish: nothing while they are stopped or have failed.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html
https://docs.aws.amazon.com/documentdb/latest/developerguide/cloud_watch.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.database_classes import memory_mib
from config.database_connections import postgres_connections
from tests.alarms.measure import Measured, gauge, of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.alarms.environment import Environment, Place
    from tests.alarms.world import Database, World

_RDS: Final = "AWS/RDS"
_DOCDB: Final = "AWS/DocDB"
_MIB: Final = 1024 * 1024
_FIVE_MINUTES: Final = 5
_DOCUMENTDB_CONNECTIONS: Final = 1000


def measure(environment: Environment, world: World) -> Iterator[Measured]:
    """The metrics of both databases."""
    for place in environment.all("aws_db_instance"):
        yield from _of_postgres(environment, place, world.postgres)
    for place in environment.all("aws_db_proxy"):
        yield from _of_proxy(environment, place, world)
    members: list[Database] = []
    for place in environment.all("aws_docdb_cluster_instance"):
        one = world.documentdb(place.path[-1].rpartition("-")[2])
        members.append(one)
        # Each accepts another number, so that no alarm can use that of another one.
        yield from _of_documentdb(environment, place, one, _DOCUMENTDB_CONNECTIONS + 100 * len(members))
    for place in environment.all("aws_docdb_cluster"):
        dimensions = {"DBClusterIdentifier": environment.of(place, "cluster_identifier")}
        cpu = tuple((one.cpu_percent, 1.0) for one in members if one.reports)
        yield of(place, _DOCDB, "CPUUtilization", dimensions, cpu)
        lag = gauge(world.documentdb_lag_ms) if cpu else ()
        yield of(place, _DOCDB, "DBClusterReplicaLagMaximum", dimensions, lag)


def _of_postgres(environment: Environment, place: Place, one: Database) -> Iterator[Measured]:
    dimensions = {"DBInstanceIdentifier": environment.of(place, "identifier")}
    values = {
        **_of_instance(one, place.get("instance_class")),
        "DatabaseConnections": one.connections_share * postgres_connections(place.get("instance_class")),
        "DiskQueueDepth": one.waiting_io,
        "FreeStorageSpace": one.free_storage_gib * 1024 * _MIB,
        "MaximumUsedTransactionIDs": one.transaction_ids,
        "ReadLatency": one.read_seconds,
        "ReplicaLag": one.lag_seconds,
        "WriteLatency": one.write_seconds,
    }
    yield from _reported(place, _RDS, dimensions, values, one)


def _of_documentdb(environment: Environment, place: Place, one: Database, connections: int) -> Iterator[Measured]:
    """Its latencies are in milliseconds."""
    dimensions = {"DBInstanceIdentifier": environment.of(place, "identifier")}
    values = {
        **_of_instance(one, place.get("instance_class")),
        "DatabaseConnectionsMax": one.connections_share * connections,
        "DatabaseConnectionsLimit": connections,
        "LowMemNumOperationsThrottled": one.throttled,
        "ReadLatency": 1000 * one.read_seconds,
        "WriteLatency": 1000 * one.write_seconds,
    }
    yield from _reported(place, _DOCDB, dimensions, values, one)


def _of_instance(one: Database, instance_class: str) -> dict[str, float]:
    """What both engines publish."""
    return {
        "CPUUtilization": one.cpu_percent,
        "FreeableMemory": one.free_memory_share * memory_mib(instance_class) * _MIB,
        "SwapUsage": one.swap_gib * 1024 * _MIB,
    }


def _reported(
    place: Place, namespace: str, dimensions: Mapping[str, str], values: Mapping[str, float], one: Database
) -> Iterator[Measured]:
    for name, value in values.items():
        yield of(place, namespace, name, dimensions, gauge(value) if one.reports else ())
    credits_ = gauge(one.cpu_credits) if one.reports else ()
    yield of(place, namespace, "CPUCreditBalance", dimensions, credits_, every_minutes=_FIVE_MINUTES)


def _of_proxy(environment: Environment, place: Place, world: World) -> Iterator[Measured]:
    """Its times are in microseconds. It reports also while it does not reach the database."""
    name, one = {"ProxyName": environment.of(place, "name")}, world.proxy
    for metric, value in {
        "DatabaseConnectionsCurrentlyBorrowed": one.borrowed,
        "MaxDatabaseConnectionsAllowed": one.allowed,
        "DatabaseConnectionsBorrowLatency": 1_000_000 * one.borrow_seconds,
        "QueryDatabaseResponseLatency": 1_000_000 * one.query_seconds,
        "DatabaseConnectionsSetupFailed": one.refused,
        "ClientConnections": one.borrowed,
    }.items():
        yield of(place, _RDS, metric, name, gauge(value))
    target = {**name, "TargetGroup": "default", "TargetRole": "READ_WRITE"}
    yield of(place, _RDS, "AvailabilityPercentage", target, gauge(one.available_percent))
