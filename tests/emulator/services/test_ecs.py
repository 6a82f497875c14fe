from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.errors import AwsError
from emulator.registry import REGISTRY, Context
from emulator.services.ecs import refuse_impossible_fargate_size
from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

CONTAINER = {"name": "app", "image": "app", "portMappings": [{"containerPort": 3000}]}


def register(client: Client, cpu: str = "512", memory: str = "1024") -> str:
    made = client("ecs").register_task_definition(
        family="app",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu=cpu,
        memory=memory,
        containerDefinitions=[CONTAINER],
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


@pytest.fixture(scope="module")
def target(client: Client) -> dict[str, Any]:
    """A target that AWS accepts: its target group has a listener."""
    elb = client("elbv2")
    subnets = make_subnets(client, "us-east-1a", "us-east-1b")
    vpc = client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    balancer = elb.create_load_balancer(Name="ecs", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(Name="ecs", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    action = {"Type": "forward", "TargetGroupArn": arn}
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[action])
    client("ecs").create_cluster(clusterName="main")
    return {"targetGroupArn": arn, "containerName": "app", "containerPort": 3000}


@pytest.mark.parametrize(("cpu", "memory"), [("512", "512"), ("256", "4096"), ("300", "1024"), ("16384", "16384")])
def test_an_impossible_fargate_size_is_refused(client: Client, cpu: str, memory: str) -> None:
    message = f"ClientException.*No Fargate configuration exists for given values: {cpu} CPU, {memory} memory"

    with pytest.raises(ClientError, match=message):
        register(client, cpu, memory)


@pytest.mark.parametrize(("cpu", "memory"), [("0.5 vCPU", "2 GB"), ("1024", "8GB"), ("16384", "122880")])
def test_every_way_to_write_a_possible_size_is_accepted(client: Client, cpu: str, memory: str) -> None:
    assert register(client, cpu, memory)


def test_fargate_needs_a_size(client: Client) -> None:
    with pytest.raises(ClientError, match="Fargate requires that 'cpu' be defined at the task level"):
        client("ecs").register_task_definition(
            family="app", requiresCompatibilities=["FARGATE"], containerDefinitions=[CONTAINER]
        )


@settings(max_examples=200)
@given(cpu=st.sampled_from([256, 512, 1024, 2048, 4096]), memory=st.integers(1, 64).map(lambda size: size * 512))
def test_fargate_memory_is_between_two_and_eight_gib_per_cpu(cpu: int, memory: int) -> None:
    context = Context("ecs", "RegisterTaskDefinition", "123456789012", "us-east-1", REGISTRY.store)
    task = {"requiresCompatibilities": ["FARGATE"], "cpu": str(cpu), "memory": str(memory)}
    per_cpu = memory / cpu
    whole = memory % 1024 == 0 or (cpu, memory) == (256, 512)
    most = 7.5 if cpu == 4096 else 8
    possible = 2 <= per_cpu <= most and whole

    try:
        refuse_impossible_fargate_size(task, context)
    except AwsError:
        assert not possible
    else:
        assert possible


def test_a_service_keeps_the_settings_that_moto_drops(client: Client, target: dict[str, Any]) -> None:
    ecs = client("ecs")
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0}]
    ecs.create_service(
        cluster="main",
        serviceName="kept",
        taskDefinition=register(client),
        desiredCount=1,
        loadBalancers=[target],
        capacityProviderStrategy=strategy,
        healthCheckGracePeriodSeconds=60,
        enableECSManagedTags=True,
        enableExecuteCommand=True,
        deploymentConfiguration={"maximumPercent": 200, "minimumHealthyPercent": 100},
    )
    ecs.update_service(
        cluster="main",
        service="kept",
        healthCheckGracePeriodSeconds=90,
        deploymentConfiguration={"maximumPercent": 150},
    )

    service = ecs.describe_services(cluster="main", services=["kept"])["services"][0]
    assert service["capacityProviderStrategy"] == strategy
    assert "launchType" not in service
    assert service["healthCheckGracePeriodSeconds"] == 90
    assert service["enableECSManagedTags"] is service["enableExecuteCommand"] is True
    assert service["availabilityZoneRebalancing"] == "DISABLED"
    assert service["deploymentConfiguration"] == {"maximumPercent": 150, "minimumHealthyPercent": 100}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"containerName": "web"}, "The container web does not exist in the task definition"),
        ({"containerPort": 80}, "The container app did not have a container port 80 defined"),
        ({"targetGroupArn": "arn:none"}, r"target group does not exist. \(targetGroupArn arn:none\)"),
    ],
)
def test_a_service_with_an_invalid_target_is_refused(
    client: Client, target: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=f"InvalidParameterException.*{message}"):
        client("ecs").create_service(
            cluster="main",
            serviceName="refused",
            taskDefinition=register(client),
            loadBalancers=[{**target, **change}],
        )


def test_a_new_task_without_the_targets_container_is_refused(client: Client, target: dict[str, Any]) -> None:
    ecs, running = client("ecs"), "running"

    def targets() -> list[str]:
        found = client("elbv2").describe_target_health(TargetGroupArn=target["targetGroupArn"])
        return [one["Target"]["Id"] for one in found["TargetHealthDescriptions"]]

    before = targets()
    ecs.create_service(cluster="main", serviceName=running, taskDefinition=register(client), loadBalancers=[target])
    web = {"name": "web", "image": "web", "memory": 128, "portMappings": [{"containerPort": 80}]}
    task = ecs.register_task_definition(family="web", containerDefinitions=[web])["taskDefinition"]

    with pytest.raises(ClientError, match=r"InvalidParameterException.*The container app does not exist in the task"):
        ecs.update_service(cluster="main", service=running, taskDefinition=task["taskDefinitionArn"])
    ecs.update_service(cluster="main", service=running, taskDefinition=task["taskDefinitionArn"], loadBalancers=[])
    assert targets() == before


def test_a_new_task_without_the_targets_port_is_refused(client: Client, target: dict[str, Any]) -> None:
    ecs = client("ecs")
    made = ecs.create_service(
        cluster="main", serviceName="ported", taskDefinition=register(client), loadBalancers=[target]
    )
    closed = {"name": "app", "image": "app", "memory": 128}
    ecs.register_task_definition(family="closed", containerDefinitions=[closed])

    with pytest.raises(ClientError, match="The container app did not have a container port 3000 defined"):
        ecs.update_service(cluster="main", service=made["service"]["serviceArn"], taskDefinition="closed")


def test_a_new_target_that_the_running_task_does_not_have_is_refused(client: Client, target: dict[str, Any]) -> None:
    ecs = client("ecs")
    ecs.create_service(cluster="main", serviceName="aimed", taskDefinition=register(client), loadBalancers=[target])

    with pytest.raises(ClientError, match=r"InvalidParameterException.*The container nothere does not exist"):
        ecs.update_service(cluster="main", service="aimed", loadBalancers=[{**target, "containerName": "nothere"}])
    ecs.update_service(cluster="main", service="aimed", taskDefinition=register(client))
    ecs.update_service(cluster="main", service="aimed", desiredCount=2)


def test_a_change_of_an_unknown_service_is_refused(client: Client) -> None:
    client("ecs").create_cluster(clusterName="main")

    with pytest.raises(ClientError, match="ServiceNotFoundException"):
        client("ecs").update_service(cluster="main", service="none", taskDefinition=register(client))


def test_a_service_of_an_unknown_task_is_refused_by_moto(client: Client, target: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="Unable to describe task definition"):
        client("ecs").create_service(cluster="main", serviceName="none", taskDefinition="none", loadBalancers=[target])


def test_a_target_group_without_a_listener_is_refused(client: Client, target: dict[str, Any]) -> None:
    vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = client("elbv2").create_target_group(Name="alone", Protocol="HTTP", Port=80, VpcId=vpc)
    lonely = {**target, "targetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}

    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        client("ecs").create_service(
            cluster="main", serviceName="lonely", taskDefinition=register(client), loadBalancers=[lonely]
        )


def test_a_scalable_target_keeps_its_tags(client: Client, target: dict[str, Any]) -> None:
    client("ecs").create_service(
        cluster="main", serviceName="scaled", taskDefinition=register(client), loadBalancers=[target]
    )
    scaling = client("application-autoscaling")
    arn = scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/main/scaled",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=2,
        Tags={"a": "1"},
    )["ScalableTargetARN"]
    scaling.tag_resource(ResourceARN=arn, Tags={"b": "2"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["a"])

    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"b": "2"}


def test_a_deleted_cluster_is_not_listed(client: Client) -> None:
    ecs = client("ecs", account="900000000081")
    arn = ecs.create_cluster(clusterName="short")["cluster"]["clusterArn"]
    assert ecs.list_clusters()["clusterArns"] == [arn]
    ecs.delete_cluster(cluster="short")
    assert ecs.list_clusters()["clusterArns"] == []
    assert ecs.describe_clusters(clusters=["short"])["clusters"][0]["status"] == "INACTIVE"


@pytest.fixture(scope="module")
def blue_green(client: Client, target: dict[str, Any]) -> str:
    client("ecs").create_service(
        cluster="main",
        serviceName="blue-green",
        taskDefinition=register(client),
        desiredCount=1,
        loadBalancers=[target],
        deploymentController={"type": "CODE_DEPLOY"},
        availabilityZoneRebalancing="DISABLED",
    )
    return "blue-green"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"enableExecuteCommand": True}, "Unable to update execute command"),
        ({"platformVersion": "1.4.0"}, "Unable to update platform version"),
        ({"taskDefinition": "app"}, "Unable to update task definition"),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
            "Unable to update network parameters",
        ),
        ({"forceNewDeployment": True}, "Cannot force a new deployment"),
        ({"availabilityZoneRebalancing": "ENABLED"}, "Unable to update Availability Zone rebalancing"),
    ],
)
def test_what_only_codedeploy_may_change_is_refused(
    client: Client, blue_green: str, change: dict[str, Any], says: str
) -> None:
    end = "on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment"
    with pytest.raises(ClientError, match=f"InvalidParameterException.*{says} {end}"):
        client("ecs").update_service(cluster="main", service=blue_green, **change)


def test_what_an_update_may_change_beside_codedeploy_is_changed(client: Client, blue_green: str) -> None:
    made = client("ecs").update_service(
        cluster="main",
        service=blue_green,
        desiredCount=2,
        healthCheckGracePeriodSeconds=9,
        propagateTags="SERVICE",
        forceNewDeployment=False,
    )
    assert made["service"]["desiredCount"] == 2
    assert made["service"]["healthCheckGracePeriodSeconds"] == 9
