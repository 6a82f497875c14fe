from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


def make_listener(client: Client) -> str:
    subnets = make_subnets(client, "us-east-1a", "us-east-1b")
    elb = client("elbv2")
    arn = elb.create_load_balancer(Name="many", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    made = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[FIXED])
    return str(made["Listeners"][0]["ListenerArn"])


def add(client: Client, listener: str, priority: int, *, action: Any = None, paths: tuple[str, ...] = ("/a",)) -> None:
    client("elbv2").create_rule(
        ListenerArn=listener,
        Priority=priority,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": list(paths)}}],
        Actions=[action or FIXED],
    )


def forward(client: Client, vpc: str, name: str) -> dict[str, Any]:
    made = client("elbv2").create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")
    return {"Type": "forward", "TargetGroupArn": made["TargetGroups"][0]["TargetGroupArn"]}


def test_a_load_balancer_has_a_hundred_rules(client: Client) -> None:
    listener = make_listener(client)
    for priority in range(1, 101):
        add(client, listener, priority)
    with pytest.raises(ClientError, match=r"TooManyRules.*maximum number of rules"):
        add(client, listener, 101)


def test_a_load_balancer_has_a_hundred_target_groups(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.services.elbv2_limits._MOST_GROUPS", 2)
    listener = make_listener(client)
    vpc = client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    first, second, third = (forward(client, vpc, f"group-{number}") for number in range(3))
    add(client, listener, 1, action=first)
    add(client, listener, 2, action=second)
    add(client, listener, 3, action=first)
    with pytest.raises(ClientError, match="TooManyUniqueTargetGroupsPerLoadBalancer"):
        add(client, listener, 4, action=third)


@pytest.mark.parametrize(
    ("paths", "what"),
    [(tuple(f"/{number}" for number in range(6)), "'5' condition values"), (("/*/*/*", "/?/*/*/*"), "'6' condition w")],
)
def test_a_rule_with_too_many_values_or_wildcards_is_refused(client: Client, paths: tuple[str, ...], what: str) -> None:
    listener = make_listener(client)
    with pytest.raises(ClientError, match=what):
        add(client, listener, 1, paths=paths)
    add(client, listener, 1, paths=paths[:1])
