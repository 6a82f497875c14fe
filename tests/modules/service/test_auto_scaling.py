"""The number of tasks: by CPU, memory and requests, and on a schedule."""

from __future__ import annotations

from typing import Any

from tests.modules.service.parts import Parts
from tests.template import Template

TRACKING = "target_tracking_scaling_policy_configuration"


def template(*, strategy: str = "rolling", **changes: Any) -> Template:
    parts = Parts.make(strategy=strategy)
    parts.service(**changes)
    return Template.of(parts.stack)


def test_the_bounds_are_those_of_the_settings() -> None:
    target = template(min_count=2, max_count=9).only("aws_appautoscaling_target")
    assert (target["min_capacity"], target["max_capacity"]) == (2, 9)
    assert target["resource_id"] == "service/${aws_ecs_cluster.cluster.name}/${aws_ecs_service.api.name}"


def test_cpu_and_memory_are_kept_at_their_targets() -> None:
    policies = template(cpu_target_percent=55, memory_target_percent=70).all("aws_appautoscaling_policy").values()
    tracked = {
        p[TRACKING]["predefined_metric_specification"]["predefined_metric_type"]: p[TRACKING]["target_value"]
        for p in policies
    }
    assert tracked == {"ECSServiceAverageCPUUtilization": 55, "ECSServiceAverageMemoryUtilization": 70}


def test_requests_are_counted_over_both_colors() -> None:
    made = template(strategy="blue_green", requests_per_target=1000)
    policy = made.only("aws_appautoscaling_policy", name="user-management-test-api-requests")[TRACKING]
    assert policy["target_value"] == 1000
    metrics = {m["id"]: m for m in policy["customized_metric_specification"]["metrics"]}
    assert metrics["total"]["expression"] == "SUM([blue, green])"
    assert [name for name, m in metrics.items() if m["return_data"]] == ["total"]
    assert {m["metric_stat"]["metric"]["metric_name"] for m in metrics.values() if "metric_stat" in m} == {
        "RequestCountPerTarget"
    }


def test_requests_of_a_service_that_gets_none_are_not_counted() -> None:
    assert len(template(path_patterns=(), priority=None).all("aws_appautoscaling_policy")) == 2


def test_a_schedule_may_set_other_bounds() -> None:
    parts = Parts.make()
    service = parts.service()
    service.scaling.schedule(
        parts.stack, "night", expression="cron(0 20 ? * MON-FRI *)", timezone="Europe/Berlin", min_count=0, max_count=0
    )
    action = Template.of(parts.stack).only("aws_appautoscaling_scheduled_action")
    assert action["name"] == "user-management-test-api-night"
    assert (action["schedule"], action["timezone"]) == ("cron(0 20 ? * MON-FRI *)", "Europe/Berlin")
    assert action["scalable_target_action"] == {"min_capacity": "0", "max_capacity": "0"}
