"""How many connections the databases accept, and whether all that the services may open fit into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.database_classes import instance_family, memory_mib
from config.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.services import ServiceSettings

MOST_POSTGRES_CONNECTIONS: Final = 5000
_BYTES_PER_CONNECTION: Final = 9_531_392
"""RDS's default of max_connections is LEAST({DBInstanceClassMemory/9531392}, 5000).

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
"""
_SYSTEM_MIB: Final = 280
_SYSTEM_MIB_PER_GIB: Final = 44
"""DBInstanceClassMemory is less than the memory of the class; AWS does not say by how much.

With these two the result is less than every reported `SHOW max_connections`, by 5 % or less from 4 GiB on:
198 with 2 GiB, 413 with 4, 856 with 8, 1660 with 15.25 (and 1697 for db.r6g.large, which has 16).
https://gist.github.com/guizmaii/1cacffef793c2ba9645083c3e18b3d8c
"""

POSTGRES_RESERVED: Final = 3 + 2
"""superuser_reserved_connections, which RDS uses itself, and rds.rds_superuser_reserved_connections.

https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-SUPERUSER-RESERVED-CONNECTIONS
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
"""
PEOPLE: Final = 5
"""Connections for people, for migrations of the schema and for the function that keeps the roles, in each database.

That function has three at the same time at the most: in PostgreSQL the master's, which holds its lock, a login that it
tries, and the master's of a second run that ends at once; in DocumentDB a client and the two that watch the instance.
"""

_DOCUMENTDB_BURSTABLE: Final = 1000
_DOCUMENTDB: Final[Mapping[str, int]] = {
    "large": 3400,
    "xlarge": 7000,
    "2xlarge": 14_200,
    "4xlarge": 28_400,
    "8xlarge": 60_000,
    "12xlarge": 60_000,
    "16xlarge": 60_000,
    "24xlarge": 60_000,
}
"""Connections of an instance, active and idle. The page has the families t3, t4g, r5 and r6g; r8g has r6g's memory.

https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html#limits.instance
"""
_MONITORS: Final = 2
"""Connections by which each client of a replica set watches each instance, besides its pool.

https://github.com/mongodb/specifications/blob/master/source/server-discovery-and-monitoring/server-monitoring.md
"""

_COPIES: Final = 2
"""How often the tasks of a service run while a new version replaces the old one.

CodeDeploy starts all of the second color beside the first; a rolling deployment may start as many (200 %).
"""


def postgres_connections(instance_class: str) -> int:
    """The connections that PostgreSQL of a class accepts at the least, with the reserved ones."""
    memory = memory_mib(instance_class)
    bytes_ = (memory - _SYSTEM_MIB) * 1024**2 - memory * 1024 * _SYSTEM_MIB_PER_GIB
    return min(bytes_ // _BYTES_PER_CONNECTION, MOST_POSTGRES_CONNECTIONS)


def documentdb_connections(instance_class: str) -> int:
    """The connections that one instance of DocumentDB of a class accepts."""
    if instance_family(instance_class).startswith("t"):
        return _DOCUMENTDB_BURSTABLE
    return _DOCUMENTDB[instance_class.split(".")[2]]


def proxy_connections(instance_class: str, *, max_connections_percent: int) -> int:
    """The connections that the pool of a proxy opens at most."""
    return postgres_connections(instance_class) * max_connections_percent // 100


def check_proxy_leaves_connections(
    postgres__instance_class: str | None, postgres__proxy__max_connections_percent: int | None
) -> Iterator[Problem]:
    """A person must be able to connect while the pool of the proxy is full."""
    class_, percent = postgres__instance_class, postgres__proxy__max_connections_percent
    if class_ is None or percent is None:
        return
    all_ = postgres_connections(class_)
    needed = POSTGRES_RESERVED + PEOPLE
    left = all_ - proxy_connections(class_, max_connections_percent=percent)
    if left < needed:
        yield Problem(
            key="postgres.proxy.max_connections_percent",
            value=percent,
            allowed=f'leaves {left} of the {all_} connections of "{class_}"; {needed} must remain: '
            f"{POSTGRES_RESERVED} that PostgreSQL reserves and {PEOPLE} for people; "
            f"use {(all_ - needed) * 100 // all_} or less",
        )


def check_postgres_connections(
    services: Mapping[str, ServiceSettings],
    postgres__instance_class: str | None,
    postgres__replicas: int | None,
    postgres__proxy__max_connections_percent: int | None,
    postgres__proxy__clients_per_connection: int | None,
) -> Iterator[Problem]:
    """All tasks together open no more connections than PostgreSQL accepts."""
    class_, percent = postgres__instance_class, postgres__proxy__max_connections_percent
    if class_ is None:
        return
    direct = postgres_connections(class_) - POSTGRES_RESERVED - PEOPLE
    of_class = f'"{class_}" has {direct} for services'
    if percent is None:
        yield from _excess(services, "postgres", direct, of_class, "use a larger instance_class")
        return
    pool = proxy_connections(class_, max_connections_percent=percent)
    shared = postgres__proxy__clients_per_connection or 1
    yield from _excess(
        services,
        "postgres",
        pool * shared,
        f'the proxy of "{class_}" has a pool of {pool} and clients_per_connection = {shared}, so {pool * shared}',
        "use a larger instance_class, or raise clients_per_connection in [postgres.proxy]",
    )
    if postgres__replicas and direct < pool * shared:
        replicas = f"{of_class} on each read replica, which has no proxy"
        yield from _excess(services, "postgres", direct, replicas, "use a larger instance_class")


def check_documentdb_connections(
    services: Mapping[str, ServiceSettings], documentdb__instance_class: str | None
) -> Iterator[Problem]:
    """The same for each instance of DocumentDB: a client has a pool for every one."""
    class_ = documentdb__instance_class
    if class_ is not None:
        allowed = documentdb_connections(class_) - PEOPLE
        of_class = f'each instance of "{class_}" has {allowed} for services'
        yield from _excess(services, "documentdb", allowed, of_class, "use a larger instance_class", monitors=_MONITORS)


def _excess(
    services: Mapping[str, ServiceSettings], database: str, allowed: int, has: str, remedy: str, *, monitors: int = 0
) -> Iterator[Problem]:
    """The problem at the service that opens the most, if they open too many."""
    users = {name: service for name, service in services.items() if database in service.databases}
    opened = {name: _COPIES * service.max_count * (service.pool_size + monitors) for name, service in users.items()}
    if sum(opened.values()) <= allowed:
        return
    most = max(opened, key=opened.__getitem__)
    parts = " + ".join(
        f"{_COPIES} x {service.max_count} tasks of {name} x {service.pool_size + monitors}"
        for name, service in users.items()
    )
    pool = f"pool_size and {monitors} that watch it" if monitors else "pool_size"
    yield Problem(
        key=f"services.{most}.pool_size",
        value=users[most].pool_size,
        allowed=f"during a deployment services may open {sum(opened.values())} connections to {database} ({parts}: "
        f"{pool}), but {has}; lower pool_size or max_count, or {remedy}",
    )
