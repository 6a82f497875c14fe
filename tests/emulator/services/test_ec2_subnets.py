"""A subnet goes when nothing is in it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator.conftest import Client

ACCOUNT = "900000000206"
IN_USE = r"DependencyViolation.*The subnet '.*' has dependencies and cannot be deleted"

Leave = Any
"""What takes it out of the third subnet; called without arguments."""


def balancer(client: Client, subnets: list[str]) -> Leave:
    elb = client("elbv2", account=ACCOUNT)
    arn = elb.create_load_balancer(Name="inside", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    return lambda: elb.set_subnets(LoadBalancerArn=arn, Subnets=subnets[:2])


def gateway(client: Client, subnets: list[str]) -> Leave:
    ec2 = client("ec2", account=ACCOUNT)
    id_ = ec2.create_nat_gateway(SubnetId=subnets[2], ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    return lambda: ec2.delete_nat_gateway(NatGatewayId=id_)


def endpoint(client: Client, subnets: list[str]) -> Leave:
    ec2 = client("ec2", account=ACCOUNT)
    vpc = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.logs", VpcEndpointType="Interface", SubnetIds=subnets
    )
    return lambda: ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpoint"]["VpcEndpointId"]])


def service(client: Client, subnets: list[str]) -> Leave:
    ecs = client("ecs", account=ACCOUNT)
    ecs.create_cluster(clusterName="inside")
    container = {"name": "web", "image": "public.ecr.aws/nginx/nginx:1", "memory": 512}
    ecs.register_task_definition(
        family="inside",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[container],
    )

    def network(*inside: str) -> dict[str, Any]:
        return {"awsvpcConfiguration": {"subnets": list(inside), "securityGroups": []}}

    ecs.create_service(
        cluster="inside",
        serviceName="web",
        taskDefinition="inside",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration=network(*subnets),
    )
    return lambda: ecs.update_service(cluster="inside", service="web", networkConfiguration=network(*subnets[:2]))


def database(client: Client, subnets: list[str]) -> Leave:
    rds = client("rds", account=ACCOUNT)
    rds.create_db_subnet_group(DBSubnetGroupName="inside", DBSubnetGroupDescription="inside", SubnetIds=subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="inside",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
        DBSubnetGroupName="inside",
        AvailabilityZone="us-east-1c",
    )
    return lambda: rds.delete_db_instance(DBInstanceIdentifier="inside", SkipFinalSnapshot=True)


@pytest.mark.parametrize("place", [balancer, database, endpoint, gateway, service])
def test_a_subnet_with_something_in_it_stays(client: Client, place: Callable[[Client, list[str]], Any]) -> None:
    ec2 = client("ec2", account=ACCOUNT)
    subnets = make_subnets(client, "us-east-1a", "us-east-1b", "us-east-1c", account=ACCOUNT)
    leave = place(client, subnets)
    with pytest.raises(ClientError, match=IN_USE):
        ec2.delete_subnet(SubnetId=subnets[2])
    leave()
    ec2.delete_subnet(SubnetId=subnets[2])
    assert len(ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": subnets}])["Subnets"]) == 2
