"""The network ACL of each tier allows what the tier needs, and drops all other traffic."""

from __future__ import annotations

import pytest

from tests.modules.network.networks import vpc_template


def test_database_network_acl_allows_only_workloads_and_databases() -> None:
    found = vpc_template()
    rules = [r for n, r in found.all("aws_network_acl_rule").items() if "database" in n]
    blocks = {"10.0.10.0/24", "10.0.20.0/24", "10.0.100.0/24", "10.0.200.0/24"}
    assert {r["cidr_block"] for r in rules if not r["egress"]} == blocks
    assert {r["cidr_block"] for r in rules if r["egress"]} == blocks


@pytest.mark.parametrize("tier", ["public", "private"])
def test_responses_and_path_mtu_discovery_are_allowed(tier: str) -> None:
    rules = [r for n, r in vpc_template().all("aws_network_acl_rule").items() if f"{tier}-acl_in" in n]
    world = [r for r in rules if r["cidr_block"] == "0.0.0.0/0"]
    assert {(r["protocol"], r.get("from_port"), r.get("to_port")) for r in world} >= {
        ("tcp", 1024, 65535),
        ("udp", 1024, 65535),
    }
    assert [(r["icmp_type"], r["icmp_code"]) for r in world if r["protocol"] == "icmp"] == [(3, 4)]


def test_web_traffic_enters_the_public_tier_only() -> None:
    rules = vpc_template().all("aws_network_acl_rule")
    open_to_the_world = {
        (name.split("_")[1], rule["from_port"])
        for name, rule in rules.items()
        if rule["cidr_block"] == "0.0.0.0/0" and rule.get("from_port") in {80, 443}
    }
    assert open_to_the_world == {("public-acl", 80), ("public-acl", 443)}
