"""What happens in an environment at one time: requests, tasks, databases; healthy unless a scenario changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.alarms.environment import Environment
    from tests.cloudwatch.statistics import Samples


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service behind the load balancer. Numbers are those of a minute."""

    limit: int
    """The most tasks that auto-scaling starts."""
    desired: int
    running: int
    healthy: int
    unhealthy: int = 0
    live: int = 0
    """Which of its target groups has the tasks and gets the requests."""
    waiting: int = 0
    """Healthy tasks in the other target group: during a deployment."""
    requests: float
    """Requests that reach a task."""
    failed: float = 0
    """Of these, the ones that a task answers with 5xx."""
    refused: float = 0
    """Connections that the tasks do not accept."""
    unanswered: float = 0
    """Requests that the load balancer answers with 5xx itself, because no task does."""
    seconds: float = 0.05
    slow_share: float = 0.02
    slow_seconds: float = 0.15
    cpu_percent: float = 35
    memory_percent: float = 45
    highest_memory_percent: float = 50

    @property
    def times(self) -> Samples:
        """The response times of the requests that a task answers."""
        slow = self.requests * self.slow_share
        return ((self.seconds, self.requests - slow), (self.slow_seconds, slow))


@dataclass(frozen=True, kw_only=True)
class Database:
    """One instance of PostgreSQL or DocumentDB."""

    reports: bool = True
    """Whether it runs: one that is stopped or has failed publishes nothing."""
    connections_share: float = 0.3
    """The open connections, of those that it accepts."""
    cpu_percent: float = 30
    cpu_credits: float = 100
    free_memory_share: float = 0.35
    swap_gib: float = 0
    read_seconds: float = 0.001
    write_seconds: float = 0.002
    waiting_io: float = 0.5
    free_storage_gib: float = 12
    transaction_ids: float = 2e8
    lag_seconds: float = 1
    throttled: float = 0
    """Operations that wait because memory is short."""


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """The proxy of PostgreSQL."""

    available_percent: float = 100
    """Its own checks that the database answers."""
    allowed: float = 300
    borrowed: float = 40
    borrow_seconds: float = 0.0005
    query_seconds: float = 0.005
    refused: float = 0
    """Connections to the database that cannot be opened."""


@dataclass(frozen=True, kw_only=True)
class World:
    """One environment."""

    services: Mapping[str, Service]
    postgres: Database = Database()
    proxy: Proxy = Proxy()
    documentdb_instances: Mapping[str, Database] = field(default_factory=dict)
    """By their number; healthy if they are not there."""
    documentdb_lag_ms: float = 15
    rejected_connections: float = 0
    """Connections that the load balancer rejects, because it has too many."""
    blocked: float = 0
    """Requests that the firewall blocks."""
    function_errors: Mapping[str, float] = field(default_factory=dict)
    """Errors and throttles of CloudFront's functions, by their part in the path of constructs."""
    origin_seconds: float = 0.01
    """From CloudFront to the load balancer and back."""
    unreached: float = 0
    """Requests that CloudFront answers with 5xx itself, because it does not reach the load balancer."""
    site_answers: bool = True
    """Whether Route 53's health check gets an answer."""
    port_errors: Mapping[str, float] = field(default_factory=dict)
    """Connections for which a NAT gateway has no port, by the zone of the gateway."""
    dropped_percent: Mapping[str, float] = field(default_factory=dict)
    """Packets that a NAT gateway drops, in percent, by the zone of the gateway."""
    days_to_expiry: Mapping[str, float | None] = field(default_factory=dict)
    """Days until a certificate expires, by its layer; None if AWS does not publish it. Of others, half a year."""
    unsigned_zone: float | None = 0
    """Failures of signing the DNS zone; None if AWS publishes nothing of it."""
    zone_keys_needing_action: float | None = 0
    events: Mapping[str, float] = field(default_factory=dict)
    """Log events that match a metric filter, by its name."""
    failed_messages: Mapping[str, float] = field(default_factory=dict)
    """Messages in dead-letter queues, by a part of the path of constructs."""
    undelivered: Mapping[str, float] = field(default_factory=dict)
    """Events that EventBridge cannot deliver, by the construct of their rule."""
    failing_canaries: frozenset[str] = frozenset()
    """Canaries that fail although requests get answers: a part of their path of constructs."""
    is_asleep: bool = False
    """Whether the sleep schedule says so, in an environment that has one."""
    transition_minutes: float | None = 0
    """For how long it has been falling asleep or waking; None if the schedule does not run."""
    critical_findings: float | None = 0
    """Findings on images that run, by the scans of a day; None if there is no scan."""
    image_days: float | None = 6
    """The age of the oldest image that runs; None if no task runs."""
    copy_ages: Mapping[str, float | None] = field(default_factory=dict)
    """Minutes by the store that has copies in a second region; None if it is not measured. Of others, five."""
    replication_seconds: Mapping[str, float] = field(default_factory=dict)
    """How late the copies of a bucket's objects are, by a component of its name; of others, twenty seconds."""
    failed_replications: Mapping[str, float] = field(default_factory=dict)
    """Objects that S3 could not copy, by a component of the bucket's name."""
    drill_ages: Mapping[str, float | None] = field(default_factory=dict)
    """Days since the last restore drill of a database that succeeded; None if not measured. Of others, three."""
    restore_minutes: Mapping[str, float] = field(default_factory=dict)
    """Minutes that the restore of a database took in a drill that has just succeeded; there is none of others."""
    left_restores: Mapping[str, float | None] = field(default_factory=dict)
    """What drills have restored of a database and is still there a day later; None if not measured. Of others, none."""
    is_silent: bool = False
    """Whether CloudWatch gets no data at all."""

    def documentdb(self, number: str) -> Database:
        """An instance of DocumentDB."""
        return self.documentdb_instances.get(number, Database())

    @property
    def requests(self) -> float:
        """Requests of users."""
        return self.unreached + sum(service.requests + service.unanswered for service in self.services.values())

    @property
    def failed(self) -> float:
        """Of these, the ones with a 5xx answer."""
        return self.unreached + sum(service.failed + service.unanswered for service in self.services.values())


_REQUESTS = {"backend": 600, "frontend": 900}


def healthy(environment: Environment) -> World:
    """An environment in which everything works, with the lowest number of tasks."""
    services: dict[str, Service] = {}
    for target in environment.all("aws_appautoscaling_target"):
        count = target.get("min_capacity")
        name = target.path[0].removesuffix("-service")
        services[name] = Service(
            limit=target.get("max_capacity"),
            desired=count,
            running=count,
            healthy=count,
            requests=_REQUESTS[name],
        )
    return World(services=services)


Change = Callable[[World], World]
"""Something that happens: what it makes of a world."""


def both(*changes: Change) -> Change:
    """Several changes at once."""

    def apply(world: World) -> World:
        for change in changes:
            world = change(world)
        return world

    return apply


def service(*names: str, **values: Any) -> Change:
    """Change these services; all of them if none is named."""
    return of_service(*names, change=lambda one: replace(one, **values))


def of_service(*names: str, change: Callable[[Service], Service]) -> Change:
    """Change these services, from what they are; all of them if none is named."""

    def apply(world: World) -> World:
        chosen = names or tuple(world.services)
        return replace(world, services={**world.services, **{name: change(world.services[name]) for name in chosen}})

    return apply


def postgres(**values: Any) -> Change:
    """Change PostgreSQL."""
    return lambda before: replace(before, postgres=replace(before.postgres, **values))


def proxy(**values: Any) -> Change:
    """Change the proxy of PostgreSQL."""
    return lambda before: replace(before, proxy=replace(before.proxy, **values))


def documentdb(*numbers: str, **values: Any) -> Change:
    """Change these instances of DocumentDB."""

    def apply(before: World) -> World:
        changed = {number: replace(before.documentdb(number), **values) for number in numbers}
        return replace(before, documentdb_instances={**before.documentdb_instances, **changed})

    return apply


def world(**values: Any) -> Change:
    """Change what belongs to no service."""
    return lambda before: replace(before, **values)
