"""Whether a service is absent depends on how many tasks it should have."""

from __future__ import annotations

from typing import Any

import pytest

from tests.modules.service.test_rollback_alarms import alarms, expression, metrics

WORKER: dict[str, Any] = {"path_patterns": (), "priority": None}


def test_a_service_that_a_schedule_has_stopped_is_not_absent() -> None:
    alarm = alarms("blue_green", insights="enabled")["absence"]
    assert expression(alarm) == (
        "IF(FILL(FILL(desired, REPEAT), 1) > 0, FILL(healthy_blue, 0) + FILL(healthy_green, 0), 1)"
    )
    assert metrics(alarm)["desired"] == "DesiredTaskCount"
    # Container Insights reports the stop later than the load balancer reports no healthy task.
    assert (alarm["datapoints_to_alarm"], alarm["evaluation_periods"]) == (5, 5)


def test_a_service_that_may_be_empty_is_absent_only_with_unhealthy_tasks() -> None:
    alarm = alarms("rolling", min_count=0)["absence"]
    assert expression(alarm) == "IF((FILL(unhealthy_only, 0)) > 0, FILL(healthy_only, 0), 1)"
    assert alarm["treat_missing_data"] == "notBreaching"
    assert (alarm["datapoints_to_alarm"], alarm["evaluation_periods"]) == (3, 5)


def test_a_worker_is_absent_if_no_task_reports_its_cpu() -> None:
    found = alarms("rolling", **WORKER)
    assert set(found) == {"absence"}
    assert expression(found["absence"]) == "FILL(reporting, 0)"
    (query,) = (q["metric"] for q in found["absence"]["metric_query"] if "metric" in q)
    assert (query["namespace"], query["metric_name"], query["stat"]) == ("AWS/ECS", "CPUUtilization", "SampleCount")
    assert query["dimensions"]["ServiceName"] == "user-management-test-api"


@pytest.mark.parametrize(("insights", "found"), [("disabled", set()), ("enabled", {"absence"})])
def test_a_worker_that_may_be_empty_needs_container_insights(insights: str, found: set[str]) -> None:
    assert set(alarms("rolling", insights=insights, min_count=0, **WORKER)) == found
