"""A VPC with three tiers, of which only one is reachable from the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from modules.network.vpc import Vpc
from tests.fixtures import fixture_environment
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from config.network import NetworkSettings


def settings(environment: str, nat_gateways: Literal["per_zone", "single", "none"]) -> NetworkSettings:
    network = fixture_environment(environment).network
    return network.model_copy(update={"nat_gateways": nat_gateways})


def template(environment: str = "prod", nat_gateways: Literal["per_zone", "single", "none"] = "per_zone") -> Template:
    stack = new_stack()
    Vpc(stack, "vpc", config=settings(environment, nat_gateways), label=LABEL)
    return Template.of(stack)


def gateways_by_table(found: Template) -> dict[str, str]:
    return {
        route["route_table_id"]: route["nat_gateway_id"]
        for route in found.all("aws_route").values()
        if "nat_gateway_id" in route
    }


def test_names_resolve_inside_the_vpc() -> None:
    vpc = template().named("aws_vpc.vpc")
    assert (vpc["enable_dns_support"], vpc["enable_dns_hostnames"]) == (True, True)


def test_the_defaults_of_the_vpc_allow_nothing() -> None:
    found = template()
    assert {"ingress", "egress"}.isdisjoint(found.only("aws_default_security_group"))
    assert {"ingress", "egress"}.isdisjoint(found.only("aws_default_network_acl"))


def test_per_zone_gives_each_zone_its_own_nat_gateway() -> None:
    routes = gateways_by_table(template(nat_gateways="per_zone"))
    assert len(routes) == 2
    assert len(set(routes.values())) == 2


def test_single_shares_one_nat_gateway_in_a_zone_with_workloads() -> None:
    found = template(nat_gateways="single")
    routes = gateways_by_table(found)
    assert len(routes) == 2
    assert len(set(routes.values())) == 1
    assert "public-a" in found.only("aws_nat_gateway")["subnet_id"]


def test_none_has_no_nat_gateway_no_address_and_no_route_to_the_internet() -> None:
    found = template(nat_gateways="none")
    assert (found.all("aws_nat_gateway"), found.all("aws_eip"), gateways_by_table(found)) == ({}, {}, {})


def test_database_subnets_have_only_the_local_route() -> None:
    found = template()
    (table,) = [name for name in found.all("aws_route_table") if "database" in name]
    associated = [
        a["subnet_id"] for a in found.all("aws_route_table_association").values() if table in a["route_table_id"]
    ]
    assert len(associated) == 2
    assert not [r for r in found.all("aws_route").values() if table in r["route_table_id"]]


def test_database_network_acl_allows_only_workloads_and_databases() -> None:
    found = template()
    rules = [r for n, r in found.all("aws_network_acl_rule").items() if "database" in n]
    blocks = {"10.0.10.0/24", "10.0.20.0/24", "10.0.100.0/24", "10.0.200.0/24"}
    assert {r["cidr_block"] for r in rules if not r["egress"]} == blocks
    assert {r["cidr_block"] for r in rules if r["egress"]} == blocks


@pytest.mark.parametrize("tier", ["public", "private"])
def test_responses_and_path_mtu_discovery_are_allowed(tier: str) -> None:
    rules = [r for n, r in template().all("aws_network_acl_rule").items() if f"{tier}-acl_in" in n]
    world = [r for r in rules if r["cidr_block"] == "0.0.0.0/0"]
    assert {(r["protocol"], r.get("from_port"), r.get("to_port")) for r in world} >= {
        ("tcp", 1024, 65535),
        ("udp", 1024, 65535),
    }
    assert [(r["icmp_type"], r["icmp_code"]) for r in world if r["protocol"] == "icmp"] == [(3, 4)]


def test_web_traffic_enters_the_public_tier_only() -> None:
    rules = template().all("aws_network_acl_rule")
    open_to_the_world = {
        (name.split("_")[1], rule["from_port"])
        for name, rule in rules.items()
        if rule["cidr_block"] == "0.0.0.0/0" and rule.get("from_port") in {80, 443}
    }
    assert open_to_the_world == {("public-acl", 80), ("public-acl", 443)}


def test_a_zone_without_workloads_has_no_private_subnet() -> None:
    found = template("dev", "single")
    assert [s["availability_zone"] for n, s in found.all("aws_subnet").items() if "private" in n] == ["us-east-1a"]


def test_every_subnet_has_a_route_table_and_a_network_acl() -> None:
    found = template()
    subnets = {f"${{aws_subnet.{name}.id}}" for name in found.all("aws_subnet")}
    assert {a["subnet_id"] for a in found.all("aws_route_table_association").values()} == subnets
    assert {a["subnet_id"] for a in found.all("aws_network_acl_association").values()} == subnets
