from __future__ import annotations

import re
import uuid
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


def test_the_same_subnet_twice_is_one_zone(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a")

    with pytest.raises(ClientError, match="At least two subnets in two different Availability Zones"):
        client("elbv2").create_load_balancer(Name="twice", Subnets=subnets * 2)


def test_a_subnet_that_does_not_exist_is_named(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a")

    with pytest.raises(ClientError, match=r"SubnetNotFound.*'subnet-00000000' does not exist"):
        client("elbv2").create_load_balancer(Name="none", Subnets=[*subnets, "subnet-00000000"])


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


@pytest.mark.parametrize("kind", ["gateway", "network"])
def test_a_load_balancer_of_another_type_may_be_moved_to_one_subnet(client: Client, kind: str) -> None:
    subnets = make_subnets(client, "us-east-1a", "us-east-1b")
    elb = client("elbv2")
    made = elb.create_load_balancer(Name=f"{kind}-moved", Subnets=subnets, Type=kind)["LoadBalancers"][0]
    elb.set_subnets(LoadBalancerArn=made["LoadBalancerArn"], Subnets=subnets[:1])

    found = elb.describe_load_balancers(LoadBalancerArns=[made["LoadBalancerArn"]])["LoadBalancers"][0]
    assert [one["SubnetId"] for one in found["AvailabilityZones"]] == subnets[:1]


def test_subnets_of_a_missing_load_balancer_are_not_found(client: Client) -> None:
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/none/0000000000000000"

    with pytest.raises(ClientError, match="LoadBalancerNotFound"):
        client("elbv2").set_subnets(LoadBalancerArn=arn, Subnets=make_subnets(client, "us-east-1a"))


def test_a_classic_load_balancer_may_be_in_one_zone(client: Client) -> None:
    listener = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
    elb = client("elb")
    elb.create_load_balancer(LoadBalancerName="classic", Listeners=[listener], AvailabilityZones=["us-east-1a"])

    found = elb.describe_load_balancers(LoadBalancerNames=["classic"])["LoadBalancerDescriptions"]
    assert found[0]["AvailabilityZones"] == ["us-east-1a"]


def test_subnets_cannot_be_reduced_to_one(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a", "us-east-1b")
    elb = client("elbv2")
    arn = elb.create_load_balancer(Name="two", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]

    with pytest.raises(ClientError, match="At least two subnets"):
        elb.set_subnets(LoadBalancerArn=arn, Subnets=subnets[:1])


def test_a_load_balancer_is_public_by_default(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a", "us-east-1b")
    for name, options, scheme in (("open", {}, "internet-facing"), ("inner", {"Scheme": "internal"}, "internal")):
        made = client("elbv2").create_load_balancer(Name=name, Subnets=subnets, **options)
        assert made["LoadBalancers"][0]["Scheme"] == scheme


def test_a_target_group_with_the_same_name_and_settings_is_the_same(client: Client) -> None:
    settings = {"Protocol": "HTTP", "Port": 80, "VpcId": vpc(client), "TargetType": "ip"}
    first, second = (client("elbv2").create_target_group(Name="again", **settings) for _ in range(2))
    assert first["TargetGroups"][0]["TargetGroupArn"] == second["TargetGroups"][0]["TargetGroupArn"]


@pytest.mark.parametrize("other", [{"Protocol": "HTTPS"}, {"Port": 81}, {"TargetType": "instance"}])
def test_a_target_group_with_the_same_name_and_other_settings_is_refused(
    client: Client, other: dict[str, object]
) -> None:
    settings = {"Protocol": "HTTP", "Port": 80, "VpcId": vpc(client), "TargetType": "ip"}
    client("elbv2").create_target_group(Name="other", **settings)
    with pytest.raises(
        ClientError,
        match=r"DuplicateTargetGroupName.*name 'other' exists, but with different settings",
    ):
        client("elbv2").create_target_group(Name="other", **{**settings, **other})


def vpc(client: Client) -> str:
    found = client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])
    return str(found["Vpcs"][0]["VpcId"])


def test_a_changed_rule_attaches_its_new_target_group(client: Client) -> None:
    elb = client("elbv2")
    subnets = make_subnets(client, "us-east-1a", "us-east-1b")
    network = client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    balancer = elb.create_load_balancer(Name="attached", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    first, second = (
        elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=network, TargetType="ip")["TargetGroups"][0]
        for name in ("attached-one", "attached-two")
    )
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    made = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[answer])
    (rule,) = elb.create_rule(
        ListenerArn=made["Listeners"][0]["ListenerArn"],
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": first["TargetGroupArn"]}],
    )["Rules"]
    elb.modify_rule(RuleArn=rule["RuleArn"], Actions=[{"Type": "forward", "TargetGroupArn": second["TargetGroupArn"]}])
    (found,) = elb.describe_target_groups(TargetGroupArns=[second["TargetGroupArn"]])["TargetGroups"]
    assert found["LoadBalancerArns"] == [balancer]


def test_load_balancers_of_one_name_have_dns_names_of_their_own(client: Client) -> None:
    names = set()
    for account in ("700000000307", "700000000308"):
        subnets = make_subnets(client, "us-east-1a", "us-east-1b", account=account)
        made = client("elbv2", account=account).create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]
        assert re.fullmatch(r"web-\d+\.us-east-1\.elb\.amazonaws\.com", made["DNSName"])
        names.add(made["DNSName"])
    assert len(names) == 2


@pytest.mark.parametrize(
    ("matcher", "says"),
    [
        *(
            ({"HttpCode": code}, "must be within 200-499")
            for code in ("199", "500", "2xx", "299-200", "200, 301", "0-5")
        ),
        ({"GrpcCode": "100"}, "must be within 0-99"),
    ],
)
def test_codes_that_a_health_check_cannot_wait_for_are_refused(
    matcher: dict[str, str], says: str, client: Client
) -> None:
    vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    name = f"codes-{uuid.uuid4().hex[:8]}"  # the emulator is shared by the tests
    group = {"Name": name, "Protocol": "HTTP", "Port": 80, "VpcId": vpc, "TargetType": "ip"}
    with pytest.raises(ClientError, match=says):
        client("elbv2").create_target_group(**group, Matcher=matcher)
    made = client("elbv2").create_target_group(**group, Matcher={"HttpCode": "200-299,301"})["TargetGroups"][0]
    with pytest.raises(ClientError, match=says):
        client("elbv2").modify_target_group(TargetGroupArn=made["TargetGroupArn"], Matcher=matcher)
    assert made["Matcher"] == {"HttpCode": "200-299,301"}
