"""A VPC with three tiers, of which only one is reachable from the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.modules.network.networks import vpc_template

if TYPE_CHECKING:
    from tests.template import Template


def gateways_by_table(found: Template) -> dict[str, str]:
    return {
        route["route_table_id"]: route["nat_gateway_id"]
        for route in found.all("aws_route").values()
        if "nat_gateway_id" in route
    }


def test_names_resolve_inside_the_vpc() -> None:
    vpc = vpc_template().named("aws_vpc.vpc")
    assert (vpc["enable_dns_support"], vpc["enable_dns_hostnames"]) == (True, True)


def test_the_defaults_of_the_vpc_allow_nothing() -> None:
    found = vpc_template()
    assert {"ingress", "egress"}.isdisjoint(found.only("aws_default_security_group"))
    assert {"ingress", "egress"}.isdisjoint(found.only("aws_default_network_acl"))


def test_per_zone_gives_each_zone_its_own_nat_gateway() -> None:
    routes = gateways_by_table(vpc_template(nat_gateways="per_zone"))
    assert len(routes) == 2
    assert len(set(routes.values())) == 2


def test_single_shares_one_nat_gateway_in_a_zone_with_workloads() -> None:
    found = vpc_template(nat_gateways="single")
    routes = gateways_by_table(found)
    assert len(routes) == 2
    assert len(set(routes.values())) == 1
    assert "public-az1" in found.only("aws_nat_gateway")["subnet_id"]


def test_the_zone_of_a_single_nat_gateway_can_be_set() -> None:
    found = vpc_template(nat_gateways="single", nat_gateway_zone="use1-az2")
    assert "public-az2" in found.only("aws_nat_gateway")["subnet_id"]


def test_none_has_no_nat_gateway_no_address_and_no_route_to_the_internet() -> None:
    found = vpc_template(nat_gateways="none")
    assert (found.all("aws_nat_gateway"), found.all("aws_eip"), gateways_by_table(found)) == ({}, {}, {})


def test_database_subnets_have_only_the_local_route() -> None:
    found = vpc_template()
    (table,) = [name for name in found.all("aws_route_table") if "database" in name]
    associated = [
        a["subnet_id"] for a in found.all("aws_route_table_association").values() if table in a["route_table_id"]
    ]
    assert len(associated) == 2
    assert not [r for r in found.all("aws_route").values() if table in r["route_table_id"]]


def test_a_zone_without_workloads_has_no_private_subnet() -> None:
    found = vpc_template("dev", "single")
    assert [s["availability_zone_id"] for n, s in found.all("aws_subnet").items() if "private" in n] == ["use1-az1"]


def test_subnets_are_placed_by_the_ids_of_zones() -> None:
    subnets = vpc_template().all("aws_subnet").values()
    assert {subnet["availability_zone_id"] for subnet in subnets} == {"use1-az1", "use1-az2"}
    assert not any("availability_zone" in subnet for subnet in subnets)


def test_every_subnet_has_a_route_table_and_a_network_acl() -> None:
    found = vpc_template()
    subnets = {f"${{aws_subnet.{name}.id}}" for name in found.all("aws_subnet")}
    assert {a["subnet_id"] for a in found.all("aws_route_table_association").values()} == subnets
    assert {a["subnet_id"] for a in found.all("aws_network_acl_association").values()} == subnets
