"""Layer `network` as the committed environments get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.template import Template


def test_prod_has_the_subnets_of_the_design(stacks: dict[str, Template]) -> None:
    subnets = stacks["prod-network"].all("aws_subnet").values()
    assert {(s["cidr_block"], s["availability_zone"]) for s in subnets} == {
        ("10.0.1.0/24", "us-east-1a"),
        ("10.0.2.0/24", "us-east-1b"),
        ("10.0.10.0/24", "us-east-1a"),
        ("10.0.20.0/24", "us-east-1b"),
        ("10.0.100.0/24", "us-east-1a"),
        ("10.0.200.0/24", "us-east-1b"),
    }
    assert stacks["prod-network"].named("aws_vpc.vpc")["cidr_block"] == "10.0.0.0/16"


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_no_subnet_gives_public_addresses(stacks: dict[str, Template], environment: str) -> None:
    subnets = stacks[f"{environment}-network"].all("aws_subnet").values()
    assert subnets
    assert not any(subnet["map_public_ip_on_launch"] for subnet in subnets)
