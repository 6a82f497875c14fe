"""Routes: only entrances and NAT gateways are in subnets that the internet gateway serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.openings import is_of_internet, networks_of
from compliance.references import Place, of_same_environment, places, referred
from compliance.rule import Finding, rule_with_others
from synthesis.template import blocks, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_GATEWAY: Final = "aws_internet_gateway"
_TARGETS: Final = ("cidr_block", "destination_cidr_block", "destination_ipv6_cidr_block", "ipv6_cidr_block")
_ENTRANCES: Final = (
    "aws_nat_gateway",
    "aws_network_acl",
    "aws_network_acl_association",
    "aws_route_table_association",
    "aws_vpc_endpoint",
)
_BALANCERS: Final = ("aws_elb", "aws_lb")


@rule_with_others
def internet_gateway_serves_entrances_only(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No task, function, build or database is in a subnet with a route to the internet gateway, only entrances."""
    routes = list(_direct_routes(stack, stacks))
    if not routes:
        return
    users = [
        (f"{other.id}/{resource.address}", places(named, other, stacks))
        for other in of_same_environment(stack, stacks)
        for resource in other.all()
        if not _is_entrance(resource) and (named := _subnets(resource))
    ]
    for resource, tables in routes:
        subnets = {
            place
            for one in stack.all("aws_route_table_association")
            if tables & places(one.get("route_table_id"), stack, stacks)
            for place in places(one.get("subnet_id"), stack, stacks)
        }
        for user, used in users:
            if subnets & used:
                yield Finding.about(resource, f"leads the subnets of {user} straight to the internet; use NAT")


def _direct_routes(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Resource, set[Place]]]:
    """The routes of a stack to an internet gateway, and the tables that have them."""
    for route in stack.all("aws_route"):
        if _is_direct(route.arguments, stack, stacks):
            yield route, places(route.get("route_table_id"), stack, stacks)
    for table in stack.all("aws_route_table"):
        if any(_is_direct(block, stack, stacks) for block in blocks(table.get("route"))):
            yield table, {Place.of(stack, table)}


def _is_direct(route: Mapping[str, Any], stack: Stack, stacks: Mapping[str, Stack]) -> bool:
    gateway = route.get("gateway_id")
    to_internet = any(is_of_internet(one) for name in _TARGETS for one in networks_of(route.get(name)))
    is_gateway = str(gateway).startswith("igw-") or any(
        one.kind == _GATEWAY for _, one in referred(gateway, stack, stacks)
    )
    return to_internet and is_gateway


def _is_entrance(resource: Resource) -> bool:
    return resource.kind in _ENTRANCES or (resource.kind in _BALANCERS and not resource.is_on("internal"))


def _subnets(resource: Resource) -> list[str]:
    """What a resource names as its subnets, by the names of its arguments."""
    return [text for name, text in texts(dict(resource.arguments)) if "subnet" in name and "${" in text]
