"""What a mode of [recovery] costs, as docs/recovery.md says, counted in what is synthesized for the second region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from main import ROOT
from pricing.prices import format_usd, monthly_usd
from synthesis.manifest import read_stacks
from tests.standby import standby_fixture, synthesized

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack

SECTION = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8").partition("\n## Modes\n")[2].partition("\n## ")[0]
HOME = "us-east-1"
LAYERS = {"network", "domain", "service", "data"}


def usd(name: str, quantity: float = 1, *, region: str = HOME) -> float:
    return monthly_usd(name, region=region, quantity=quantity)


def cost(stacks: dict[str, Stack]) -> float:
    """The price of the layers that serve from the second region, without traffic, logs and metrics."""
    found = [stack for id_, stack in stacks.items() if id_.endswith("-us-west-2") and stack.layer in LAYERS]
    total = sum(usd("kms_key") for stack in found for _ in stack.all("aws_kms_key"))
    for stack in found:
        total += sum(usd("nat_gateway") for _ in stack.all("aws_nat_gateway"))
        total += sum(usd("public_ipv4") for _ in stack.all("aws_eip"))
        for balancer in stack.all("aws_lb"):
            assert balancer.get("internal") is False
            network = stacks["warm-network-us-west-2"]
            zones = sum(subnet.name.startswith("vpc_public") for subnet in network.all("aws_subnet"))
            total += usd("load_balancer") + usd("public_ipv4", zones)
        for instance in stack.all("aws_db_instance"):
            copies, storage = (
                (2, "postgres_storage_multi_az") if instance.is_on("multi_az") else (1, "postgres_storage")
            )
            total += usd(f"postgres/{instance.get('instance_class')}", copies) + usd(storage, 20)
        for service in stack.all("aws_ecs_service"):
            (task,) = (
                one
                for one in stack.all("aws_ecs_task_definition")
                if one.is_referred_to_by(service.get("task_definition"))
            )
            tasks = service.get("desired_count")
            total += usd("fargate_arm_vcpu", tasks * int(task.get("cpu")) / 1024)
            total += usd("fargate_arm_memory", tasks * int(task.get("memory")) / 1024)
    return total


def stated(mode: str) -> str:
    """The price of a mode, from the last column of the table."""
    row: str
    (row,) = re.findall(rf"^\| `{mode}` \|.* \| (.+?) more \|$", SECTION, flags=re.MULTILINE)
    return row


@pytest.mark.parametrize(("mode", "checks"), [("pilot_light", 0), ("warm", 0), ("active", 1)])
def test_a_mode_costs_what_the_page_says(mode: str, checks: int, tmp_path: Path) -> None:
    stacks = synthesized(standby_fixture(mode=mode, replica=False), tmp_path)
    # Of an endpoint in AWS, and HTTPS, in both regions; those on the switch are in its section.
    paths = (
        2
        * checks
        * (usd("route53_health_check", region="global") + usd("route53_health_check_option", region="global"))
    )
    assert stated(mode) == format_usd(cost(stacks) + paths)


def test_a_replica_costs_what_the_page_says(tmp_path: Path) -> None:
    prices = [
        cost(synthesized(standby_fixture(mode="pilot_light", replica=replica), tmp_path / str(replica)))
        for replica in (False, True)
    ]
    assert f"It costs\n{format_usd(prices[1] - prices[0])} more." in SECTION
    assert any(stack.layer == "data" for stack in read_stacks(tmp_path / "True" / "cdktf.out").values())
