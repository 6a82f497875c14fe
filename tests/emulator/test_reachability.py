from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulator.reachability import Place, refusal
from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "900000000208"
PORT = 5432


def make_place(client: Client, subnets: list[str], name: str) -> Place:
    """A place in the subnets with a group of its own, which lets everything out and nothing in."""
    ec2 = client("ec2", account=ACCOUNT)
    vpc = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    return Place(ACCOUNT, "us-east-1", tuple(subnets), (group,))


@pytest.fixture
def places(client: Client) -> tuple[Place, Place]:
    subnets = make_subnets(client, "us-east-1a", "us-east-1b", account=ACCOUNT)
    return make_place(client, subnets, "source"), make_place(client, subnets, "target")


@pytest.mark.parametrize(
    ("rule", "admitted"),
    [
        ({"FromPort": PORT, "ToPort": PORT, "IpRanges": [{"CidrIp": "10.0.0.0/23"}]}, True),
        ({"FromPort": 0, "ToPort": 65535, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, True),
        ({"FromPort": PORT, "ToPort": PORT, "IpRanges": [{"CidrIp": "10.0.0.0/24"}]}, False),
        ({"FromPort": PORT + 1, "ToPort": PORT + 1, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, False),
        ({"IpProtocol": "udp", "FromPort": PORT, "ToPort": PORT, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, False),
        ({"FromPort": PORT, "ToPort": PORT, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}, False),
    ],
    ids=["all subnets", "all ports", "one of two subnets", "another port", "another protocol", "IPv6"],
)
def test_a_rule_for_addresses_counts_if_it_has_all_of_the_others(
    client: Client, places: tuple[Place, Place], rule: Any, *, admitted: bool
) -> None:
    source, target = places
    permission = {"IpProtocol": "tcp", **rule}
    client("ec2", account=ACCOUNT).authorize_security_group_ingress(
        GroupId=target.groups[0], IpPermissions=[permission]
    )

    reason = refusal(source, target, PORT)

    assert (reason is None) is admitted
    assert admitted or reason == (f"no group of {target.groups[0]} allows port {PORT} in from {source.groups[0]}")


def test_the_way_out_counts_too(client: Client, places: tuple[Place, Place]) -> None:
    source, target = places
    ec2 = client("ec2", account=ACCOUNT)
    pair = {"GroupId": source.groups[0]}
    rule = {"IpProtocol": "tcp", "FromPort": PORT, "ToPort": PORT, "UserIdGroupPairs": [pair]}
    ec2.authorize_security_group_ingress(GroupId=target.groups[0], IpPermissions=[rule])
    before = refusal(source, target, PORT)

    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.revoke_security_group_egress(GroupId=source.groups[0], IpPermissions=[everything])
    closed = refusal(source, target, PORT)
    pair = {"GroupId": target.groups[0]}
    ec2.authorize_security_group_egress(GroupId=source.groups[0], IpPermissions=[{**rule, "UserIdGroupPairs": [pair]}])

    assert (before, refusal(source, target, PORT)) == (None, None)
    assert closed == f"no group of {source.groups[0]} allows port {PORT} out to it"


def test_another_vpc_is_not_reached(client: Client, places: tuple[Place, Place]) -> None:
    source, _ = places
    other = make_place(client, make_subnets(client, "us-east-1a", account=ACCOUNT), "other")

    assert refusal(source, other, PORT) == f"it is in {other.vpc}, not in {source.vpc}"
