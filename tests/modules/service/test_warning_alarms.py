"""A service that still works warns before it does not: slow, unhealthy, short of tasks, near its limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.services import ServiceSettings
from modules.service.warning_alarms import high_percent
from tests.modules.service.parts import Parts, cluster_settings
from tests.modules.service.test_rollback_alarms import expression, metrics
from tests.template import Resource, Template

WORKER: dict[str, Any] = {"path_patterns": (), "priority": None}
START = "user-management-test-api-"


def made(strategy: str = "rolling", *, insights: str = "enabled", sleeps: bool = False, **changes: Any) -> Template:
    parts = Parts.make(strategy=strategy, cluster=cluster_settings(container_insights=insights), sleeps=sleeps)
    parts.service(**changes)
    return Template.of(parts.stack)


def warnings(strategy: str = "rolling", *, insights: str = "enabled", **changes: Any) -> dict[str, Resource]:
    found = made(strategy, insights=insights, **changes).all("aws_cloudwatch_metric_alarm").values()
    return {
        alarm["alarm_name"].removeprefix(START): alarm
        for alarm in found
        if alarm["alarm_name"].startswith(START)
        and alarm["tags"]["Severity"] == "warning"
        and not alarm["alarm_name"].endswith("-error-lines")  # of the log: test_error_lines.py
    }


def bad_of(alarm: Resource) -> tuple[int, int]:
    return alarm["datapoints_to_alarm"], alarm["evaluation_periods"]


def test_slow_is_the_designs_target_at_the_95th_percentile_of_either_color_with_enough_requests() -> None:
    alarm = warnings("blue_green")["slow"]
    assert expression(alarm) == (
        "MAX([IF(FILL(requests_blue, 0) >= 200, FILL(time_blue, 0), 0), "
        "IF(FILL(requests_green, 0) >= 200, FILL(time_green, 0), 0)])"
    )
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("GreaterThanOrEqualToThreshold", 0.2)
    queries = [q["metric"] for q in alarm["metric_query"] if "metric" in q]
    assert {(q["metric_name"], q["stat"], q["period"]) for q in queries} == {
        ("TargetResponseTime", "p95", 300),
        ("RequestCount", "Sum", 300),
    }
    assert all(set(q["dimensions"]) == {"LoadBalancer", "TargetGroup"} for q in queries)
    assert bad_of(alarm) == (3, 5)


def test_a_task_that_is_unhealthy_in_turns_with_its_replacement_is_reported() -> None:
    alarm = warnings("blue_green")["unhealthy"]
    assert expression(alarm) == "FILL(unhealthy_blue, 0) + FILL(unhealthy_green, 0)"
    assert {(q["metric"]["stat"], q["metric"]["period"]) for q in alarm["metric_query"] if "metric" in q} == {
        ("Maximum", 300)
    }
    assert (alarm["threshold"], *bad_of(alarm)) == (1, 3, 5)


def test_cpu_is_of_all_tasks_and_memory_of_the_task_that_uses_most() -> None:
    found = warnings()
    seen = {name: (found[name]["metric_name"], found[name]["statistic"]) for name in ("cpu", "memory")}
    assert seen == {"cpu": ("CPUUtilization", "Average"), "memory": ("MemoryUtilization", "Maximum")}
    assert found["cpu"]["dimensions"] == {
        "ClusterName": "${aws_ecs_cluster.cluster.name}",
        "ServiceName": "${aws_ecs_service.api.name}",
    }


def test_utilization_at_the_target_of_auto_scaling_is_no_warning() -> None:
    found = warnings(cpu_target_percent=60, memory_target_percent=90)
    assert (found["cpu"]["threshold"], found["memory"]["threshold"]) == (90, 95)


@given(st.integers(10, 90))
def test_every_target_that_the_settings_allow_is_below_the_threshold(target: int) -> None:
    assert target < high_percent(target) < 100


def test_the_settings_allow_no_higher_target() -> None:
    for name in ("cpu_target_percent", "memory_target_percent"):
        with pytest.raises(ValueError, match="less than or equal to 90"):
            ServiceSettings.model_validate({"min_count": 1, "max_count": 2, name: 91})


def test_fewer_tasks_than_wanted_are_reported_with_container_insights() -> None:
    alarm = warnings(**WORKER)["tasks"]
    assert metrics(alarm) == {"desired": "DesiredTaskCount", "running": "RunningTaskCount"}
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("GreaterThanOrEqualToThreshold", 1)
    assert bad_of(alarm) == (3, 3)


def test_without_container_insights_fewer_healthy_tasks_than_the_minimum_are_reported() -> None:
    alarm = warnings(insights="disabled", min_count=2)["tasks"]
    assert expression(alarm) == "FILL(healthy_only, 0)"
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("LessThanThreshold", 2)
    assert bad_of(alarm) == (15, 15)


def test_too_few_of_one_is_absence_and_not_reported_twice() -> None:
    assert "tasks" not in warnings(insights="disabled", min_count=1)


def test_at_the_maximum_for_half_an_hour_it_cannot_scale_out() -> None:
    alarm = warnings(max_count=6)["full"]
    assert (alarm["metric_name"], alarm["statistic"]) == ("DesiredTaskCount", "Minimum")
    assert (alarm["threshold"], alarm["period"], *bad_of(alarm)) == (6, 300, 6, 6)


def test_without_container_insights_the_tasks_of_both_colors_are_not_added_up() -> None:
    alarm = warnings("blue_green", insights="disabled", max_count=6)["full"]
    assert expression(alarm) == "MAX([FILL(healthy_blue, 0), FILL(healthy_green, 0)])"
    assert (alarm["threshold"], *bad_of(alarm)) == (6, 30, 32)


def test_a_number_of_tasks_that_never_changes_is_never_full() -> None:
    assert "full" not in warnings(min_count=2, max_count=2)


def test_a_worker_without_container_insights_has_its_utilization_only() -> None:
    assert set(warnings(insights="disabled", **WORKER)) == {"cpu", "memory"}


def test_missing_data_are_no_warning_and_the_alarm_on_absence_reports_them() -> None:
    found = warnings("blue_green")
    assert {alarm["treat_missing_data"] for alarm in found.values()} == {"notBreaching"}
    assert set(found) == {"slow", "unhealthy", "cpu", "memory", "tasks", "full"}


def test_a_deployment_watches_none_of_them() -> None:
    watched = made().only("aws_ecs_service")["alarms"]["alarm_names"]
    assert watched
    assert not [name for name in watched if "warnings" in name]


def test_while_the_environment_sleeps_only_the_number_of_healthy_tasks_is_too_low() -> None:
    template = made(insights="disabled", sleeps=True)
    rule = template.named("aws_cloudwatch_composite_alarm.awake-warning")["alarm_rule"]
    assert "api_warnings_tasks" in rule
    assert " OR " not in rule
    assert not made(insights="enabled", sleeps=True).all("aws_cloudwatch_composite_alarm").get("awake-warning")
