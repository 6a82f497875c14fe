from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.functions import invoke, make_function, make_role, zip_code

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "900000000202"

CODE = """
import boto3
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError

def handler(event, context):
    told = {}
    for service, operation in (("sts", "get_caller_identity"), ("ssm", "describe_parameters"), ("s3", "list_buckets")):
        client = boto3.client(service, config=Config(retries={"total_max_attempts": 1}))
        try:
            getattr(client, operation)()
            told[service] = True
        except ConnectTimeoutError:
            told[service] = False
    return told
"""


@dataclass(frozen=True)
class Net:
    """A VPC with two subnets, each with the main route table, and a group that lets everything out."""

    ec2: Any
    vpc: str
    subnets: list[str]
    group: str

    def make_group(self, name: str) -> str:
        made = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)
        return str(made["GroupId"])

    @property
    def table(self) -> str:
        tables = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["RouteTables"]
        return str(tables[0]["RouteTableId"])

    @property
    def config(self) -> dict[str, list[str]]:
        return {"SubnetIds": self.subnets, "SecurityGroupIds": [self.group]}


@pytest.fixture
def net(client: Client) -> Net:
    return make_net(client)


def make_net(client: Client) -> Net:
    ec2 = client("ec2", account=ACCOUNT)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="function", Description="function", VpcId=vpc)["GroupId"]
    return Net(ec2, vpc, subnets, group)


def make(client: Client, name: str, net: Net) -> None:
    make_function(client, name, zip_code(CODE), account=ACCOUNT, Timeout=60, VpcConfig=net.config)


def test_a_function_in_a_vpc_names_the_vpc(client: Client, net: Net) -> None:
    make(client, "named", net)

    described = client("lambda", account=ACCOUNT).get_function_configuration(FunctionName="named")["VpcConfig"]

    assert (described["VpcId"], described["SubnetIds"]) == (net.vpc, net.subnets)


def test_without_a_route_a_function_in_a_vpc_does_not_reach_aws(client: Client, net: Net) -> None:
    make(client, "closed", net)

    told = invoke(client, "closed", account=ACCOUNT)

    events = client("logs", account=ACCOUNT).filter_log_events(logGroupName="/aws/lambda/closed")["events"]
    assert told == {"sts": False, "ssm": False, "s3": False}
    assert any("is reached from a VPC through a NAT gateway" in event["message"] for event in events)


def test_through_a_nat_gateway_it_does_unless_no_group_lets_it_out(client: Client, net: Net) -> None:
    gateway = net.ec2.create_nat_gateway(SubnetId=net.subnets[0], ConnectivityType="private")["NatGateway"]
    net.ec2.create_route(RouteTableId=net.table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway["NatGatewayId"])
    make(client, "through", net)
    before = invoke(client, "through", account=ACCOUNT)

    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    net.ec2.revoke_security_group_egress(GroupId=net.group, IpPermissions=[everything])

    assert before == {"sts": True, "ssm": True, "s3": True}
    assert invoke(client, "through", account=ACCOUNT) == {"sts": False, "ssm": False, "s3": False}


def test_an_endpoint_leads_to_its_own_service_if_its_group_lets_the_function_in(client: Client, net: Net) -> None:
    group = net.make_group("endpoint")
    net.ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=net.vpc,
        ServiceName="com.amazonaws.us-east-1.ssm",
        SubnetIds=net.subnets,
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )
    net.ec2.create_vpc_endpoint(VpcId=net.vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[net.table])
    make(client, "beside", net)
    before = invoke(client, "beside", account=ACCOUNT)

    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": net.group}]}
    net.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[https])

    assert before == {"sts": False, "ssm": False, "s3": True}
    assert invoke(client, "beside", account=ACCOUNT) == {"sts": False, "ssm": True, "s3": True}


def test_a_role_without_the_rights_on_network_interfaces_is_refused(client: Client, net: Net) -> None:
    with pytest.raises(ClientError, match="does not have permissions to call CreateNetworkInterface on EC2"):
        make_function(client, "bare", zip_code(CODE), account=ACCOUNT, actions=["logs:*"], VpcConfig=net.config)


def test_impossible_places_are_refused(client: Client, net: Net) -> None:
    other = make_net(client)
    functions = client("lambda", account=ACCOUNT)
    make_function(client, "moved", zip_code(CODE), account=ACCOUNT)
    for subnets, groups, message in (
        (net.subnets, [], "SubnetIds and SecurityIds must coexist or be both empty list"),
        (["subnet-00000000"], [net.group], "The subnet ID 'subnet-00000000' does not exist"),
        (net.subnets, ["sg-00000000"], "The security group 'sg-00000000' does not exist"),
        ([net.subnets[0], other.subnets[0]], [net.group], "Subnets are required to be in the same VPC"),
        (net.subnets, [other.group], "Security Groups are required to be in the same VPC"),
    ):
        config = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        with pytest.raises(ClientError, match=message) as refused:
            functions.update_function_configuration(FunctionName="moved", VpcConfig=config)
        assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"


def test_the_subnets_and_groups_of_a_function_stay_as_long_as_it(client: Client, net: Net) -> None:
    make(client, "keeping", net)

    with pytest.raises(ClientError, match="DependencyViolation"):
        net.ec2.delete_security_group(GroupId=net.group)
    with pytest.raises(ClientError, match="DependencyViolation"):
        net.ec2.delete_subnet(SubnetId=net.subnets[1])

    client("lambda", account=ACCOUNT).delete_function(FunctionName="keeping")
    net.ec2.delete_security_group(GroupId=net.group)
    net.ec2.delete_subnet(SubnetId=net.subnets[1])


def test_large_code_is_refused(client: Client) -> None:
    role = make_role(client, "large", account=ACCOUNT)
    unpacked = io.BytesIO()
    with zipfile.ZipFile(unpacked, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            archive.writestr(f"{number}.bin", bytes(131_072_001))
    for code, refusal in (
        (bytes(52_428_801), "RequestEntityTooLargeException"),
        (unpacked.getvalue(), "Unzipped size must be smaller than 262144000 bytes"),
        (b"no zip", "Could not unzip uploaded file"),
    ):
        with pytest.raises(ClientError, match=refusal):
            client("lambda", account=ACCOUNT).create_function(
                FunctionName="large", Runtime="python3.13", Handler="a.b", Role=role, Code={"ZipFile": code}
            )


def test_why_something_is_unreachable_is_in_the_log(client: Client) -> None:
    code = """
import socket
def handler(event, context):
    try:
        socket.create_connection(("example.com", 443), timeout=5)
    except TimeoutError as error:
        return str(error)
"""
    make_function(client, "outside", zip_code(code), account=ACCOUNT)

    told = invoke(client, "outside", account=ACCOUNT)

    events = client("logs", account=ACCOUNT).filter_log_events(logGroupName="/aws/lambda/outside")["events"]
    assert told == "[Errno 110] Connection timed out"
    assert any("emulator: example.com:443 is unreachable" in event["message"] for event in events), json.dumps(events)
