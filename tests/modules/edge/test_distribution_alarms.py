"""What viewers get is watched in us-east-1: errors of CloudFront, and the origin's time where it is measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from modules.suppressor import Suppressor
from tests.modules.edge.parts import Parts
from tests.modules.topics import topics_in

if TYPE_CHECKING:
    from tests.template import Resource, Template


def made(*, sleeps: bool = False, **settings: Any) -> Template:
    parts = Parts.make()
    topics = replace(topics_in(parts.stack), suppressor=Suppressor("asleep") if sleeps else None)
    parts.distribution(topics=topics, **settings)
    return parts.template()


def alarm(template: Template, name: str) -> Resource:
    return template.only("aws_cloudwatch_metric_alarm", alarm_name=f"user-management-test-cloudfront-{name}")


def queries(found: Resource) -> dict[str, dict[str, Any]]:
    return {q["id"]: q["metric"] for q in found["metric_query"] if "metric" in q}


def expression(found: Resource) -> str:
    (value,) = (q["expression"] for q in found["metric_query"] if q["return_data"])
    return str(value)


def test_errors_are_a_share_of_the_requests_if_they_are_more_than_chance() -> None:
    found = alarm(made(), "errors")
    assert expression(found) == "IF(requests * errors / 100 >= 3, errors, 0)"
    assert {(q["metric_name"], q["stat"]) for q in queries(found).values()} == {
        ("5xxErrorRate", "Average"),
        ("Requests", "Sum"),
    }
    (dimensions,) = {tuple(sorted(q["dimensions"].items())) for q in queries(found).values()}
    assert dimensions == (
        ("DistributionId", "${aws_cloudfront_distribution.distribution.id}"),
        ("Region", "Global"),
    )
    assert (found["threshold"], found["datapoints_to_alarm"], found["evaluation_periods"]) == (5, 5, 7)
    assert (found["tags"]["Severity"], found["treat_missing_data"]) == ("critical", "notBreaching")


def test_the_time_of_the_origin_is_watched_only_where_it_is_measured() -> None:
    found = alarm(made(monitoring=True), "slow")
    assert expression(found) == "IF(requests >= 200, latency, 0)"
    latency = queries(found)["latency"]
    assert (latency["metric_name"], latency["stat"], latency["period"]) == ("OriginLatency", "p95", 300)
    assert (found["threshold"], found["tags"]["Severity"]) == (1000, "warning")
    names = {a["alarm_name"] for a in made(monitoring=False).all("aws_cloudwatch_metric_alarm").values()}
    assert names == {"user-management-test-cloudfront-errors"}


def test_during_maintenance_its_503_are_meant() -> None:
    assert not made(maintenance=True, monitoring=True).all("aws_cloudwatch_metric_alarm")


def test_errors_are_silent_while_the_environment_sleeps() -> None:
    template = made(sleeps=True, monitoring=True)
    assert "distribution_alarms_errors" in template.only("aws_cloudwatch_composite_alarm")["alarm_rule"]
    assert "alarm_actions" not in alarm(template, "errors")
    assert "alarm_actions" in alarm(template, "slow")
