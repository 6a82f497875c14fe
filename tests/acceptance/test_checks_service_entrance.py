"""The checks of what leads to the load balancer find what is missing or open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from acceptance.checks import service
from tests.config.examples import present

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment

GROUP: Final = "CloudFront-VPCOrigins-Service-SG"
ADDRESSES: Final = "com.amazonaws.global.cloudfront.origin-facing"


@dataclass
class Entrance:
    """A load balancer with a group of its own, in a VPC with an internet gateway."""

    session: EmulatedSession
    environment: Environment
    balancer: dict[str, Any]
    group: str

    def ec2(self) -> Any:
        return self.session.client("ec2")

    def add_origin(self) -> None:
        endpoint = {
            "Name": "web-1",
            "Arn": self.balancer["LoadBalancerArn"],
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
        }
        cloudfront = self.session.client("cloudfront")
        made = cloudfront.create_vpc_origin(VpcOriginEndpointConfig=endpoint)["VpcOrigin"]["Id"]
        cloudfront.get_vpc_origin(Id=made)  # it is deployed from then on

    def group_of_cloudfront(self) -> str:
        filters = [{"Name": "group-name", "Values": [GROUP]}]
        return str(self.ec2().describe_security_groups(Filters=filters)["SecurityGroups"][0]["GroupId"])

    def add_group(self, name: str) -> str:
        made = self.ec2().create_security_group(GroupName=name, Description=name, VpcId=self.balancer["VpcId"])
        return str(made["GroupId"])

    def allow(self, **peer: Any) -> None:
        permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **peer}
        self.ec2().authorize_security_group_ingress(GroupId=self.group, IpPermissions=[permission])

    def add_zone(self) -> str:
        domain = present(self.environment.domain)
        route53 = self.session.client("route53")
        return str(route53.create_hosted_zone(Name=domain.zone_name, CallerReference="one")["HostedZone"]["Id"])

    def lead(self, zone: str, name: str, target: str) -> None:
        alias = {
            "HostedZoneId": self.balancer["CanonicalHostedZoneId"],
            "DNSName": target,
            "EvaluateTargetHealth": True,
        }
        record = {"Name": name, "Type": "A", "SetIdentifier": "us-east-1", "Region": "us-east-1", "AliasTarget": alias}
        batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        self.session.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


@pytest.fixture(params=["dev", "staging"])
def entrance(
    session: EmulatedSession, account_id: str, environments: dict[str, Environment], request: pytest.FixtureRequest
) -> Entrance:
    name, _, origin = request.param.partition("-")
    environment = environments[name].model_copy(update={"account_id": account_id})
    if origin:
        edge = present(environment.edge).model_copy(update={"origin": origin})
        environment = environment.model_copy(update={"edge": edge})
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for cidr, zone in (("10.2.1.0/24", "us-east-1a"), ("10.2.2.0/24", "us-east-1b"))
    ]
    group = ec2.create_security_group(GroupName="web", Description="Web", VpcId=vpc)["GroupId"]
    (balancer,) = session.client("elbv2").create_load_balancer(
        Name=f"user-management-{environment.name}-web",
        Subnets=subnets,
        SecurityGroups=[group],
        Scheme="internal",
    )["LoadBalancers"]
    return Entrance(session=session, environment=environment, balancer=balancer, group=group)


def test_a_name_that_leads_nowhere_or_elsewhere_is_reported(entrance: Entrance) -> None:
    environment, session = entrance.environment, entrance.session
    zone, target = entrance.add_zone(), entrance.balancer["DNSName"].lower()
    name = environment.origin_name or present(environment.domain).name

    def found() -> list[str]:
        return list(service.check_names_lead_to_the_load_balancer(environment, session))

    assert found() == [f"the alias of {name}: None, wanted {target}"]
    entrance.lead(zone, name, "other-1.us-east-1.elb.amazonaws.com")
    assert found() == [f"the alias of {name}: other-1.us-east-1.elb.amazonaws.com, wanted {target}"]
    entrance.lead(zone, name, entrance.balancer["DNSName"])
    assert found() == []


@pytest.mark.parametrize("entrance", ["staging"], indirect=True)
def test_only_the_group_of_cloudfront_may_come_in(entrance: Entrance) -> None:
    def found() -> list[str]:
        return list(service.check_cloudfront_comes_in_by_its_own_group_only(entrance.environment, entrance.session))

    assert found() == [
        f"who reaches the load balancer: [], wanted [(443, '{GROUP}')]",
        "the VPC origins of the load balancer: [], wanted ['Deployed']",
    ]
    entrance.add_origin()
    entrance.allow(UserIdGroupPairs=[{"GroupId": entrance.group_of_cloudfront()}])
    assert found() == []
    smoke_test = [{"GroupId": entrance.add_group(f"{entrance.environment.names.prefix}-smoke-test-1")}]
    port = entrance.environment.deployment.test_port
    entrance.allow(UserIdGroupPairs=smoke_test, FromPort=port, ToPort=port)
    assert found() == []
    entrance.allow(UserIdGroupPairs=smoke_test)
    (line,) = found()
    assert "(443, 'user-management-staging-smoke-test-1')" in line
    entrance.allow(IpRanges=[{"CidrIp": "10.2.0.0/16"}])
    (line,) = found()
    assert "(443, '10.2.0.0/16')" in line


@pytest.mark.parametrize("entrance", ["staging-public"], indirect=True)
def test_only_the_addresses_of_cloudfront_reach_a_public_one(entrance: Entrance) -> None:
    public = entrance.environment
    (line,) = service.check_cloudfront_comes_in_by_its_own_group_only(public, entrance.session)
    assert line == f"who reaches the load balancer: [], wanted [(443, '{ADDRESSES}')]"
    lists = entrance.ec2().describe_managed_prefix_lists()["PrefixLists"]
    (addresses,) = (one["PrefixListId"] for one in lists if one["PrefixListName"] == ADDRESSES)
    entrance.allow(PrefixListIds=[{"PrefixListId": addresses}])
    assert list(service.check_cloudfront_comes_in_by_its_own_group_only(public, entrance.session)) == []


@pytest.mark.parametrize("entrance", ["dev"], indirect=True)
def test_without_cloudfront_its_group_is_not_missed(entrance: Entrance) -> None:
    assert list(service.check_cloudfront_comes_in_by_its_own_group_only(entrance.environment, entrance.session)) == []
