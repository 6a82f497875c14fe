"""The dashboard of the services shows what users notice, from the metrics of the alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.objectives import ObjectivesSettings
from modules.delivery.release_metrics import ReleaseMetrics
from modules.edge.distribution_alarms import DistributionMetrics
from modules.edge.web_acl_alarm import WebAclMetrics
from modules.metric import Metric
from modules.network.nat_gateway_alarms import NatGatewayMetrics
from modules.observability.indicator import availability_of
from modules.observability.objective import Objective
from modules.observability.service_dashboard import ServiceDashboard
from modules.runbook import Runbook
from tests.modules.observability.bodies import labels, metric_names, properties_in
from tests.modules.service.parts import Parts
from tests.template import LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGETS = ObjectivesSettings()


def widgets(*, served: bool = True, **changes: Any) -> dict[str, dict[str, Any]]:
    parts = Parts.make(strategy="blue_green")
    if not served:
        parts.load_balancer = None
    service = parts.service() if served else parts.service(path_patterns=(), priority=None)
    arguments: dict[str, Any] = {
        "label": LABEL,
        "deployment": parts.deployment,
        "services": {"api": service},
        "load_balancer": parts.load_balancer,
        "distribution": None,
        "firewall": None,
        "nat_gateways": {},
        "targets": None,
        "objectives": {},
        "canaries": {},
        "releases": None,
        **changes,
    }
    if arguments["targets"]:
        arguments["objectives"] = objectives(parts)
    ServiceDashboard(parts.stack, "dashboard", **arguments)
    return properties_in(parts.stack)


def objectives(parts: Parts) -> Mapping[str, Objective]:
    assert parts.load_balancer
    objective = Objective(
        parts.stack,
        "objective",
        label=LABEL,
        name="objective-site",
        subject="The availability of the site",
        objective_percent=99.9,
        indicator=availability_of(parts.load_balancer),
        runbook=Runbook.ERROR_BUDGET,
        topics=parts.topics,
    )
    return {"availability": objective}


def test_it_shows_the_runs_of_the_pipeline_and_the_images_that_run() -> None:
    titles = ("Runs of the pipeline that failed, an hour", "Duration of the runs", "Images that run")
    found = widgets(releases=ReleaseMetrics.of(LABEL, max_age_days=21))
    assert [metric_names(found[title]) for title in titles] == [
        {"FailedPipelineExecutions"},
        {"PipelineDuration"},
        {"AgeDays", "CriticalFindings"},
    ]
    assert "user-management-test-delivery" in str(found[titles[0]]["metrics"])
    assert found["Images that run"]["annotations"]["horizontal"][0]["value"] == 21
    assert not set(titles) & set(widgets())


def test_it_shows_traffic_errors_latency_and_saturation_of_each_service() -> None:
    found = widgets()
    golden = {
        "Requests, a minute": {"RequestCount"},
        "5xx answers": {"HTTPCode_Target_5XX_Count", "RequestCount", "HTTPCode_ELB_5XX_Count"},
        "Response time, 95th percentile": {"TargetResponseTime"},
        "CPU of all tasks": {"CPUUtilization"},
        "Memory of all tasks": {"MemoryUtilization"},
        "Tasks that work": {"HealthyHostCount"},
    }
    assert {title: metric_names(found[title]) for title in golden} == golden
    assert labels(found["Requests, a minute"]) == ["api"]
    assert labels(found["5xx answers"]) == ["api", "load balancer itself"]


def test_the_thresholds_of_the_alarms_are_lines() -> None:
    found = widgets(targets=TARGETS)
    lines = found["Response time, 95th percentile"]["annotations"]["horizontal"]
    assert lines == [{"value": 0.2, "label": "objective"}, {"value": 1, "label": "rolls a deployment back"}]
    assert found["5xx answers"]["annotations"]["horizontal"][0]["value"] == 5


def test_the_error_budget_left_is_a_number_over_its_thirty_days() -> None:
    found = widgets(targets=TARGETS)["Error budget left of the last 30 days, in percent"]
    assert (found["view"], found["start"]) == ("singleValue", "-P30D")
    assert labels(found) == ["availability"]
    assert metric_names(found) == {"HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "RequestCount"}
    assert {row[-1]["period"] for row in found["metrics"]} == {86_400}


def test_the_states_of_the_alarms_are_those_of_objectives_load_balancer_and_services() -> None:
    alarms = widgets(targets=TARGETS)["Alarms"]["alarms"]
    kinds = [alarm.removeprefix("${aws_cloudwatch_").partition(".")[0] for alarm in alarms]
    assert kinds == ["composite_alarm"] * 2 + ["metric_alarm"] * 5
    assert all(alarm.endswith(".arn}") for alarm in alarms)


@dataclass(frozen=True)
class FakeAlarm:
    arn: str = "arn:aws:cloudwatch:us-east-1:444444444444:alarm:site-canary"


@dataclass(frozen=True)
class FakeCanary:
    success_percent: Metric
    alarm: FakeAlarm = FakeAlarm()


def test_error_lines_and_canaries_are_shown_too() -> None:
    success = Metric(
        namespace="CloudWatchSynthetics",
        name="SuccessPercent",
        statistic="Average",
        dimensions={"CanaryName": "site"},
        region="us-east-1",
        period_seconds=300,
    )
    found = widgets(canaries={"site": FakeCanary(success)})
    assert metric_names(found["Error lines in the logs, in five minutes"]) == {"api-error-lines"}
    assert metric_names(found["Runs of canaries that succeeded"]) == {"SuccessPercent"}
    assert FakeAlarm().arn in found["Alarms"]["alarms"]
    assert "Runs of canaries that succeeded" not in widgets()


def test_without_objectives_it_has_no_budget() -> None:
    assert not [title for title in widgets() if title.startswith("Error budget")]


def test_the_entrance_shows_cloudfront_and_the_firewall() -> None:
    found = widgets(
        distribution=DistributionMetrics(distribution_id="E1"),
        firewall=WebAclMetrics(name="firewall", region="us-east-1", is_regional=False),
    )
    assert metric_names(found["Requests to CloudFront, a minute"]) == {"Requests"}
    assert metric_names(found["5xx answers of CloudFront"]) == {"5xxErrorRate", "Requests"}
    assert found["5xx answers of CloudFront"]["region"] == "us-east-1"
    assert metric_names(found["Requests that the firewall blocked"]) == {"BlockedRequests"}


def test_each_nat_gateway_is_a_line() -> None:
    gateways = {zone: NatGatewayMetrics(gateway_id=f"nat-{zone}", region="us-east-1") for zone in ("a", "b")}
    found = widgets(nat_gateways=gateways)
    assert labels(found["Connections without a port of the NAT gateways"]) == ["a", "b"]
    assert "PacketsDropCount" in metric_names(found["Packets that NAT gateways dropped"])


def test_of_a_service_without_requests_it_shows_the_running_tasks() -> None:
    found = widgets(served=False)
    assert metric_names(found["Tasks that work"]) == {"RunningTaskCount"}
    assert "Requests, a minute" not in found
