"""Sections 7 and 11.1 of the platform's design, line by line: what is measured, and whom it notifies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.template import Template

PRODUCTION: Final = ("staging", "prod")
SERVICES: Final = ("backend", "frontend")
_PERCENTILE: Final = ("p95", "TC(")


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One metric of one alarm."""

    metric: str
    statistic: str
    dimensions: str
    """As JSON, with references."""
    severity: str
    threshold: float
    alarm: str

    @staticmethod
    def read(stacks: dict[str, Template], *layers: str) -> list[Watched]:
        """Every metric of every alarm of these stacks."""
        return [
            Watched(
                metric=metric["metric_name"],
                statistic=str(metric.get("stat") or metric.get("statistic") or metric.get("extended_statistic")),
                dimensions=json.dumps(metric.get("dimensions")),
                severity=alarm["tags"]["Severity"],
                threshold=alarm["threshold"],
                alarm=name,
            )
            for layer in layers
            for name, alarm in stacks[layer].all("aws_cloudwatch_metric_alarm").items()
            for metric in _metrics(alarm)
        ]


def _metrics(alarm: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "metric_name" in alarm:
        yield alarm
    for query in alarm.get("metric_query", ()):
        yield from (query["metric"],) if "metric" in query else ()


@pytest.fixture(params=("dev", *PRODUCTION))
def environment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def watched(
    stacks: dict[str, Template], layer: str, metric: str, *, of: str, severity: str | None = None
) -> list[Watched]:
    """The alarms on a metric of what is named `of`; a test fails here if there is none."""
    found = [
        one
        for one in Watched.read(stacks, layer)
        if one.metric == metric and of in f"{one.dimensions} {one.alarm}" and severity in {None, one.severity}
    ]
    assert found, f"no {severity or ''} alarm on {metric} of {of}"
    return found


def test_7_1_application_response_times_are_a_percentile(stacks: dict[str, Template], environment: str) -> None:
    for service in SERVICES:
        found = watched(stacks, f"{environment}-service", "TargetResponseTime", of=service, severity="warning")
        assert {one.threshold for one in found} == {0.2}  # 11.1: below 200 ms
        assert all(one.statistic.startswith(_PERCENTILE) for one in found)


def test_7_1_database_connection_counts(stacks: dict[str, Template], environment: str) -> None:
    data = f"{environment}-data"
    watched(stacks, data, "DatabaseConnections", of="postgres", severity="warning")
    watched(stacks, data, "DatabaseConnectionsMax", of="documentdb", severity="warning")


@pytest.mark.parametrize("metric", ["CPUUtilization", "MemoryUtilization"])
def test_7_1_container_cpu_and_memory(stacks: dict[str, Template], environment: str, metric: str) -> None:
    for service in SERVICES:
        watched(stacks, f"{environment}-service", metric, of=service, severity="warning")


def test_7_1_error_rates_and_5xx_responses(stacks: dict[str, Template], environment: str) -> None:
    layer = f"{environment}-service"
    for service in SERVICES:
        watched(stacks, layer, "HTTPCode_Target_5XX_Count", of=service, severity="critical")
    watched(stacks, layer, "HTTPCode_ELB_5XX_Count", of="load-balancer", severity="critical")
    for name, alarm in stacks[layer].all("aws_cloudwatch_metric_alarm").items():
        names = {metric["metric_name"] for metric in _metrics(alarm)}
        if names & {"HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"}:
            assert "RequestCount" in names, f"{name} counts errors without the requests that they are a share of"


@pytest.mark.parametrize("metric", ["CPUUtilization", "FreeableMemory", "ReadLatency", "WriteLatency"])
@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_7_1_database_performance(stacks: dict[str, Template], environment: str, metric: str, database: str) -> None:
    watched(stacks, f"{environment}-data", metric, of=database, severity="warning")


def test_7_2_critical_database_failures(stacks: dict[str, Template], environment: str) -> None:
    data = stacks[f"{environment}-data"]
    for database in ("postgres", "documentdb"):
        absent = watched(stacks, f"{environment}-data", "CPUUtilization", of=database, severity="critical")
        assert all("absence" in one.alarm for one in absent)
    failures = [
        subscription
        for kind in ("aws_db_event_subscription", "aws_docdb_event_subscription")
        for subscription in data.all(kind).values()
        if "failure" in subscription.get("event_categories", ())
    ]
    topics = {one.get("sns_topic") or one["sns_topic_arn"] for one in failures}
    assert len(failures) >= len(("postgres", "documentdb"))
    assert all("topics_critical" in topic for topic in topics)


def test_7_2_critical_service_outages(stacks: dict[str, Template], environment: str) -> None:
    for service in SERVICES:
        found = watched(
            stacks, f"{environment}-service", "HealthyHostCount", of=f"{service}-service", severity="critical"
        )
        assert all("absence" in one.alarm for one in found)


def test_7_2_warnings_are_utilization_and_slow_responses(stacks: dict[str, Template], environment: str) -> None:
    for layer, metrics in {
        "service": ("CPUUtilization", "MemoryUtilization", "TargetResponseTime"),
        "data": ("FreeableMemory", "FreeStorageSpace", "DatabaseConnections"),
    }.items():
        for metric in metrics:
            watched(stacks, f"{environment}-{layer}", metric, of="", severity="warning")


@pytest.mark.parametrize(
    ("source", "detail_type"),
    [
        ("aws.codedeploy", "CodeDeploy Deployment State-change Notification"),
        ("aws.ecs", "ECS Deployment State Change"),
        ("aws.application-autoscaling", "Application Auto Scaling Scaling Activity State Change"),
    ],
)
def test_7_2_info_deployments_and_scaling_events(stacks: dict[str, Template], source: str, detail_type: str) -> None:
    service = stacks["prod-service"]
    rules = {
        name
        for name, rule in service.all("aws_cloudwatch_event_rule").items()
        if (pattern := json.loads(rule["event_pattern"]))["source"] == [source]
        and detail_type in pattern["detail-type"]
    }
    informed = {
        name
        for name in rules
        for target in service.all("aws_cloudwatch_event_target").values()
        if f".{name}.name" in target["rule"] and "topics_info" in target["arn"]
    }
    assert informed


def test_11_1_a_query_takes_less_than_50_ms_on_average(stacks: dict[str, Template]) -> None:
    (found,) = watched(stacks, "prod-data", "QueryDatabaseResponseLatency", of="postgres")
    assert (found.statistic, found.threshold) == ("Average", 50_000)  # microseconds
    watched(stacks, "dev-data", "postgres-slow-statements", of="", severity="warning")  # without a proxy, its log
    watched(stacks, "prod-data", "documentdb-slow-statements", of="", severity="warning")


@pytest.mark.parametrize("environment", PRODUCTION)
def test_11_1_objectives_are_those_of_the_design(stacks: dict[str, Template], environment: str) -> None:
    found = stacks[f"{environment}-observability"]
    composites = found.all("aws_cloudwatch_composite_alarm").values()
    assert {one["tags"]["Severity"] for one in composites} == {"critical", "warning"}
    long = found.named("aws_cloudwatch_metric_alarm.availability_fast-long")
    assert long["threshold"] == pytest.approx(14.4 * 0.1)  # percent of the requests: 99.9 % are good
    latency = {one.statistic for one in Watched.read(stacks, f"{environment}-observability") if "latency" in one.alarm}
    assert any("0.2" in statistic for statistic in latency)
