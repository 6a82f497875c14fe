from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator.conftest import Client

ALL = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


@pytest.fixture
def register(client: Client, request: pytest.FixtureRequest) -> Callable[..., dict[str, Any]]:
    """A service with one task; each call registers its scalable target, and returns what AWS then has."""
    cluster = f"scaled-{request.node.name[:20]}"
    client("ecs").create_cluster(clusterName=cluster)
    container = {"name": "app", "image": "app", "memory": 512}
    client("ecs").register_task_definition(family="scaled", containerDefinitions=[container])
    client("ecs").create_service(cluster=cluster, serviceName="app", taskDefinition="scaled", desiredCount=1)
    scaling = client("application-autoscaling")
    place = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}

    def call(**arguments: Any) -> dict[str, Any]:
        scaling.register_scalable_target(**place, ResourceId=f"service/{cluster}/app", **arguments)
        found = scaling.describe_scalable_targets(**place, ResourceIds=[f"service/{cluster}/app"])["ScalableTargets"][0]
        service = client("ecs").describe_services(cluster=cluster, services=["app"])["services"][0]
        return {**found, "cluster": cluster, "desired": service["desiredCount"]}

    return call


def test_registering_moves_the_number_of_tasks_between_the_bounds(
    client: Client, register: Callable[..., dict[str, Any]]
) -> None:
    found = register(MinCapacity=2, MaxCapacity=4)
    assert found["desired"] == 2
    client("ecs").update_service(cluster=found["cluster"], service="app", desiredCount=0)
    assert register(SuspendedState=dict.fromkeys(ALL, True))["desired"] == 2


def test_an_update_keeps_the_bounds_and_returns_every_part_of_the_suspension(
    register: Callable[..., dict[str, Any]],
) -> None:
    assert register(MinCapacity=1, MaxCapacity=4)["SuspendedState"] == dict.fromkeys(ALL, False)
    found = register(SuspendedState={"DynamicScalingInSuspended": True})
    assert found["SuspendedState"] == {**dict.fromkeys(ALL, False), "DynamicScalingInSuspended": True}
    assert (found["MinCapacity"], found["MaxCapacity"]) == (1, 4)
