"""The amounts in docs/cost.md are those of the price list, for what production's file has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from config.cost import DESIGN_MONTHLY_USD
from main import ROOT
from pricing.prices import format_usd, monthly_usd
from tests.config.examples import present

if TYPE_CHECKING:
    from config.environment import Environment
    from tests.template import Template

PAGE = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")


def usd(name: str, quantity: float = 1) -> float:
    return monthly_usd(name, region="us-east-1", quantity=quantity)


def rows() -> dict[str, str]:
    """The amount of each part, from the first table of the page."""
    table = PAGE.partition("| part | a month |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| ([^|]+?) \| ([0-9,]+ USD) \|", table, flags=re.MULTILINE))


@pytest.fixture
def parts(environments: dict[str, Environment], stacks: dict[str, Template]) -> dict[str, float]:
    """What each part of production costs, by the first words of its row."""
    prod = environments["prod"]
    tasks = [service for service in prod.services.values() for _ in range(service.min_count)]
    postgres, documentdb = present(prod.postgres), present(prod.documentdb)
    assert postgres.multi_az
    assert {service.architecture for service in tasks} == {"ARM64"}
    rules = len(stacks["prod-edge"].only("aws_wafv2_web_acl")["rule"])
    gateways = len(stacks["prod-network"].all("aws_nat_gateway"))
    return {
        "four tasks": sum(
            usd("fargate_arm_vcpu", task.cpu_units / 1024) + usd("fargate_arm_memory", task.memory_mib / 1024)
            for task in tasks
        ),
        "PostgreSQL": usd(f"postgres/{postgres.instance_class}", 2)
        + usd("postgres_storage_multi_az", postgres.storage_gib),
        "RDS Proxy": usd("postgres_proxy", 2),
        "DocumentDB": usd(f"documentdb/{documentdb.instance_class}", documentdb.instances),
        "load balancer": usd("load_balancer") + usd("load_balancer_capacity"),
        "two NAT gateways": usd("nat_gateway", gateways) + usd("public_ipv4", gateways),
        "firewall": usd("waf_web_acl") + usd("waf_rule", rules),
    }


def test_each_part_costs_what_the_price_list_says(parts: dict[str, float]) -> None:
    found = rows()
    together = found.pop("together")
    assert [next(name for name in found if name.startswith(part)) for part in parts] == [*found]
    assert [*found.values()] == [format_usd(amount) for amount in parts.values()]
    assert together == format_usd(sum(parts.values()))
    assert sum(parts.values()) > DESIGN_MONTHLY_USD, "the page says that production is above the design's estimate"


def test_the_other_amounts_are_those_of_the_price_list() -> None:
    for text, amount in (
        ("eight `interface_endpoints` in two zones cost {}", usd("interface_endpoint", 8 * 2)),
        ("alarms at {} a month for each metric", usd("alarm")),
        ("keys at {} a month each", usd("kms_key")),
    ):
        assert text.format(format_usd(amount)) in " ".join(PAGE.split())


def test_the_estimate_of_the_design_is_its_parts_and_the_cache_that_it_removed() -> None:
    estimate = PAGE.partition("### The estimate of the design")[2].partition("##")[0]
    total, *amounts = map(int, re.findall(r"(?<![0-9])[0-9]{2,3}(?![0-9])", estimate))
    *amounts, together, cache = amounts
    assert (total, sum(amounts), together + cache) == (DESIGN_MONTHLY_USD, together, DESIGN_MONTHLY_USD)
