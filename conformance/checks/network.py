"""VPC, subnets, routes and flow logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.clause import DEV, PROD, STAGING, clause, instead
from conformance.evidence import NotMet
from conformance.expect import equals, is_set, mentions

if TYPE_CHECKING:
    from conformance.view import Seen, View

_TESTS: Final = "tests/stacks/test_network.py"
_LAYER: Final = "network"
_WORLD: Final = "0.0.0.0/0"
_OWN_BLOCK: Final = "10.1.0.0/16 in staging, 10.2.0.0/16 in dev: networks with the same addresses cannot be connected"
_ONE_ZONE: Final = "its services run in one zone, as 4.2 asks, so it has one private subnet"
_SECOND_OCTET: Final = {PROD: 0, STAGING: 1, DEV: 2}


def _subnets(view: View, tier: str, third_octets: tuple[int, ...], *, octet: int | None = None) -> list[Seen]:
    octet = _SECOND_OCTET[view.environment] if octet is None else octet
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


@clause("2.1/1", _TESTS)
def vpc_in_two_zones(view: View) -> None:
    """Each tier has a subnet in each of two zones."""
    for tier, third_octets in (("public", (1, 2)), ("private", (10, 20)), ("database", (100, 200))):
        in_zones(_subnets(view, tier, third_octets), 2)


@instead("2.1/1", environments=(DEV,), why=_ONE_ZONE)
def private_subnet_of_one_zone(view: View) -> None:
    """Public subnets and those of the databases in two zones, a private one in one of them."""
    in_zones(_subnets(view, "public", (1, 2)), 2)
    in_zones(_subnets(view, "database", (100, 200)), 2)
    zone = _private_subnet(view).require("availability_zone_id", is_set())
    view.some("aws_subnet", {"cidr_block": equals("10.2.1.0/24"), "availability_zone_id": equals(zone)}, layer=_LAYER)


def _private_subnet(view: View) -> Seen:
    """The only private subnet."""
    view.exactly(1, "aws_subnet", {("tags", "Name"): mentions("-private")}, layer=_LAYER)
    return _subnets(view, "private", (10,))[0]


@clause("2.1/2", _TESTS)
def internet_gateway(view: View) -> None:
    """The public subnets have a route to the gateway of the VPC."""
    view.one("aws_internet_gateway", layer=_LAYER).follow("vpc_id", to="aws_vpc")
    for subnet in _subnets(view, "public", (1, 2)):
        _routes(view, subnet, through="gateway_id")


@clause("2.1/3", _TESTS, note="a gateway in each zone that services run in: one in dev, two elsewhere")
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


def _vpc(view: View, octet: int) -> None:
    view.one("aws_vpc", layer=_LAYER).require("cidr_block", equals(f"10.{octet}.0.0/16"))


def _public_subnets(view: View, octet: int) -> None:
    for subnet in _subnets(view, "public", (1, 2), octet=octet):
        subnet.require("map_public_ip_on_launch", equals(value=False))


@clause("3.1/1", _TESTS)
def vpc_block(view: View) -> None:
    """The addresses of the VPC."""
    _vpc(view, _SECOND_OCTET[PROD])


@instead("3.1/1", environments=(DEV, STAGING), why=_OWN_BLOCK)
def own_vpc_block(view: View) -> None:
    """Addresses that no other environment has."""
    _vpc(view, _SECOND_OCTET[view.environment])


@clause("3.1/2", _TESTS)
def public_subnets(view: View) -> None:
    """The public subnets, which give no address to what is in them by itself."""
    _public_subnets(view, _SECOND_OCTET[PROD])


@instead("3.1/2", environments=(DEV, STAGING), why=_OWN_BLOCK)
def own_public_subnets(view: View) -> None:
    """The same subnets in the environment's own addresses."""
    _public_subnets(view, _SECOND_OCTET[view.environment])


@clause("3.1/3", _TESTS)
def private_subnets(view: View) -> None:
    """The subnets of the services."""
    _subnets(view, "private", (10, 20), octet=_SECOND_OCTET[PROD])


@instead("3.1/3", environments=(STAGING,), why=_OWN_BLOCK)
def own_private_subnets(view: View) -> None:
    """The same subnets in the environment's own addresses."""
    _subnets(view, "private", (10, 20))


@instead("3.1/3", environments=(DEV,), why=_ONE_ZONE)
def own_private_subnet(view: View) -> None:
    """One subnet in the environment's own addresses."""
    _private_subnet(view)


@clause("3.1/4", _TESTS)
def database_subnets(view: View) -> None:
    """The subnets of the databases."""
    _subnets(view, "database", (100, 200), octet=_SECOND_OCTET[PROD])


@instead("3.1/4", environments=(DEV, STAGING), why=_OWN_BLOCK)
def own_database_subnets(view: View) -> None:
    """The same subnets in the environment's own addresses."""
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
    _vpc(view, _SECOND_OCTET[view.environment])
    route_tables(view)
