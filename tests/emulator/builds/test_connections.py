"""What a build in a VPC reaches: a domain by CloudFront, a database and AWS, as its routes and groups allow it."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator.builds.projects import Projects
from tests.emulator.edge import distribution, issue_certificate
from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

NUMBERS = itertools.count(1)
PYTHON = (
    "python3 -c \"import urllib.request as r; print(r.urlopen('https://$DOMAIN/users', timeout=9).read().decode())\""
)
NODE = "node -e \"fetch('https://$DOMAIN/users').then(a => a.text()).then(console.log)\""


class Site(Projects):
    """A domain whose alias is a distribution before a load balancer, and builds in the same VPC."""

    def open(self, *, nat: bool = True) -> dict[str, Any]:
        """Make all of it; return the place of the builds."""
        self.domain = f"site{next(NUMBERS)}.example.org"
        subnets = make_subnets(self.client, "us-east-1a", "us-east-1b", account=self.account)
        ec2, elb = self.of("ec2"), self.of("elbv2")
        vpc = ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["VpcId"]
        group = ec2.create_security_group(GroupName="build", Description="build", VpcId=vpc)["GroupId"]
        if nat:
            gateway = ec2.create_nat_gateway(SubnetId=subnets[0], ConnectivityType="private")["NatGateway"]
            (table,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
            ec2.create_route(
                RouteTableId=table["RouteTableId"],
                DestinationCidrBlock="0.0.0.0/0",
                NatGatewayId=gateway["NatGatewayId"],
            )
        certificate = issue_certificate(self.client, self.domain, self.domain, account=self.account)
        balancer = elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]
        listener = elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTPS",
            Port=443,
            Certificates=[{"CertificateArn": certificate}],
            DefaultActions=[fixed("other")],
        )["Listeners"][0]["ListenerArn"]
        conditions = [
            {"Field": "host-header", "Values": [self.domain]},
            {"Field": "path-pattern", "Values": ["/users*"]},
        ]
        elb.create_rule(ListenerArn=listener, Priority=1, Conditions=conditions, Actions=[fixed("the users")])
        made = self.of("cloudfront").create_distribution(
            DistributionConfig=distribution(
                self.domain,
                aliases=[self.domain],
                origin={"DomainName": balancer["DNSName"]},
                certificate={
                    "CloudFrontDefaultCertificate": False,
                    "ACMCertificateArn": certificate,
                    "SSLSupportMethod": "sni-only",
                    "MinimumProtocolVersion": "TLSv1.2_2021",
                },
            )
        )["Distribution"]
        (zone,) = self.of("route53").list_hosted_zones()["HostedZones"]
        alias = {"DNSName": made["DomainName"], "HostedZoneId": "Z2FDTNDATAQYW2", "EvaluateTargetHealth": False}
        self.of("route53").change_resource_record_sets(
            HostedZoneId=zone["Id"],
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "UPSERT",
                        "ResourceRecordSet": {"Name": self.domain, "Type": "A", "AliasTarget": alias},
                    }
                ]
            },
        )
        return {"vpcId": vpc, "subnets": subnets, "securityGroupIds": [group]}

    def ask(self, command: str, place: Any) -> tuple[Any, str]:
        """Run a command that asks the domain."""
        variables = [{"name": "DOMAIN", "value": self.domain, "type": "PLAINTEXT"}]
        return self.run(command, variables=variables, vpcConfig=place)


def fixed(text: str) -> dict[str, Any]:
    return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": text}}


@pytest.fixture
def site(client: Client) -> Site:
    return Site(client)


@pytest.mark.parametrize("command", [PYTHON, NODE], ids=["python", "node"])
def test_a_domain_leads_through_cloudfront_to_the_listener_by_host_and_path(site: Site, command: str) -> None:
    build, log = site.ask(command, site.open())
    assert build["buildStatus"] == "SUCCEEDED", log
    assert log == "the users\n"


@pytest.mark.parametrize("command", [PYTHON, NODE], ids=["python", "node"])
def test_without_a_way_to_the_internet_the_domain_is_unreachable(site: Site, command: str) -> None:
    place = site.open(nat=False)
    site.of("ec2").create_vpc_endpoint(
        VpcId=place["vpcId"], ServiceName="com.amazonaws.us-east-1.logs", VpcEndpointType="Interface"
    )
    build, log = site.ask(command, place)
    assert build["buildStatus"] == "FAILED"
    assert f"emulator: {site.domain}:443 is unreachable: it is on the internet" in log


def test_without_a_way_to_aws_the_aws_cli_fails(site: Site) -> None:
    build, log = site.ask("AWS_MAX_ATTEMPTS=1 aws sts get-caller-identity", site.open(nat=False))
    assert build["buildStatus"] == "FAILED"
    assert "is unreachable: a service of AWS is reached from a VPC through a NAT gateway" in log


def test_an_unknown_name_is_unreachable(site: Site) -> None:
    place = site.open()
    site.domain = "nothing.invalid"
    build, log = site.ask(PYTHON, place)
    assert build["buildStatus"] == "FAILED"
    assert f"account {site.account} has no database at it" in log
    assert json.dumps(log).count("unreachable") == 1
