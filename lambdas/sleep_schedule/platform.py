"""What sleeps: the services and their scaling, PostgreSQL and DocumentDB. Every action can be repeated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_NAMESPACE: Final = "ecs"
_DIMENSION: Final = "ecs:service:DesiredCount"
_SUSPENSIONS: Final = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
_MOST_SERVICES: Final = 10
_USABLE: Final = frozenset({"available", "backing-up", "storage-optimization"})
"""In which a database answers.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
"""
_CHANGED_MEANWHILE: Final = frozenset(
    {"InvalidDBInstanceState", "InvalidDBInstanceStateFault", "InvalidDBClusterStateFault"}
)
"""Its status was another one when AWS got the call: the next run sees which."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """What ECS reports about a service."""

    name: str
    desired: int
    tasks: int
    """Running and pending."""
    running: int
    is_deploying: bool


@dataclass(frozen=True, kw_only=True)
class Services:
    """The services of the cluster."""

    ecs: Any
    scaling: Any
    cluster: str
    names: Sequence[str]

    def read(self) -> list[Service]:
        """Those that exist."""
        found = []
        for first in range(0, len(self.names), _MOST_SERVICES):
            chunk = list(self.names[first : first + _MOST_SERVICES])
            answer = self.ecs.describe_services(cluster=self.cluster, services=chunk)
            found += [_service(each) for each in answer["services"] if each["status"] == "ACTIVE"]
        return found

    def stop(self) -> str:
        """Suspend the scaling, then want no task; returns what is still to wait for."""
        # Registering sets the number of tasks to the minimum if it is below, so this comes first, and only once:
        # https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
        self._set_suspended(self.read(), suspended=True)
        services = self.read()
        wanting = [service for service in services if service.desired]
        for service in wanting:
            self._set_count(service.name, 0)
        if wanting:
            services = self.read()
        left = sum(service.tasks for service in services)
        return f"{left} {'task is' if left == 1 else 'tasks are'} still running" if left else ""

    def start(self, counts: Mapping[str, int]) -> str:
        """Want as many tasks as before, then let the scaling go on; returns what is still to wait for."""
        services = self.read()
        bounds = self._bounds(services)
        empty = [service for service in services if not service.desired]
        for service in empty:
            least, most = bounds.get(service.name, (0, counts.get(service.name, 0)))
            if count := min(max(counts.get(service.name, least), least), most):
                self._set_count(service.name, count)
        self._set_suspended(services, suspended=False)
        if empty:
            services = self.read()
        starting = [service.name for service in services if service.running < service.desired]
        return f"tasks are starting: {', '.join(starting)}" if starting else ""

    def _set_count(self, name: str, count: int) -> None:
        self.ecs.update_service(cluster=self.cluster, service=name, desiredCount=count)

    def _targets(self, services: Sequence[Service]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each service with its scalable target."""
        by_resource = {f"service/{self.cluster}/{service.name}": service.name for service in services}
        if by_resource:
            pages = self.scaling.get_paginator("describe_scalable_targets").paginate(
                ServiceNamespace=_NAMESPACE, ResourceIds=list(by_resource), ScalableDimension=_DIMENSION
            )
            for page in pages:
                yield from ((by_resource[target["ResourceId"]], target) for target in page["ScalableTargets"])

    def _bounds(self, services: Sequence[Service]) -> dict[str, tuple[int, int]]:
        return {name: (target["MinCapacity"], target["MaxCapacity"]) for name, target in self._targets(services)}

    def _set_suspended(self, services: Sequence[Service], *, suspended: bool) -> None:
        """Change only what differs; the bounds stay, so Terraform sees no difference."""
        wanted = dict.fromkeys(_SUSPENSIONS, suspended)
        for name, target in self._targets(services):
            now = target.get("SuspendedState") or {}
            if {key: now.get(key, False) for key in _SUSPENSIONS} != wanted:
                self.scaling.register_scalable_target(
                    ServiceNamespace=_NAMESPACE,
                    ResourceId=f"service/{self.cluster}/{name}",
                    ScalableDimension=_DIMENSION,
                    SuspendedState=wanted,
                )


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """The instance of PostgreSQL."""

    rds: Any
    identifier: str
    title: str = field(default="PostgreSQL", init=False)

    def statuses(self) -> list[str]:
        """What must be usable."""
        answer = self.rds.describe_db_instances(DBInstanceIdentifier=self.identifier)
        return [answer["DBInstances"][0]["DBInstanceStatus"]]

    def send_stop(self) -> None:
        """Stop it."""
        self.rds.stop_db_instance(DBInstanceIdentifier=self.identifier)

    def send_start(self) -> None:
        """Start it."""
        self.rds.start_db_instance(DBInstanceIdentifier=self.identifier)


@dataclass(frozen=True, kw_only=True)
class Documentdb:
    """The cluster of DocumentDB, with its instances."""

    docdb: Any
    identifier: str
    title: str = field(default="DocumentDB", init=False)

    def statuses(self) -> list[str]:
        """The cluster first, then its instances."""
        cluster = self.docdb.describe_db_clusters(DBClusterIdentifier=self.identifier)["DBClusters"][0]
        only_its_own = [{"Name": "db-cluster-id", "Values": [self.identifier]}]
        instances = self.docdb.describe_db_instances(Filters=only_its_own)["DBInstances"]
        return [cluster["Status"], *(instance["DBInstanceStatus"] for instance in instances)]

    def send_stop(self) -> None:
        """Stop the cluster, and so all its instances."""
        self.docdb.stop_db_cluster(DBClusterIdentifier=self.identifier)

    def send_start(self) -> None:
        """Start it."""
        self.docdb.start_db_cluster(DBClusterIdentifier=self.identifier)


Database = Postgres | Documentdb


def stop(database: Database) -> str:
    """Stop a database that is available; returns what is still to wait for."""
    status = database.statuses()[0]
    if status == "stopped":
        return ""
    if status != "available":
        return f"{database.title} is {status}"
    return _send(database.send_stop, f"{database.title} is stopping")


def start(database: Database) -> str:
    """Start a database that is stopped; returns what is still to wait for."""
    statuses = database.statuses()
    if statuses[0] == "stopped":
        return _send(database.send_start, f"{database.title} is starting")
    waits = [status for status in statuses if status not in _USABLE]
    return f"{database.title} is {waits[0]}" if waits else ""


def _send(call: Callable[[], None], done: str) -> str:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] not in _CHANGED_MEANWHILE:
            raise
        return str(error.response["Error"]["Message"])
    return done


def _service(found: Mapping[str, Any]) -> Service:
    deployments = found.get("deployments") or ()
    return Service(
        name=found["serviceName"],
        desired=found["desiredCount"],
        tasks=found["runningCount"] + found["pendingCount"],
        running=found["runningCount"],
        # A deployment of ECS has a second entry until the old tasks are gone, one of CodeDeploy a second task set.
        is_deploying=len(deployments) > 1 or len(found.get("taskSets") or ()) > 1,
    )
