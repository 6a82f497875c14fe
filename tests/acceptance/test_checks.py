"""Each check runs on an account where it must find something."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.checks import find_checks, network, state

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment


@pytest.fixture
def dev(environments: dict[str, Environment], account_id: str) -> Environment:
    return environments["dev"].model_copy(update={"account_id": account_id})


def test_checks_are_found_by_the_name_of_their_layer() -> None:
    assert {layer for layer, _ in find_checks(["network", "nosuch"])} == {"network"}


def test_an_unencrypted_state_and_a_lock_are_reported(session: EmulatedSession, dev: Environment) -> None:
    s3: Any = session.client("s3")
    dynamodb: Any = session.client("dynamodb")
    bucket, table = f"user-management-dev-state-{dev.account_id}", "user-management-dev-state-lock"
    other = f"any-dev-state-{dev.account_id}"
    s3.create_bucket(Bucket=other)
    s3.put_object(Bucket=other, Key="state/terraform.tfstate", Body=b"{}")
    assert list(state.check_every_state_object_is_encrypted_and_versioned(dev, session)) == [
        f"there is no bucket {bucket}"
    ]
    assert list(state.check_no_lock_is_left(dev, session)) == [
        f"there is no table {table} in us-east-1",
        f"there is no bucket {bucket}",
    ]

    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="network/terraform.tfstate", Body=b"{}")
    s3.put_object(Bucket=bucket, Key="network/terraform.tfstate.tflock", Body=b"{}")
    dynamodb.create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName=table, Item={"LockID": {"S": "network"}, "Info": {"S": "{}"}})

    problems = list(state.check_every_state_object_is_encrypted_and_versioned(dev, session))
    assert problems == [
        f"{bucket} does not hold its own state, but: network/terraform.tfstate",
        f"network/terraform.tfstate of {bucket} is not encrypted with the state's key",
        f"network/terraform.tfstate of {bucket} has no version to restore",
    ]
    assert list(state.check_no_lock_is_left(dev, session)) == [
        "network is locked",
        f"network/terraform.tfstate.tflock of {bucket} is a lock",
    ]


def test_a_state_that_is_not_copied_or_older_there_is_reported(
    session: EmulatedSession, environments: dict[str, Environment], account_id: str
) -> None:
    prod = environments["prod"].model_copy(update={"account_id": account_id})
    home = f"user-management-prod-state-{account_id}"
    copies = f"user-management-prod-state-us-west-2-{account_id}"
    west: Any = session.client("s3", region_name="us-west-2")
    west.create_bucket(Bucket=copies, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3: Any = session.client("s3")
    s3.create_bucket(Bucket=home)
    for key in ("data", "network", "recovery-us-west-2", "state"):
        s3.put_object(Bucket=home, Key=f"{key}/terraform.tfstate", Body=b"now")
    for key, content in (("network", b"before"), ("recovery-us-west-2", b"now"), ("state", b"now")):
        west.put_object(Bucket=copies, Key=f"{key}/terraform.tfstate", Body=content)
    assert list(state.check_every_state_is_in_the_second_region(prod, session)) == [
        f"data/terraform.tfstate is not copied to {copies}",
        f"network/terraform.tfstate of {copies} is older than the one of {home}",
        f"recovery-us-west-2/terraform.tfstate is in {home}, and must be in the region of its stack",
    ]


def test_missing_database_subnets_are_reported(session: EmulatedSession, dev: Environment) -> None:
    assert list(network.check_database_subnets_have_no_route_out(dev, session)) == [
        "0 subnets have the range 10.2.100.0/24 of a database subnet",
        "0 subnets have the range 10.2.200.0/24 of a database subnet",
    ]


def test_a_database_subnet_with_a_route_out_and_an_open_default_group_are_reported(
    session: EmulatedSession, dev: Environment
) -> None:
    ec2: Any = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=str(dev.network.cidr))["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    for zone in dev.network.zones:
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=str(zone.database_cidr))["Subnet"]["SubnetId"]
        if zone is dev.network.zones[0]:
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)

    first, second = network.check_database_subnets_have_no_route_out(dev, session)
    assert first.startswith("the database subnet 10.2.100.0/24 has a route to the internet: ")
    assert second == "the database subnet 10.2.200.0/24 has no route table of its own"
    (problem,) = network.check_default_security_group_has_no_rules(dev, session)
    assert problem.startswith("the default security group has a rule: ")


def test_a_subnet_in_another_zone_than_the_settings_say_is_reported(session: EmulatedSession, dev: Environment) -> None:
    ec2: Any = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=str(dev.network.cidr))["Vpc"]["VpcId"]
    for zone, id_ in zip(dev.network.zones, ("use1-az1", "use1-az6"), strict=True):
        ec2.create_subnet(VpcId=vpc, CidrBlock=str(zone.database_cidr), AvailabilityZoneId=id_)
    assert list(network.check_subnets_are_in_their_zones(dev, session)) == [
        "the subnet 10.2.200.0/24 is in use1-az6, not in use1-az2"
    ]


def test_a_flow_log_that_is_missing_or_not_delivered_is_reported(session: EmulatedSession, dev: Environment) -> None:
    ec2: Any = session.client("ec2")
    iam: Any = session.client("iam")
    vpc = ec2.create_vpc(CidrBlock=str(dev.network.cidr))["Vpc"]["VpcId"]
    assert list(network.check_flow_logs_are_delivered(dev, session)) == [f"{vpc} has no flow log"]

    session.client("logs").create_log_group(logGroupName="flow-logs")
    trust = {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    role = iam.create_role(RoleName="flow-logs", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    created = ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName="flow-logs",
        DeliverLogsPermissionArn=role,
    )
    (flow_log,) = created["FlowLogIds"]
    assert list(network.check_flow_logs_are_delivered(dev, session)) == [f"{flow_log} is not delivered: Access error"]
