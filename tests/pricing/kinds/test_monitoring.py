"""Alarms, logs, canaries, traces."""

from __future__ import annotations

from typing import Any

import pytest

from pricing.prices import HOURS_PER_MONTH
from tests.pricing.samples import charges, gaps, resource

MONTH = HOURS_PER_MONTH / 24


def alarm(**arguments: Any) -> Any:
    return resource("aws_cloudwatch_metric_alarm.a", **arguments)


def test_each_metric_of_an_expression_costs_and_the_expression_does_not() -> None:
    queries = [{"expression": "a + b"}, {"metric": {"period": 60}}, {"metric": [{"period": 300}]}]
    assert charges(alarm(metric_query=queries)) == {"alarm": 2}
    assert charges(alarm(period=60)) == {"alarm": 1}


def test_a_short_period_and_anomaly_detection_cost_more() -> None:
    assert charges(alarm(period=10)) == {"alarm_high_resolution": 1}
    band = [{"expression": "ANOMALY_DETECTION_BAND(m, 2)"}, {"metric": {"period": 60}}]
    assert charges(alarm(metric_query=band)) == {"alarm_anomaly": 1}
    band[1] = {"metric": {"period": 10}}
    assert charges(alarm(metric_query=band)) == {"alarm_anomaly_high_resolution": 1}


def test_the_metrics_of_a_query_are_not_known() -> None:
    (reason,) = gaps(alarm(metric_query=[{"expression": 'SELECT MAX(x) FROM "y"', "period": 60}]))
    assert reason.startswith("the number of metrics of its query is not known")


def group(name: str, **arguments: Any) -> Any:
    return resource("aws_cloudwatch_log_group.g", name=name, **arguments)


@pytest.mark.parametrize(
    ("name", "other", "setting"),
    [
        (
            "x",
            resource("aws_ecs_task_definition.t", container_definitions="-> aws_cloudwatch_log_group.g"),
            "service_log_gib",
        ),
        ("x", resource("aws_ecs_task_definition.t", container_definitions='{"awslogs-group":"x"}'), "service_log_gib"),
        (
            "x",
            resource("aws_cloudtrail.t", cloud_watch_logs_group_arn="-> aws_cloudwatch_log_group.g"),
            "trail_log_gib",
        ),
        ("aws-waf-logs-x", None, "firewall_log_gib"),
        ("/aws/rds/instance/x/postgresql", None, "database_log_gib"),
        ("/aws/docdb/x/audit", None, "database_log_gib"),
        ("/aws/ecs/containerinsights/x/performance", None, "insights_log_gib"),
        ("/aws/rds/instance/x/upgrade", None, "log_gib"),
        ("/aws/lambda/x", None, "log_gib"),
    ],
)
def test_what_is_written_to_a_log_depends_on_who_writes(name: str, other: Any, setting: str) -> None:
    others = [other] if other else []
    found = charges(group(name, retention_in_days=365), *others, stored_log_percent=10, **{setting: 7})
    assert found == {"logs_ingested": 7, "logs_stored": pytest.approx(7 * 365 / MONTH * 0.1)}


def test_a_flow_log_is_charged_where_it_is_made_and_stored_in_its_group() -> None:
    flow = resource("aws_flow_log.f", log_destination="-> aws_cloudwatch_log_group.g")
    assert charges(flow, flow_log_gib=4) == {"logs_ingested": 4}
    assert set(charges(group("x", retention_in_days=30), flow, flow_log_gib=4)) == {"logs_stored"}


def test_a_log_that_is_kept_for_ever_counts_a_year_and_one_that_is_rarely_read_costs_less() -> None:
    found = charges(group("x", log_group_class="INFREQUENT_ACCESS"), log_gib=1, stored_log_percent=100)
    assert found == {"logs_infrequent_ingested": 1, "logs_stored": 12}


@pytest.mark.parametrize(("expression", "runs"), [("rate(5 minutes)", 8760), ("rate(1 hour)", 730)])
def test_a_canary_costs_its_runs(expression: str, runs: int) -> None:
    schedule = {"schedule": {"expression": expression}}
    assert charges(resource("aws_synthetics_canary.c", **schedule)) == {"canary_run": runs}
    assert charges(resource("aws_synthetics_canary.c", **schedule, start_canary=False)) == {}


def test_the_runs_of_another_schedule_are_not_known() -> None:
    (reason,) = gaps(resource("aws_synthetics_canary.c", schedule={"expression": "cron(0 8 * * ? *)"}))
    assert "the runs of the schedule" in reason


def test_traces_cost_by_the_share_that_is_sampled() -> None:
    rule = resource("aws_xray_sampling_rule.r", fixed_rate=0.05)
    none = resource("aws_xray_sampling_rule.s", fixed_rate=0)
    assert charges(rule, none, requests_million=2) == {"traces": pytest.approx(0.1)}
    assert charges(none, rule) == {}
    watched = resource("aws_xray_group.g", insights_configuration={"insights_enabled": True})
    assert charges(watched, rule, requests_million=2) == {"trace_insights": pytest.approx(0.1)}
    assert charges(resource("aws_xray_group.g")) == {}
