from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_an_application_load_balancer_in_one_subnet_is_refused(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a")

    with pytest.raises(
        ClientError,
        match=r"ValidationError.*At least two subnets in two different Availability Zones must be specified",
    ):
        client("elbv2").create_load_balancer(Name="one", Subnets=subnets)


def test_two_subnets_in_one_zone_are_refused(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a", "us-east-1a")

    with pytest.raises(
        ClientError,
        match=r"InvalidConfigurationRequest.*multiple subnets in the same Availability Zone",
    ):
        client("elbv2").create_load_balancer(Name="same", Subnets=subnets)


def test_a_network_load_balancer_may_have_one_subnet(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a")

    made = client("elbv2").create_load_balancer(Name="network", Subnets=subnets, Type="network")
    assert made["LoadBalancers"][0]["Type"] == "network"


def test_subnets_cannot_be_reduced_to_one(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a", "us-east-1b")
    elb = client("elbv2")
    arn = elb.create_load_balancer(Name="two", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]

    with pytest.raises(ClientError, match="At least two subnets"):
        elb.set_subnets(LoadBalancerArn=arn, Subnets=subnets[:1])


def test_a_load_balancer_is_public_unless_it_is_said_to_be_internal(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a", "us-east-1b")
    for name, options, scheme in (("open", {}, "internet-facing"), ("inner", {"Scheme": "internal"}, "internal")):
        made = client("elbv2").create_load_balancer(Name=name, Subnets=subnets, **options)
        assert made["LoadBalancers"][0]["Scheme"] == scheme
