"""The network ACL of each tier allows what the tier needs, and drops all other traffic."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from modules.network.network_acl import AclRule, database_rules
from tests.modules.network.networks import PORTS, vpc_template

if TYPE_CHECKING:
    from collections.abc import Iterable

PRIVATE = ("10.0.10.0/24", "10.0.20.0/24")
DATABASE = ("10.0.100.0/24", "10.0.200.0/24")
RESPONSES = (1024, 65535)
ALL = "0.0.0.0/0"


def rules(tier: str, *, egress: bool, **options: Any) -> list[dict[str, Any]]:
    found = vpc_template(**options).all("aws_network_acl_rule")
    return [rule for name, rule in found.items() if f"{tier}-acl" in name and rule["egress"] is egress]


def tcp(found: Iterable[dict[str, Any]]) -> set[tuple[str, int, int]]:
    return {(rule["cidr_block"], rule["from_port"], rule["to_port"]) for rule in found if rule["protocol"] == "tcp"}


def test_workloads_reach_the_ports_of_the_databases_and_get_responses() -> None:
    among_databases = {(cidr, *RESPONSES) for cidr in DATABASE}
    requests = {(cidr, port, port) for cidr, port in product(PRIVATE, PORTS.values())}
    assert tcp(rules("database", egress=False)) == requests | among_databases
    assert tcp(rules("database", egress=True)) == {(cidr, *RESPONSES) for cidr in PRIVATE} | among_databases


@pytest.mark.parametrize("egress", [False, True])
def test_beside_that_the_databases_have_path_mtu_discovery_only(egress: bool) -> None:  # noqa: FBT001 (a parameter)
    (other,) = (rule for rule in rules("database", egress=egress) if rule["protocol"] != "tcp")
    assert (other["protocol"], other["icmp_type"], other["icmp_code"]) == ("icmp", 3, 4)
    assert other["cidr_block"] == "10.0.0.0/16"


def test_only_databases_that_there_are_have_a_port() -> None:
    found = rules("database", egress=False, ports={"documentdb": 27017})
    assert {rule["from_port"] for rule in found if rule["cidr_block"] in PRIVATE} == {27017}
    assert rules("database", egress=False, ports={}) == rules("database", egress=True, ports={}) == []


@pytest.mark.parametrize("tier", ["public", "private"])
def test_responses_and_path_mtu_discovery_are_allowed(tier: str) -> None:
    world = [rule for rule in rules(tier, egress=False) if rule["cidr_block"] == ALL]
    assert {(rule["protocol"], rule.get("from_port"), rule.get("to_port")) for rule in world} >= {
        ("tcp", *RESPONSES),
        ("udp", *RESPONSES),
    }
    assert [(rule["icmp_type"], rule["icmp_code"]) for rule in world if rule["protocol"] == "icmp"] == [(3, 4)]


@pytest.mark.parametrize(("web", "ports"), [(True, {80, 443}), (False, set())])
def test_web_traffic_enters_the_public_tier_only_for_a_public_load_balancer(web: bool, ports: set[int]) -> None:  # noqa: FBT001 (a parameter)
    low = {
        tier: {first for cidr, first, _ in tcp(rules(tier, egress=False, web=web)) if cidr == ALL and first < 1024}
        for tier in ("public", "private", "database")
    }
    assert low == {"public": ports, "private": set(), "database": set()}


def blocks(zones: Iterable[int], tier: int) -> dict[str, str]:
    return {f"az{number}": f"10.{tier}.{number}.0/24" for number in zones}


def all_rules(zones: Iterable[int]) -> list[AclRule]:
    zones = list(zones)
    return database_rules("10.0.0.0/8", private=blocks(zones, 1), database=blocks(zones, 2), ports=PORTS)


def test_a_further_zone_only_adds_rules_wherever_it_is_put() -> None:
    for zones in ([3, 4], [4, 3]):
        for number in (1, 2, 5, 12, 99):
            before, first, last = all_rules(zones), all_rules([number, *zones]), all_rules([*zones, number])
            assert set(before) < set(first) == set(last)


def test_no_number_is_used_twice_in_a_direction() -> None:
    for direction in ("in", "out"):
        numbers = [rule.number for rule in all_rules(range(1, 100)) if rule.direction == direction]
        assert len(numbers) == len(set(numbers))
        assert max(numbers) < 32767


def test_six_zones_with_both_databases_fit_the_quota() -> None:
    """20 a direction, with the one that AWS adds: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html."""
    for direction in ("in", "out"):
        assert sum(rule.direction == direction for rule in all_rules(range(1, 7))) <= 19
