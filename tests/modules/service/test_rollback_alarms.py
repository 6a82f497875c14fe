"""The alarms that roll a deployment back see wrong answers, slow ones and none, over all target groups."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cdktf import TerraformOutput

from tests.modules.service.parts import Parts, cluster_settings
from tests.template import Template

MOST_OF_A_DEPLOYMENT = 10
"""https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html"""


def alarms(strategy: str, *, insights: str = "disabled", **changes: Any) -> dict[str, dict[str, Any]]:
    parts = Parts.make(strategy=strategy, cluster=cluster_settings(container_insights=insights))
    parts.service(**changes)
    found = Template.of(parts.stack).all("aws_cloudwatch_metric_alarm").values()
    start = "user-management-test-api-"
    return {
        a["alarm_name"].removeprefix(start): a
        for a in found
        if a["alarm_name"].startswith(start) and a["tags"]["Severity"] == "critical"
    }


def expression(alarm: dict[str, Any]) -> str:
    (value,) = (q["expression"] for q in alarm["metric_query"] if q["return_data"])
    text: str = value
    return text


def metrics(alarm: dict[str, Any]) -> dict[str, str]:
    return {q["id"]: q["metric"]["metric_name"] for q in alarm["metric_query"] if "metric" in q}


def test_errors_are_a_share_of_the_requests_of_both_colors_if_they_are_more_than_chance() -> None:
    alarm = alarms("blue_green")["errors"]
    assert expression(alarm) == (
        "IF((FILL(errors_blue, 0) + FILL(errors_green, 0)) >= 3, "
        "100 * (FILL(errors_blue, 0) + FILL(errors_green, 0)) / (FILL(requests_blue, 0) + FILL(requests_green, 0)), 0)"
    )
    assert (alarm["threshold"], alarm["datapoints_to_alarm"], alarm["evaluation_periods"]) == (5, 3, 5)


def test_the_slower_color_counts() -> None:
    alarm = alarms("blue_green")["latency"]
    assert expression(alarm) == "MAX([FILL(time_blue, 0), FILL(time_green, 0)])"
    assert alarm["threshold"] == 1
    assert {q["metric"]["stat"] for q in alarm["metric_query"] if "metric" in q} == {"p95"}


def test_connections_that_no_task_accepts_count_over_both_colors() -> None:
    alarm = alarms("blue_green")["connections"]
    assert expression(alarm) == "FILL(refused_blue, 0) + FILL(refused_green, 0)"
    assert set(metrics(alarm).values()) == {"TargetConnectionErrorCount"}
    assert alarm["threshold"] == 3


def test_a_service_without_any_healthy_task_is_absent_whichever_color_has_the_traffic() -> None:
    alarm = alarms("blue_green")["absence"]
    assert expression(alarm) == "FILL(healthy_blue, 0) + FILL(healthy_green, 0)"
    assert set(metrics(alarm).values()) == {"HealthyHostCount"}
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["datapoints_to_alarm"], alarm["evaluation_periods"]) == (5, 5)
    assert alarm["treat_missing_data"] == "breaching"


def test_one_target_group_of_a_rolling_service_is_watched_in_the_same_way() -> None:
    assert expression(alarms("rolling")["absence"]) == "FILL(healthy_only, 0)"


def test_without_requests_only_absence_alarms() -> None:
    missing = {name: alarm["treat_missing_data"] for name, alarm in alarms("rolling").items()}
    assert missing == {
        "errors": "notBreaching",
        "latency": "notBreaching",
        "connections": "notBreaching",
        "absence": "breaching",
    }


@pytest.mark.parametrize("strategy", ["rolling", "blue_green"])
def test_a_deployment_can_watch_all_of_them(strategy: str) -> None:
    parts = Parts.make(strategy=strategy)
    service = parts.service()
    assert service.alarms is not None
    assert 0 < len(service.alarms.names) <= MOST_OF_A_DEPLOYMENT


def test_ecs_rolls_back_on_all_of_them() -> None:
    parts = Parts.make(strategy="rolling")
    parts.service()
    watched = Template.of(parts.stack).only("aws_ecs_service")["alarms"]["alarm_names"]
    assert len([name for name in watched if ".api_alarms_" in name]) == len(alarms("rolling")) == 4


@pytest.mark.parametrize("strategy", ["rolling", "blue_green"])
def test_a_deployment_watches_what_the_load_balancer_answers_itself(strategy: str) -> None:
    parts = Parts.make(strategy=strategy)
    service = parts.service()
    assert service.alarms is not None
    TerraformOutput(parts.stack, "watched", value=service.alarms.names, static_id=True)
    watched = Template.of(parts.stack).output("watched")
    assert isinstance(watched, list)
    assert len(watched) == 5
    assert watched[-1] == "${aws_cloudwatch_metric_alarm.load-balancer_own-errors_184C5918.alarm_name}"


def test_only_absence_and_the_load_balancers_errors_are_silent_while_the_environment_sleeps() -> None:
    parts = Parts.make(sleeps=True)
    parts.service()
    rule = Template.of(parts.stack).named("aws_cloudwatch_composite_alarm.awake-critical")["alarm_rule"]
    assert re.findall(r"metric_alarm\.([\w-]+)_\w+\.", rule) == ["load-balancer_own-errors", "api_alarms_absence"]


def test_a_service_without_requests_does_not_watch_the_load_balancer() -> None:
    service = Parts.make().service(path_patterns=(), priority=None)
    assert service.alarms is not None
    assert len(service.alarms.names) == 1


def test_its_own_alarms_are_known_without_the_load_balancers() -> None:
    parts = Parts.make()
    service = parts.service()
    assert service.alarms is not None
    TerraformOutput(parts.stack, "arns", value=service.alarms.arns, static_id=True)
    arns = Template.of(parts.stack).output("arns")
    assert isinstance(arns, list)
    assert [re.findall(r"metric_alarm\.api_alarms_(\w+)_\w+\.arn", arn) for arn in arns] == [
        ["errors"],
        ["latency"],
        ["connections"],
        ["absence"],
    ]
