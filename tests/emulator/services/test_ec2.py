from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


@pytest.fixture
def vpc(client: Client) -> str:
    return str(client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


def test_a_subnet_in_a_zone_of_another_region_is_refused(client: Client, vpc: str) -> None:
    with pytest.raises(ClientError) as refused:
        client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="us-west-2a")

    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidParameterValue"
    assert error["Message"].startswith(
        "Value (us-west-2a) for parameter availabilityZone is invalid. Subnets can currently only be created "
        "in the following availability zones: us-east-1a, us-east-1b"
    )


def test_a_zone_id_of_another_region_is_refused(client: Client, vpc: str) -> None:
    with pytest.raises(ClientError, match=r"Value \(usw2-az1\) for parameter availabilityZoneId is invalid"):
        client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZoneId="usw2-az1")


def test_a_default_subnet_in_a_zone_of_another_region_is_refused(client: Client) -> None:
    message = r"InvalidParameterValue.*Value \(us-west-2a\) for parameter availabilityZone is invalid. Subnets can"

    with pytest.raises(ClientError, match=message):
        client("ec2", account="900000000079").create_default_subnet(AvailabilityZone="us-west-2a")


def test_a_volume_in_a_zone_of_another_region_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=r"InvalidZone\.NotFound.*The zone 'us-west-2a' does not exist"):
        client("ec2").create_volume(AvailabilityZone="us-west-2a", Size=1)
    assert client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=1)["AvailabilityZone"] == "us-east-1a"


@pytest.mark.parametrize("service", ["s3", "ecr.dkr", "ecr.api", "logs", "secretsmanager", "ssmmessages", "xray"])
def test_an_endpoint_of_a_service_in_the_region_is_created(client: Client, vpc: str, service: str) -> None:
    name = f"com.amazonaws.us-east-1.{service}"

    made = client("ec2").create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType="Interface")
    assert made["VpcEndpoint"]["ServiceName"] == name


@pytest.mark.parametrize("name", ["com.amazonaws.us-east-1.nothing", "com.amazonaws.us-west-2.s3"])
def test_an_unknown_endpoint_service_is_refused(client: Client, vpc: str, name: str) -> None:
    message = f"InvalidServiceName.*The Vpc Endpoint Service '{name}' does not exist"

    with pytest.raises(ClientError, match=message):
        client("ec2").create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType="Interface")


def test_endpoints_of_s3_and_dynamodb_are_gateways_by_default(client: Client, vpc: str) -> None:
    for service in ("s3", "dynamodb"):
        client("ec2").create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.us-east-1.{service}")


@pytest.mark.parametrize("kind", [{}, {"VpcEndpointType": "Gateway"}])
def test_a_gateway_to_another_service_is_refused(client: Client, vpc: str, kind: dict[str, str]) -> None:
    message = r"InvalidParameter\).*Endpoint type \(Gateway\) does not match available service types \(\[Interface\]\)"

    with pytest.raises(ClientError, match=message):
        client("ec2").create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.logs", **kind)


def test_an_endpoint_of_an_own_service_needs_the_service(client: Client, vpc: str) -> None:
    ec2 = client("ec2")
    balancer = client("elbv2").create_load_balancer(
        Name="own-service", Type="network", Subnets=make_subnets(client, "us-east-1a")
    )["LoadBalancers"][0]["LoadBalancerArn"]
    service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[balancer])["ServiceConfiguration"]
    endpoint = {"VpcId": vpc, "VpcEndpointType": "Interface"}

    ec2.create_vpc_endpoint(**endpoint, ServiceName=service["ServiceName"])
    ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service["ServiceId"]])
    with pytest.raises(ClientError, match=f"InvalidServiceName.*'{service['ServiceName']}' does not exist"):
        ec2.create_vpc_endpoint(**endpoint, ServiceName=service["ServiceName"])


def test_an_endpoint_of_another_accounts_service_needs_its_permission(client: Client) -> None:
    balancer = client("elbv2").create_load_balancer(
        Name="shared-service", Type="network", Subnets=make_subnets(client, "us-east-1a")
    )["LoadBalancers"][0]["LoadBalancerArn"]
    owner, guest = client("ec2"), client("ec2", account="900000000085")
    service = owner.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[balancer])[
        "ServiceConfiguration"
    ]
    vpc = guest.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    endpoint = {"VpcId": vpc, "VpcEndpointType": "Interface", "ServiceName": service["ServiceName"]}

    with pytest.raises(ClientError, match="InvalidServiceName"):
        guest.create_vpc_endpoint(**endpoint)
    owner.modify_vpc_endpoint_service_permissions(
        ServiceId=service["ServiceId"], AddAllowedPrincipals=["arn:aws:iam::900000000085:root"]
    )
    guest.create_vpc_endpoint(**endpoint)


def test_snapshots_are_closed_to_the_public_until_they_are_opened_again(client: Client) -> None:
    ec2 = client("ec2")
    assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"

    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    assert ec2.get_snapshot_block_public_access_state()["State"] == "block-all-sharing"

    ec2.disable_snapshot_block_public_access()
    assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"


def test_a_rule_for_another_group_keeps_its_description(client: Client, vpc: str) -> None:
    ec2 = client("ec2")
    group = ec2.create_security_group(GroupName="described", Description="x", VpcId=vpc)["GroupId"]
    peer = {"GroupId": group, "Description": "api to database"}
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [peer]}
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    assert made["SecurityGroupRules"][0]["Description"] == "api to database"


def test_a_rule_for_a_prefix_list_keeps_its_description(client: Client, vpc: str) -> None:
    ec2 = client("ec2")
    group = ec2.create_security_group(GroupName="listed", Description="x", VpcId=vpc)["GroupId"]
    made = ec2.create_managed_prefix_list(PrefixListName="one", MaxEntries=1, AddressFamily="IPv4")
    peer = {"PrefixListId": made["PrefixList"]["PrefixListId"], "Description": "api to s3"}
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [peer]}
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[rule])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    assert "api to s3" in {rule.get("Description") for rule in rules["SecurityGroupRules"]}


@pytest.mark.parametrize("direction", ["ingress", "egress"])
@pytest.mark.parametrize("by", ["GroupId", "GroupName"])
def test_a_group_is_not_deleted_while_a_rule_of_another_group_refers_to_it(
    client: Client, direction: str, by: str
) -> None:
    ec2 = client("ec2", account="900000000076")
    database, service = (
        ec2.create_security_group(GroupName=f"{name}-{direction}-{by}", Description="x")["GroupId"]
        for name in ("database", "service")
    )
    named = {"GroupId": {"GroupId": database}, "GroupName": {"GroupName": f"database-{direction}-{by}"}}[by]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": database}]}
    getattr(ec2, f"authorize_security_group_{direction}")(GroupId=service, IpPermissions=[rule])

    with pytest.raises(ClientError, match=rf"DependencyViolation.*resource {database} has a dependent object"):
        ec2.delete_security_group(**named)
    getattr(ec2, f"revoke_security_group_{direction}")(GroupId=service, IpPermissions=[rule])
    ec2.delete_security_group(**named)


def test_a_group_is_deleted_with_a_rule_that_refers_to_itself(client: Client, vpc: str) -> None:
    ec2 = client("ec2")
    group = ec2.create_security_group(GroupName="itself", Description="x", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    ec2.delete_security_group(GroupId=group)
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        ec2.describe_security_groups(GroupIds=[group])


def test_a_deleted_gateway_deletes_its_interface_and_releases_its_address(client: Client) -> None:
    ec2 = client("ec2", account="900000000077")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    assert "AssociationId" in ec2.describe_addresses()["Addresses"][0]

    ec2.delete_nat_gateway(NatGatewayId=gateway)

    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    assert not ec2.describe_addresses()["Addresses"][0].get("AssociationId")


def test_a_deleted_vpc_deletes_its_network_acl(client: Client) -> None:
    ec2 = client("ec2", account="900000000078")
    before = ec2.describe_network_acls()["NetworkAcls"]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.delete_vpc(VpcId=vpc)

    assert ec2.describe_network_acls()["NetworkAcls"] == before


@pytest.mark.parametrize("egress", [False, True])
def test_the_twentieth_rule_of_a_network_acl_is_refused(client: Client, vpc: str, egress: bool) -> None:  # noqa: FBT001 (a parameter)
    ec2 = client("ec2")
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]

    def add(number: int, *, outbound: bool) -> None:
        ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=number,
            Egress=outbound,
            RuleAction="allow",
            Protocol="tcp",
            CidrBlock="10.0.0.0/24",
            PortRange={"From": 443, "To": 443},
        )

    for number in range(1, 20):
        add(number, outbound=egress)
    with pytest.raises(ClientError, match=r"NetworkAclEntryLimitExceeded.*has reached the limit of 20 entries"):
        add(20, outbound=egress)
    add(20, outbound=not egress)


@pytest.mark.parametrize(
    ("actions", "status"),
    [
        (["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], ("FAILED", "Access error")),
        (["logs:CreateLogStream", "logs:PutLogEvents", "logs:Describe*"], ("SUCCESS", None)),
    ],
)
@pytest.mark.parametrize("attached", [False, True])
def test_a_flow_log_reports_a_role_that_allows_too_little(
    client: Client,
    actions: list[str],
    status: tuple[str, str | None],
    attached: bool,  # noqa: FBT001 (a parameter)
) -> None:
    name = f"flow-logs-{status[0].lower()}-{attached}"
    iam, ec2 = client("iam"), client("ec2")
    trust = {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    version = {"Version": "2012-10-17"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({**version, "Statement": trust}))["Role"]
    writes = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = json.dumps({**version, "Statement": writes})
    if attached:
        policy = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    else:
        iam.put_role_policy(RoleName=name, PolicyName="write", PolicyDocument=document)
    client("logs").create_log_group(logGroupName=name)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ids = ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName=name,
        DeliverLogsPermissionArn=role["Arn"],
    )["FlowLogIds"]

    (found,) = ec2.describe_flow_logs(FlowLogIds=ids)["FlowLogs"]
    assert (found["DeliverLogsStatus"], found.get("DeliverLogsErrorMessage")) == status
