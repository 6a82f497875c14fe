"""Load balancers, NAT gateways, addresses, endpoints and the traffic through them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pricing.charge import Charge, Gap, Item, Site, prices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.resource import Billable

_ADDRESSES: Final = "public IPv4 addresses"
_TRAFFIC: Final = "data transfer"
KIB_PER_GIB: Final = 1024 * 1024


def internet_gib(site: Site) -> float:
    """GiB that are sent to users in a month."""
    return site.usage.requests_million * 1e6 * site.usage.response_kib / KIB_PER_GIB


@prices("aws_lb", "aws_alb")
def load_balancer(resource: Billable, site: Site) -> Iterator[Item]:
    """Its hours, its capacity units, and its addresses if it is public."""
    component = "load balancer"
    if resource.text("load_balancer_type") not in {"", "application"}:
        yield Gap(component=component, reason=f"a {resource.text('load_balancer_type')} load balancer has no price")
        return
    yield Charge(component=component, price="load_balancer", quantity=1)
    units = site.usage.load_balancer_units
    yield Charge(component=component, price="load_balancer_capacity", quantity=units, is_usage=True)
    if not resource.is_on("internal"):
        subnets = resource.get("subnets")
        if isinstance(subnets, list) and subnets:
            yield Charge(component=_ADDRESSES, price="public_ipv4", quantity=len(subnets))
        else:
            yield Gap(component=_ADDRESSES, reason="the number of its subnets is not known")
        if not site.served_by_cdn:
            yield Charge(component=_TRAFFIC, price="internet_data", quantity=internet_gib(site), is_usage=True)


@prices("aws_nat_gateway")
def nat_gateway(resource: Billable, site: Site) -> Iterator[Item]:
    """Its hours, and its part of the traffic of the region."""
    usage, gateways = site.usage, site.inventory.count("aws_nat_gateway", region=resource.region)
    data = usage.nat_gib / max(1, gateways)
    component = "NAT gateway"
    yield Charge(component=component, price="nat_gateway", quantity=1)
    yield Charge(component=component, price="nat_gateway_data", quantity=data, is_usage=True)
    outbound = data * usage.nat_outbound_percent / 100
    yield Charge(component=_TRAFFIC, price="internet_data", quantity=outbound, is_usage=True)


@prices("aws_eip")
def address(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001 (all have these parameters)
    """An address costs the same whether it is used or not.

    https://aws.amazon.com/vpc/pricing/
    """
    yield Charge(component=_ADDRESSES, price="public_ipv4", quantity=1)


@prices("aws_vpc_endpoint")
def endpoint(resource: Billable, site: Site) -> Iterator[Item]:
    """An interface endpoint in each of its zones; a gateway endpoint is free."""
    component = "VPC endpoints"
    kind = resource.text("vpc_endpoint_type") or "Gateway"
    if kind == "Gateway":
        yield Charge(component=component, price="gateway_endpoint", quantity=1)
        return
    if kind != "Interface":
        yield Gap(component=component, reason=f"an endpoint of the type {kind} has no price")
        return
    subnets = resource.get("subnet_ids")
    if not isinstance(subnets, list) or not subnets:
        yield Gap(component=component, reason="the number of its subnets is not known")
        return
    yield Charge(component=component, price="interface_endpoint", quantity=len(subnets))
    yield Charge(component=component, price="interface_endpoint_data", quantity=site.usage.endpoint_gib, is_usage=True)


@prices("aws_vpc")
def vpc(resource: Billable, site: Site) -> Iterator[Item]:
    """A VPC is free; what its tasks send to another zone is not."""
    if any(each.region == resource.region for each in site.inventory.all("aws_ecs_service")):
        gib = site.usage.zones_gib
        yield Charge(component=_TRAFFIC, price="inter_zone_data", quantity=gib * 2, is_usage=True)


@prices("aws_flow_log")
def flow_log(resource: Billable, site: Site) -> Iterator[Item]:
    """What it writes; a log group charges for what is stored."""
    if resource.text("log_destination_type") not in {"", "cloud-watch-logs"}:
        yield Gap(component="logs", reason="a flow log that does not go to CloudWatch has no price")
        return
    yield Charge(component="logs", price="logs_ingested", quantity=site.usage.flow_log_gib, is_usage=True)
