"""Load balancers, NAT gateways, addresses, endpoints, traffic."""

from __future__ import annotations

import pytest

from tests.pricing.samples import charges, gaps, resource

GATEWAY = resource("aws_nat_gateway.a")


def test_a_public_load_balancer_has_an_address_in_each_subnet_and_sends_to_users() -> None:
    public = resource("aws_lb.a", internal=False, subnets=["a", "b"])
    found = charges(public, load_balancer_units=2.5, requests_million=1.048576, response_kib=100)
    assert found == {
        "load_balancer": 1,
        "load_balancer_capacity": 2.5,
        "public_ipv4": 2,
        "internet_data": pytest.approx(100),
    }


def test_what_cloudfront_sends_is_not_sent_by_the_load_balancer() -> None:
    public = resource("aws_lb.a", internal=False, subnets=["a"])
    assert "internet_data" not in charges(public, resource("aws_cloudfront_distribution.a"))


def test_an_internal_load_balancer_has_no_address() -> None:
    assert set(charges(resource("aws_lb.a", internal=True))) == {"load_balancer", "load_balancer_capacity"}


def test_nat_gateways_share_the_traffic_of_their_region() -> None:
    one = charges(GATEWAY, nat_gib=60, nat_outbound_percent=50)
    assert one == {"nat_gateway": 1, "nat_gateway_data": 60, "internet_data": 30}
    assert (
        charges(GATEWAY, resource("aws_nat_gateway.b"), resource("aws_nat_gateway.c"), nat_gib=60)["nat_gateway_data"]
        == 20
    )


def test_an_interface_endpoint_costs_in_each_zone_and_a_gateway_endpoint_nothing() -> None:
    interface = resource("aws_vpc_endpoint.a", vpc_endpoint_type="Interface", subnet_ids=["a", "b", "c"])
    assert charges(interface, endpoint_gib=7) == {"interface_endpoint": 3, "interface_endpoint_data": 7}
    assert charges(resource("aws_vpc_endpoint.a")) == {"gateway_endpoint": 1}


def test_traffic_between_zones_is_charged_in_both_directions_where_services_are() -> None:
    vpc = resource("aws_vpc.a")
    assert charges(vpc, resource("aws_ecs_service.a"), zones_gib=5) == {"inter_zone_data": 10}
    assert charges(vpc) == {}


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (resource("aws_lb.a", load_balancer_type="network"), "a network load balancer has no price"),
        (resource("aws_lb.a", internal=False, subnets="${x}"), "the number of its subnets is not known"),
        (resource("aws_vpc_endpoint.a", vpc_endpoint_type="Interface"), "the number of its subnets is not known"),
        (
            resource("aws_vpc_endpoint.a", vpc_endpoint_type="GatewayLoadBalancer"),
            "of the type GatewayLoadBalancer has",
        ),
        (resource("aws_flow_log.a", log_destination_type="s3"), "does not go to CloudWatch"),
    ],
)
def test_what_has_no_price_is_said(of: object, reason: str) -> None:
    (found,) = gaps(of)  # type: ignore[arg-type]
    assert reason in found
