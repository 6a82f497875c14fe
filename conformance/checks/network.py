"""VPC, subnets, routes and flow logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.clause import DEV, PROD, clause
from conformance.evidence import NotMet
from conformance.expect import equals, is_set, mentions

if TYPE_CHECKING:
    from conformance.view import Seen, View

_TESTS: Final = "tests/stacks/test_network.py"
_LAYER: Final = "network"
_WORLD: Final = "0.0.0.0/0"
_OWN_BLOCK: Final = (
    "only prod has the design's addresses: another /16 in each environment lets their networks be connected"
)
_SECOND_OCTET: Final = {PROD: 0, "staging": 1, DEV: 2}


def _subnets(view: View, tier: str, third_octets: tuple[int, ...]) -> list[Seen]:
    octet = _SECOND_OCTET[view.environment]
    blocks = [f"10.{octet}.{third}.0/24" for third in third_octets]
    found = [view.one("aws_subnet", {"cidr_block": equals(block)}, layer=_LAYER) for block in blocks]
    for subnet in found:
        subnet.require("tags", "Name", mentions(f"-{tier}"))
        subnet.follow("vpc_id", to="aws_vpc")
    return found


def in_zones(subnets: list[Seen], number: int) -> None:
    """The subnets are in so many zones."""
    zones = {str(subnet.require("availability_zone_id", is_set())) for subnet in subnets}
    if len(zones) != number:
        message = f"{subnets[0].place}: it and the others must be in {number} zones, not in {', '.join(sorted(zones))}"
        raise NotMet(message)


def _routes(view: View, subnet: Seen, *, through: str) -> None:
    """The route to the internet of a subnet."""
    association = view.one("aws_route_table_association", {"subnet_id": view.refers_to(subnet)}, layer=_LAYER)
    table = association.follow_one("route_table_id", to="aws_route_table")
    route = view.one(
        "aws_route",
        {"route_table_id": view.refers_to(table), "destination_cidr_block": equals(_WORLD)},
        layer=_LAYER,
    )
    route.require(through, is_set())


def _no_route(view: View, subnet: Seen) -> None:
    association = view.one("aws_route_table_association", {"subnet_id": view.refers_to(subnet)}, layer=_LAYER)
    table = association.follow_one("route_table_id", to="aws_route_table")
    where = {"route_table_id": view.refers_to(table), "destination_cidr_block": equals(_WORLD)}
    view.none("aws_route", where, layer=_LAYER)


@clause("2.1/1", _TESTS, differs="dev's services run in one zone, so it has one private subnet")
def vpc_in_two_zones(view: View) -> None:
    """Each tier has a subnet in each of two zones."""
    in_zones(_subnets(view, "public", (1, 2)), 2)
    in_zones(_subnets(view, "database", (100, 200)), 2)
    if view.environment == DEV:
        in_zones(_subnets(view, "private", (10,)), 1)
    else:
        in_zones(_subnets(view, "private", (10, 20)), 2)


@clause("2.1/2", _TESTS)
def internet_gateway(view: View) -> None:
    """The public subnets have a route to the gateway of the VPC."""
    view.one("aws_internet_gateway", layer=_LAYER).follow("vpc_id", to="aws_vpc")
    for subnet in _subnets(view, "public", (1, 2)):
        _routes(view, subnet, through="gateway_id")


@clause(
    "2.1/3", _TESTS, differs="dev has one gateway, because its services run in one zone; the others one for each zone"
)
def nat_gateways(view: View) -> None:
    """The private subnets go out through a gateway of their own zone."""
    zones = 1 if view.environment == DEV else 2
    for gateway in view.exactly(zones, "aws_nat_gateway", layer=_LAYER):
        gateway.follow("subnet_id", to="aws_subnet")
        gateway.follow("allocation_id", to="aws_eip")
    for subnet in _subnets(view, "private", (10, 20)[:zones]):
        _routes(view, subnet, through="nat_gateway_id")


@clause("2.1/5", _TESTS, "tests/acceptance/test_checks.py")
def route_tables(view: View) -> None:
    """Public subnets reach the internet, private ones only outwards, those of the databases not at all."""
    internet_gateway(view)
    nat_gateways(view)
    for subnet in _subnets(view, "database", (100, 200)):
        _no_route(view, subnet)


@clause("3.1/1", _TESTS, differs=_OWN_BLOCK)
def vpc_block(view: View) -> None:
    """The addresses of the VPC."""
    view.one("aws_vpc", layer=_LAYER).require("cidr_block", equals(f"10.{_SECOND_OCTET[view.environment]}.0.0/16"))


@clause("3.1/2", _TESTS, differs=_OWN_BLOCK)
def public_subnets(view: View) -> None:
    """The public subnets, which give no address to what is in them by itself."""
    for subnet in _subnets(view, "public", (1, 2)):
        subnet.require("map_public_ip_on_launch", equals(value=False))


@clause("3.1/3", _TESTS, differs=f"{_OWN_BLOCK}; dev has 10.2.10.0/24 only, as its services run in one zone")
def private_subnets(view: View) -> None:
    """The subnets of the services."""
    _subnets(view, "private", (10,) if view.environment == DEV else (10, 20))


@clause("3.1/4", _TESTS, differs=_OWN_BLOCK)
def database_subnets(view: View) -> None:
    """The subnets of the databases."""
    _subnets(view, "database", (100, 200))


@clause("6.1/1", _TESTS, "tests/compliance/test_public_exposure.py")
def private_application_and_databases(view: View) -> None:
    """Tasks have no public address, and databases are in subnets without a way to the internet."""
    zones = 1 if view.environment == DEV else 2
    for service in view.exactly(2, "aws_ecs_service", layer="service"):
        service.require("network_configuration", "assign_public_ip", equals(value=False))
        for subnet in service.follow("network_configuration", "subnets", to="aws_subnet", count=zones):
            subnet.require("tags", "Name", mentions("-private"))
    databases_without_internet(view)


def databases_without_internet(view: View) -> None:
    """Both databases are in subnets without a route to the internet."""
    for kind in ("aws_db_subnet_group", "aws_docdb_subnet_group"):
        for subnet in view.one(kind, layer="data").follow("subnet_ids", to="aws_subnet", count=2):
            subnet.require("tags", "Name", mentions("-database"))
            _no_route(view, subnet)


@clause("6.1/3", "tests/modules/network/test_flow_logs.py")
def flow_logs(view: View) -> None:
    """All traffic of the VPC, accepted and rejected, is logged for a limited time."""
    log = view.one("aws_flow_log", layer=_LAYER)
    log.follow("vpc_id", to="aws_vpc")
    log.require("traffic_type", equals("ALL"))
    group = log.follow_one("log_destination", to="aws_cloudwatch_log_group")
    group.require("retention_in_days", equals({DEV: 7, "staging": 90, PROD: 365}[view.environment]))


@clause("10.1/1", _TESTS)
def networking(view: View) -> None:
    """VPC, gateways and routes."""
    vpc_block(view)
    route_tables(view)
