from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edge import delete_distribution, make_balancer, make_distribution

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

GROUP = "CloudFront-VPCOrigins-Service-SG"
UNKNOWN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/none/0000000000000000"


def endpoint(name: str, arn: str, **changes: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "Arn": arn,
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
        **changes,
    }


def groups(client: Client, vpc: str) -> list[str]:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": [GROUP]}]
    return [one["GroupName"] for one in client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]]


def test_a_vpc_origin_is_stored_tagged_changed_and_deleted(client: Client) -> None:
    front = client("cloudfront")
    config = endpoint("stored", make_balancer(client, "stored")[0])
    tags = {"Items": [{"Key": "a", "Value": "1"}]}
    made = front.create_vpc_origin(VpcOriginEndpointConfig=config, Tags=tags)
    identifier = made["VpcOrigin"]["Id"]
    with pytest.raises(ClientError, match="EntityAlreadyExists"):
        front.create_vpc_origin(VpcOriginEndpointConfig=config)
    new = {**config, "HTTPSPort": 8443}
    etag = front.update_vpc_origin(Id=identifier, IfMatch=made["ETag"], VpcOriginEndpointConfig=new)["ETag"]

    found = front.get_vpc_origin(Id=identifier)["VpcOrigin"]
    assert found["VpcOriginEndpointConfig"]["HTTPSPort"] == 8443
    assert front.list_tags_for_resource(Resource=found["Arn"])["Tags"]["Items"] == tags["Items"]
    assert "stored" in [one["Name"] for one in front.list_vpc_origins()["VpcOriginList"]["Items"]]
    with pytest.raises(ClientError, match="PreconditionFailed"):
        front.delete_vpc_origin(Id=identifier, IfMatch=made["ETag"])
    front.delete_vpc_origin(Id=identifier, IfMatch=etag)
    with pytest.raises(ClientError, match="EntityNotFound"):
        front.get_vpc_origin(Id=identifier)


def test_a_vpc_origin_is_deployed_after_a_while(client: Client) -> None:
    front = client("cloudfront")
    made = front.create_vpc_origin(VpcOriginEndpointConfig=endpoint("slow", make_balancer(client, "slow")[0]))
    states = [front.get_vpc_origin(Id=made["VpcOrigin"]["Id"])["VpcOrigin"]["Status"] for _ in range(2)]

    assert [made["VpcOrigin"]["Status"], *states] == ["Deploying", "Deploying", "Deployed"]


def test_the_security_group_of_cloudfront_exists_with_the_origins_of_a_vpc(client: Client) -> None:
    front = client("cloudfront")
    balancer, vpc = make_balancer(client, "grouped")
    assert groups(client, vpc) == []
    made = [
        front.create_vpc_origin(VpcOriginEndpointConfig=endpoint(name, balancer)) for name in ("grouped", "grouped-2")
    ]
    assert groups(client, vpc) == [GROUP]
    front.delete_vpc_origin(Id=made[0]["VpcOrigin"]["Id"], IfMatch=made[0]["ETag"])
    assert groups(client, vpc) == [GROUP]
    front.delete_vpc_origin(Id=made[1]["VpcOrigin"]["Id"], IfMatch=made[1]["ETag"])
    assert groups(client, vpc) == []


def test_an_origin_that_moves_takes_the_security_group_with_it(client: Client) -> None:
    front = client("cloudfront")
    (old, left), (new, entered) = make_balancer(client, "left"), make_balancer(client, "entered")
    made = front.create_vpc_origin(VpcOriginEndpointConfig=endpoint("moving", old))
    front.update_vpc_origin(
        Id=made["VpcOrigin"]["Id"], IfMatch=made["ETag"], VpcOriginEndpointConfig=endpoint("moving", new)
    )

    assert (groups(client, left), groups(client, entered)) == ([], [GROUP])


def test_an_origin_in_use_is_neither_changed_nor_deleted(client: Client) -> None:
    front = client("cloudfront")
    config = endpoint("busy", make_balancer(client, "busy")[0])
    made = front.create_vpc_origin(VpcOriginEndpointConfig=config)
    identifier = made["VpcOrigin"]["Id"]
    version = {"Id": identifier, "IfMatch": made["ETag"]}
    user, _ = make_distribution(client, "vpc-user", origin={"VpcOriginConfig": {"VpcOriginId": identifier}})
    with pytest.raises(ClientError, match=r"CannotUpdateEntityWhileInUse.*disassociate the VPC origin") as refused:
        front.update_vpc_origin(**version, VpcOriginEndpointConfig={**config, "HTTPPort": 8080})
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    with pytest.raises(ClientError, match=r"CannotDeleteEntityWhileInUse.*disassociate the VPC origin"):
        front.delete_vpc_origin(**version)
    delete_distribution(client, user)

    front.delete_vpc_origin(**version)


@pytest.mark.parametrize("name", ["origin.example.com", "two words", ""])
def test_a_name_with_other_characters_is_refused(client: Client, name: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidArgument.*must have only letters, digits"):
        client("cloudfront").create_vpc_origin(VpcOriginEndpointConfig=endpoint(name, UNKNOWN))


@pytest.mark.parametrize(
    "arn",
    [
        UNKNOWN,
        "balancer",
        "arn:aws:s3:::bucket",
        "arn:aws:ec2:us-east-1:123456789012:instance/i-00000000000000000",
        UNKNOWN.replace("123456789012", "210987654321"),
    ],
)
def test_an_endpoint_that_does_not_exist_is_refused(client: Client, arn: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidArgument.*must be an Application Load Balancer"):
        client("cloudfront").create_vpc_origin(VpcOriginEndpointConfig=endpoint("lost", arn))


def test_a_gateway_load_balancer_is_refused(client: Client) -> None:
    arn, _ = make_balancer(client, "gateway-origin", Type="gateway")

    with pytest.raises(ClientError, match=r"InvalidArgument.*must be an Application Load Balancer"):
        client("cloudfront").create_vpc_origin(VpcOriginEndpointConfig=endpoint("gateway", arn))


def test_a_network_load_balancer_and_an_instance_are_endpoints(client: Client) -> None:
    front = client("cloudfront")
    balancer, vpc = make_balancer(client, "network-origin", Type="network")
    subnet = client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][0]["SubnetId"]
    launched = client("ec2").run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet)
    instance = f"arn:aws:ec2:us-east-1:123456789012:instance/{launched['Instances'][0]['InstanceId']}"

    for name, arn in (("by-network", balancer), ("by-instance", instance)):
        made = front.create_vpc_origin(VpcOriginEndpointConfig=endpoint(name, arn))
        assert made["VpcOrigin"]["VpcOriginEndpointConfig"]["Arn"] == arn


def test_a_vpc_without_an_internet_gateway_is_refused(client: Client) -> None:
    balancer, vpc = make_balancer(client, "closed", gateway=False)

    with pytest.raises(ClientError, match=rf"InvalidArgument.*{vpc} of the VPC origin must have an internet gateway"):
        client("cloudfront").create_vpc_origin(VpcOriginEndpointConfig=endpoint("closed", balancer))


def test_a_wrong_quantity_of_protocols_is_refused(client: Client) -> None:
    config = endpoint("counted", UNKNOWN, OriginSslProtocols={"Quantity": 2, "Items": ["TLSv1.2"]})

    with pytest.raises(ClientError, match="InconsistentQuantities"):
        client("cloudfront").create_vpc_origin(VpcOriginEndpointConfig=config)
