"""The names at which databases are reached: instances, replicas, clusters and proxies of RDS and DocumentDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends

from emulator.outages.state import lost_since
from emulator.reachability import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTDB: Final = "docdb"
POSTGRES: Final = "postgres"
_PORT: Final = 5432
_RUNNING: Final = frozenset({"available", "modifying", "rebooting"})


@dataclass(frozen=True)
class Endpoint:
    """A name, and the instance or cluster of moto that it leads to."""

    host: str
    port: int
    place: Place
    database: Any
    """The instance or cluster that has the data; None if the proxy has no target."""
    proxy: Any = None

    @property
    def lost(self) -> str | None:
        """Why nothing answers, if its region, or that of its data, is lost."""
        regions = (self.place.region, *([self.database.region] if self.database is not None else []))
        return next((f"the region {region} does not answer" for region in regions if lost_since(region)), None)

    @property
    def stopped(self) -> str | None:
        """Why nothing answers, or None."""
        if lost := self.lost:
            return lost
        if self.database is None:
            return f"the proxy {self.proxy.db_proxy_name} has no target"
        name, status = self.database.resource_id, self.database.status
        if self.database.engine == DOCUMENTDB and not members(self.database):
            return f"the cluster {name} has no instance"
        if getattr(self.database, "global_cluster_identifier", None) and not self.database.is_writer:
            return f"the cluster {name} is the secondary of a global cluster, which accepts no connections here"
        # moto reports a new cluster as "creating" until it was described.
        return None if status in _RUNNING | {"creating"} else f"{name} is {status}"


def endpoints(account: str) -> Iterator[Endpoint]:
    """All endpoints of PostgreSQL and DocumentDB of an account; the caller has the lock."""
    for backend in list(dict.values(rds_backends[account])):
        for instance in backend.databases.values():
            if instance.engine == POSTGRES:
                yield endpoint_of_instance(instance)
            elif (cluster := getattr(instance, "cluster", None)) is not None and cluster.engine == DOCUMENTDB:
                yield Endpoint(instance.address, int(cluster.port), _place(cluster), cluster)
        for cluster in backend.clusters.values():
            if cluster.engine == DOCUMENTDB:
                for name in (cluster.endpoint, cluster.reader_endpoint):
                    yield Endpoint(name, int(cluster.port), _place(cluster), cluster)
        for proxy in backend.db_proxies.values():
            if proxy.engine_family == "POSTGRESQL":
                yield endpoint_of_proxy(proxy)


def endpoint_of_proxy(proxy: Any) -> Endpoint:
    """Return the endpoint of a proxy, whose port is that of its database."""
    database = _target(proxy)
    place = Place(proxy.account_id, proxy.region, tuple(proxy.vpc_subnet_ids), tuple(proxy.vpc_security_group_ids))
    return Endpoint(proxy.endpoint, int(database.port) if database else _PORT, place, database, proxy)


def endpoint_of_instance(instance: Any) -> Endpoint:
    """Return the endpoint of an instance of PostgreSQL."""
    return Endpoint(instance.address, int(instance.port), _place(instance), primary(instance))


def find_endpoint(account: str, host: str) -> Endpoint | None:
    """Return the endpoint of that name, if the account has it."""
    return next((each for each in endpoints(account) if each.host == host), None)


def members(cluster: Any) -> list[Any]:
    """The instances of a cluster."""
    return [
        instance
        for instance in cluster.backend.databases.values()
        if getattr(instance, "db_cluster_identifier", None) == cluster.db_cluster_identifier
    ]


def primary(instance: Any) -> Any:
    """The instance that an instance is a read replica of, or itself, also if that one's region is lost."""
    source = instance.source_db_instance_identifier
    if not source:
        return instance
    region = source.split(":")[3] if source.startswith("arn:") else instance.region
    found = rds_backends[instance.account_id][region].databases.get(source.rpartition(":")[2])
    apart = region != instance.region and lost_since(region) is not None
    return instance if found is None or apart else primary(found)


def names(database: Any) -> list[str]:
    """The names at which the data of an instance or cluster is reached without a proxy."""
    return [each.host for each in endpoints(database.account_id) if each.database is database and each.proxy is None]


def instances_at(database: Any, host: str) -> list[Any]:
    """The instance of PostgreSQL, or its replica, at a name that leads to the data of an instance."""
    return [
        instance
        for backend in list(dict.values(rds_backends[database.account_id]))
        for instance in backend.databases.values()
        if instance.engine == POSTGRES and instance.address == host and primary(instance) is database
    ]


def _target(proxy: Any) -> Any:
    for target in proxy.proxy_target_groups["default"].targets:
        instance = proxy.backend.databases.get(target.rds_resource_id)
        if instance is not None:
            return primary(instance)
    return None


def _place(database: Any) -> Place:
    if database.engine == DOCUMENTDB:
        group = database.backend.subnet_groups.get(database.db_subnet_group_name)
    else:
        group = getattr(database, "db_subnet_group", None)
    subnets = tuple(subnet["SubnetIdentifier"] for subnet in group.subnets) if group else ()
    return Place(database.account_id, database.region, subnets, tuple(database.vpc_security_group_ids or ()))
