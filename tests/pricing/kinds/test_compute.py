"""Tasks by architecture, size, number and Spot; Container Insights; functions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.samples import charges, gaps, resource

TASK = resource("aws_ecs_task_definition.api", cpu="512", memory="1024", runtime_platform={"cpu_architecture": "ARM64"})


def service(**arguments: Any) -> Any:
    base = {"task_definition": "-> aws_ecs_task_definition.api", "launch_type": "FARGATE", "desired_count": 2}
    return resource("aws_ecs_service.api", **{**base, **arguments})


def scaling(least: int) -> Any:
    return resource(
        "aws_appautoscaling_target.api",
        service_namespace="ecs",
        resource_id="-> aws_ecs_service.api",
        min_capacity=least,
        max_capacity=9,
    )


def test_tasks_cost_by_architecture_and_size() -> None:
    assert charges(service(), TASK) == {"fargate_arm_vcpu": 1, "fargate_arm_memory": 2}
    x86 = resource("aws_ecs_task_definition.api", cpu=1024, memory=2048)
    assert charges(service(), x86) == {"fargate_x86_vcpu": 2, "fargate_x86_memory": 4}


def test_the_least_of_scaling_counts_and_not_the_desired_count() -> None:
    assert charges(service(desired_count=9), TASK, scaling(3))["fargate_arm_vcpu"] == 1.5


def test_the_scaling_of_another_service_does_not_count() -> None:
    other = resource("aws_appautoscaling_target.b", service_namespace="ecs", resource_id="service/x/b", min_capacity=7)
    assert charges(service(name="api"), TASK, other)["fargate_arm_vcpu"] == 1


@pytest.mark.parametrize(
    ("strategy", "full_price_tasks"),
    [
        ([{"capacity_provider": "FARGATE", "weight": 1}], 4),
        ([{"capacity_provider": "FARGATE_SPOT", "weight": 1}], 4 * 0.3),
        (
            [
                {"capacity_provider": "FARGATE", "base": 2, "weight": 0},
                {"capacity_provider": "FARGATE_SPOT", "weight": 1},
            ],
            2.6,
        ),
        (
            [{"capacity_provider": "FARGATE", "weight": 1}, {"capacity_provider": "FARGATE_SPOT", "weight": 3}],
            1 + 3 * 0.3,
        ),
        ([{"capacity_provider": "FARGATE_SPOT", "base": 9, "weight": 0}], 4 * 0.3),
    ],
)
def test_spot_tasks_cost_a_part(strategy: list[dict[str, Any]], full_price_tasks: float) -> None:
    found = charges(service(launch_type=None, capacity_provider_strategy=strategy, desired_count=4), TASK)
    assert found["fargate_arm_vcpu"] == pytest.approx(full_price_tasks * 0.5)


def test_disk_above_20_gib_and_public_addresses_cost() -> None:
    task = resource("aws_ecs_task_definition.api", cpu=1024, memory=2048, ephemeral_storage={"size_in_gib": 50})
    found = charges(service(network_configuration={"assign_public_ip": True}), task)
    assert (found["fargate_disk"], found["public_ipv4"]) == (60, 2)


def test_tasks_that_sleep_cost_less() -> None:
    assert charges(service(), TASK, awake_share=0.25)["fargate_arm_vcpu"] == 0.25


@pytest.mark.parametrize(
    ("arguments", "tasks", "reason"),
    [
        ({"task_definition": "-> aws_ecs_task_definition.b"}, {}, "its task definition is not among the resources"),
        ({"launch_type": "EC2"}, {}, "its tasks do not run on Fargate"),
        (
            {"launch_type": None, "capacity_provider_strategy": [{"capacity_provider": "own"}]},
            {},
            "do not run on Fargate",
        ),
        ({}, {"cpu": "${var.cpu}"}, "the size or number of its tasks is not known"),
        ({}, {"runtime_platform": {"operating_system_family": "WINDOWS_SERVER_2022_CORE"}}, "run on Windows"),
    ],
)
def test_what_has_no_price_is_said(arguments: dict[str, Any], tasks: dict[str, Any], reason: str) -> None:
    task = resource("aws_ecs_task_definition.api", **{**TASK.arguments, **tasks})
    (found,) = gaps(service(**arguments), task)
    assert reason in found


def test_container_insights_counts_services_and_with_enhanced_tasks() -> None:
    usage = {"insights_metrics_per_service": 10, "insights_metrics_per_task": 5}
    member = service(cluster="-> aws_ecs_cluster.main")
    for mode, metrics in (("enhanced", 2 * 10 + 2 * 5), ("enabled", 20)):
        cluster = resource("aws_ecs_cluster.main", setting=[{"name": "containerInsights", "value": mode}])
        assert charges(cluster, member, TASK, **usage) == {"metric": metrics}
    off = resource("aws_ecs_cluster.main", setting={"name": "containerInsights", "value": "disabled"})
    assert charges(off, member) == {}


def test_a_function_costs_by_its_runs_memory_and_architecture() -> None:
    function = resource("aws_lambda_function.a", memory_size=512, architectures=["arm64"])
    found = charges(function, function_runs=1_000_000, function_milliseconds=100)
    assert found == {"function_requests": 1, "function_arm": 50_000}
    assert "function_x86" in charges(resource("aws_lambda_function.a"))
