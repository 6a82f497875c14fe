"""Layer `network` of the test environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from tests.template import Template

every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)


def test_prod_has_the_subnets_of_the_design(stacks: dict[str, Template]) -> None:
    subnets = stacks["prod-network"].all("aws_subnet").values()
    assert {(s["cidr_block"], s["availability_zone_id"]) for s in subnets} == {
        ("10.0.1.0/24", "use1-az1"),
        ("10.0.2.0/24", "use1-az2"),
        ("10.0.10.0/24", "use1-az1"),
        ("10.0.20.0/24", "use1-az2"),
        ("10.0.100.0/24", "use1-az1"),
        ("10.0.200.0/24", "use1-az2"),
    }
    assert stacks["prod-network"].named("aws_vpc.vpc")["cidr_block"] == "10.0.0.0/16"


def test_prod_has_a_nat_gateway_in_each_zone_and_dev_one(stacks: dict[str, Template]) -> None:
    count = {name: len(stacks[f"{name}-network"].all("aws_nat_gateway")) for name in ENVIRONMENTS}
    assert count == {"dev": 1, "staging": 2, "prod": 2}


@every_environment
def test_no_subnet_assigns_public_addresses(stacks: dict[str, Template], environment: str) -> None:
    subnets = stacks[f"{environment}-network"].all("aws_subnet").values()
    assert subnets
    assert not any(subnet["map_public_ip_on_launch"] for subnet in subnets)


@every_environment
def test_every_connection_is_logged_and_kept(stacks: dict[str, Template], environment: str) -> None:
    stack = stacks[f"{environment}-network"]
    assert stack.only("aws_flow_log")["traffic_type"] == "ALL"
    group = stack.only("aws_cloudwatch_log_group")
    assert group["kms_key_id"] == "${aws_kms_key.logs-key.arn}"
    assert group["retention_in_days"] == {"dev": 7, "staging": 90, "prod": 365}[environment]
