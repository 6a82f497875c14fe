"""Services that ECS itself deploys: their tasks are targets, and new tasks that fail do not replace them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from emulator.registry import REGISTRY
from emulator.releases import observers
from emulator.releases.answers import answer
from emulator.releases.task_sets import SICK_IMAGES
from emulator.releases.traffic import find_listener
from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

_ACCOUNTS: Final = itertools.count(720000000000)
BREAKER: Final = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@dataclass
class Rolling:
    """A service behind a listener."""

    client: Client
    account: str
    group: str = ""
    listener: str = ""

    def of(self, service: str) -> Any:
        return self.client(service, account=self.account)

    def make(self, **changes: Any) -> None:
        elb, ecs = self.of("elbv2"), self.of("ecs")
        subnets = make_subnets(self.client, "us-east-1a", "us-east-1b", account=self.account)
        vpc = self.of("ec2").describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["VpcId"]
        balancer = elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        made = elb.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
        self.group = made["TargetGroups"][0]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": self.group}]
        made = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
        self.listener = made["Listeners"][0]["ListenerArn"]
        ecs.create_cluster(clusterName="web")
        ecs.create_service(
            cluster="web",
            serviceName="web",
            taskDefinition=self.register("web:1"),
            desiredCount=2,
            deploymentConfiguration=BREAKER,
            networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "securityGroups": []}},
            loadBalancers=[{"targetGroupArn": self.group, "containerName": "web", "containerPort": 80}],
            **changes,
        )

    def register(self, image: str) -> str:
        container = {"name": "web", "image": image, "memory": 128, "portMappings": [{"containerPort": 80}]}
        made = self.of("ecs").register_task_definition(
            family="web", networkMode="awsvpc", containerDefinitions=[container]
        )
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def update(self, **changes: Any) -> None:
        self.of("ecs").update_service(cluster="web", service="web", **changes)

    def service(self) -> Any:
        return self.of("ecs").describe_services(cluster="web", services=["web"])["services"][0]

    def targets(self) -> list[str]:
        found = self.of("elbv2").describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return [one["TargetHealth"]["State"] for one in found]

    def answer(self) -> tuple[int, str]:
        with REGISTRY.lock:
            said = answer(find_listener(self.listener), "/")
        return said.status, said.text


@pytest.fixture
def rolling(client: Client) -> Iterator[Rolling]:
    yield Rolling(client, str(next(_ACCOUNTS)))
    SICK_IMAGES.clear()


def test_a_new_service_has_its_tasks_as_targets_and_is_stable(rolling: Rolling) -> None:
    rolling.make()
    assert rolling.targets() == ["healthy", "healthy"]
    assert rolling.answer() == (200, "web:1")
    service = rolling.service()
    assert (service["runningCount"], len(service["deployments"]), service.get("taskSets", [])) == (2, 1, [])


def test_the_targets_follow_the_desired_count(rolling: Rolling) -> None:
    rolling.make()
    rolling.update(desiredCount=3)
    assert len(rolling.targets()) == 3
    rolling.update(desiredCount=0)
    assert rolling.answer() == (503, "no healthy target")


def test_a_new_revision_replaces_the_tasks_and_no_target_group_is_ever_empty(rolling: Rolling) -> None:
    rolling.make()
    seen = []
    observers.OBSERVERS.append(lambda: seen.append(rolling.answer()[0]))
    revision = rolling.register("web:2")
    rolling.update(taskDefinition="web:2")
    observers.OBSERVERS.clear()
    assert rolling.service()["taskDefinition"] == revision
    assert rolling.answer() == (200, "web:2")
    assert len(rolling.targets()) == 2
    assert seen == [200, 200]


def test_tasks_that_fail_their_checks_are_rolled_back(rolling: Rolling) -> None:
    rolling.make()
    before = rolling.service()["taskDefinition"]
    SICK_IMAGES.add("web:2")
    rolling.update(taskDefinition=rolling.register("web:2"))
    service = rolling.service()
    assert service["taskDefinition"] == before
    assert service["deployments"][0]["taskDefinition"] == before
    assert "rolls back" in service["events"][0]["message"]
    assert rolling.targets() == ["healthy", "healthy"]
    assert {rolling.answer() for _ in range(9)} == {(200, "web:1")}


def test_without_a_circuit_breaker_the_old_tasks_stay_beside_those_that_fail(rolling: Rolling) -> None:
    rolling.make()
    rolling.update(deploymentConfiguration={"deploymentCircuitBreaker": {"enable": False, "rollback": False}})
    SICK_IMAGES.add("web:2")
    rolling.update(taskDefinition=rolling.register("web:2"))
    assert sorted(rolling.targets()) == ["healthy", "healthy", "unhealthy", "unhealthy"]
    assert {rolling.answer() for _ in range(9)} == {(200, "web:1")}


def test_the_tasks_end_with_their_service(rolling: Rolling) -> None:
    rolling.make()
    rolling.of("ecs").delete_service(cluster="web", service="web", force=True)
    assert rolling.targets() == []
