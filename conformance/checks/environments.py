"""What the environments are to be, compared with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.compute import SERVICES, scaling, task
from conformance.checks.data import documentdb_of_three, postgres, postgres_in_two_zones
from conformance.checks.network import in_zones, vpc_in_two_zones
from conformance.clause import DEV, PROD, STAGING, clause
from conformance.expect import equals, is_there

if TYPE_CHECKING:
    from conformance.view import Seen, View

_TESTS: Final = "tests/stacks/test_network.py"
_ALIKE: Final = (
    ("aws_db_instance", "data", ("engine", "engine_version", "instance_class", "multi_az", "backup_retention_period")),
    ("aws_docdb_cluster", "data", ("engine_version", "backup_retention_period")),
    ("aws_lb", "service", ("internal", "load_balancer_type", "drop_invalid_header_fields")),
    ("aws_cloudfront_distribution", "edge", ("enabled", "http_version", "price_class")),
    ("aws_db_proxy", "data", ("engine_family", "require_tls", "idle_client_timeout")),
    ("aws_codedeploy_deployment_config", "service", ("traffic_routing_config",)),
)
"""What must be equal in staging and prod: type, layer, arguments."""


@clause(
    "4.2/1",
    _TESTS,
    "tests/stacks/test_data.py",
    environments=(DEV,),
    note=(
        "AWS wants two zones for a load balancer and a subnet group, so they have subnets in two; what runs is in one. "
        "Shared: one NAT gateway, one database instance of each kind for all services"
    ),
)
def development(view: View) -> None:
    """One zone, the smallest sizes, one of each."""
    view.exactly(1, "aws_nat_gateway", layer="network")
    database = postgres(view)
    database.require("multi_az", equals(value=False))
    database.require("instance_class", equals("db.t4g.micro"))
    view.one("aws_docdb_cluster_instance", layer="data").require("instance_class", equals("db.t3.medium"))
    for name in SERVICES:
        definition = task(view, name)
        definition.require("cpu", equals("256"))
        definition.require("memory", equals("512"))
    subnets = []
    for service in view.exactly(2, "aws_ecs_service", layer="service"):
        service.require("desired_count", equals(1))
        subnets += service.follow("network_configuration", "subnets", to="aws_subnet")
    in_zones(subnets, 1)


@clause(
    "4.2/2",
    "tests/stacks/test_data.py",
    "tests/stacks/test_edge.py",
    environments=(STAGING,),
    note="but for costs: half of the tasks above the first are on Spot, and a service has four tasks at most",
)
def staging(view: View) -> None:
    """What decides how a release behaves is as in prod: sizes, zones, ways of traffic, limits."""
    prod = view.of(PROD)
    for kind, layer, arguments in _ALIKE:
        _alike(view.one(kind, layer=layer), prod.one(kind, layer=layer), arguments)
    for name in SERVICES:
        _alike(task(view, name), task(prod, name), ("cpu", "memory", "network_mode", "runtime_platform"))
    vpc_in_two_zones(view)
    documentdb_of_three(view)


def _alike(one: Seen, other: Seen, arguments: tuple[str, ...]) -> None:
    for argument in arguments:
        value = other.require(argument, is_there())
        one.require(argument, equals(value))


@clause("4.2/3", "tests/stacks/test_data.py", "tests/stacks/test_service.py", environments=(PROD,))
def production(view: View) -> None:
    """Two zones for everything, services that scale, databases and load balancer that are protected."""
    vpc_in_two_zones(view)
    view.exactly(2, "aws_nat_gateway", layer="network")
    postgres_in_two_zones(view)
    documentdb_of_three(view)
    scaling(view)
    postgres(view).require("deletion_protection", equals(value=True))
    view.one("aws_lb", layer="service").require("enable_deletion_protection", equals(value=True))
    view.one("aws_lb", layer="service").require("enable_zonal_shift", equals(value=True))
