"""An alarm is in the region of its metric and of its topics, and notifies the topic of its severity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from modules.alarm import Alarm, Comparison, MissingData
from modules.errors import WiringError
from modules.key import Key
from modules.metric import MetricExpression
from modules.runbook import Runbook
from modules.suppressor import Suppressor
from modules.topic import Severity, Topics
from tests.modules.metrics import CPU
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from modules.metric import Metric


def alarm(metric: Metric | MetricExpression = CPU, **changes: Any) -> dict[str, Any]:
    stack = new_stack()
    arguments: dict[str, Any] = {
        "label": LABEL,
        "name": "cpu",
        "description": "The database is busy",
        "metric": metric,
        "threshold": 80,
        "severity": Severity.WARNING,
        "missing_data": MissingData.BREACHING,
        "runbook": Runbook.SERVICE_LATENCY,
        "topics": topics_in(stack),
        **changes,
    }
    Alarm(stack, "alarm", **arguments)
    return Template.of(stack).named("aws_cloudwatch_metric_alarm.alarm")


def test_it_notifies_the_topic_of_its_severity_and_names_its_runbook() -> None:
    found = alarm()
    assert found["alarm_actions"] == found["ok_actions"]
    assert "topics_warning" in found["alarm_actions"][0]
    assert "topics_critical" in alarm(severity=Severity.CRITICAL)["alarm_actions"][0]
    assert found["alarm_description"] == "The database is busy. Runbook: docs/runbooks.md#service-latency"
    assert (found["treat_missing_data"], found["tags"]) == ("breaching", {"Severity": "warning"})


def test_it_can_wait_for_what_publishes_its_first_values() -> None:
    stack = new_stack()
    Alarm(
        stack,
        "alarm",
        label=LABEL,
        name="cpu",
        description="The database is busy",
        metric=CPU,
        threshold=80,
        severity=Severity.WARNING,
        missing_data=MissingData.BREACHING,
        runbook=Runbook.SERVICE_LATENCY,
        topics=topics_in(stack),
        depends_on=Key(stack, "key", label=LABEL, name="key", description="Key", protect=False).dependables,
    )
    assert Template.of(stack).only("aws_cloudwatch_metric_alarm")["depends_on"] == ["aws_kms_key.key"]
    assert "depends_on" not in alarm()


def test_a_single_event_does_not_notify_of_recovery() -> None:
    assert "ok_actions" not in alarm(notifies_recovery=False)


def test_a_percentile_is_an_extended_statistic() -> None:
    found = alarm(replace(CPU, statistic="p95"))
    assert (found["extended_statistic"], "statistic" in found) == ("p95", False)
    assert alarm()["statistic"] == "Average"


def test_an_expression_returns_one_series() -> None:
    share = MetricExpression(expression="100 * a / b", metrics={"a": CPU, "b": CPU}, label="Share")
    queries = alarm(share, comparison=Comparison.BELOW, periods=3)["metric_query"]
    assert [q["expression"] for q in queries if q["return_data"]] == ["100 * a / b"]
    assert {q["id"] for q in queries if not q["return_data"]} == {"a", "b"}


def datapoints(found: dict[str, Any]) -> tuple[int, int]:
    return found["datapoints_to_alarm"], found["evaluation_periods"]


def test_without_fill_all_values_in_a_row_must_breach() -> None:
    share = MetricExpression(expression="100 * a", metrics={"a": CPU}, label="Share")
    assert datapoints(alarm(periods=3)) == datapoints(alarm(share, periods=3)) == (3, 3)


@pytest.mark.parametrize(
    ("comparison", "late_value", "periods", "expected"),
    [
        # The two newest values are the filler, so as many more are looked at.
        (Comparison.AT_LEAST, 0, 3, (3, 5)),
        (Comparison.ABOVE, 80, 1, (1, 3)),
        (Comparison.BELOW, 80, 3, (3, 5)),
        # The filler breaches: a few late values are not yet a fault.
        (Comparison.BELOW, 0, 3, (5, 5)),
        (Comparison.AT_MOST, 80, 1, (5, 5)),
        (Comparison.AT_LEAST, 80, 6, (6, 6)),
    ],
)
def test_late_values_of_an_expression_with_fill_decide_nothing(
    comparison: Comparison, late_value: float, periods: int, expected: tuple[int, int]
) -> None:
    filled = MetricExpression(
        expression=f"FILL(a, {late_value})", metrics={"a": CPU}, label="Filled", late_value=late_value
    )
    assert datapoints(alarm(filled, comparison=comparison, periods=periods)) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(60, (1, 3)), (120, (1, 2)), (300, (1, 1)), (86_400, (1, 1))])
def test_the_newest_value_of_a_long_period_is_not_only_filler(seconds: int, expected: tuple[int, int]) -> None:
    filled = MetricExpression(expression="FILL(a, 0)", metrics={"a": CPU}, label="Filled", late_value=0)
    assert datapoints(alarm(filled.over(seconds), periods=1)) == expected


def test_a_part_of_a_composite_alarm_notifies_nobody() -> None:
    found = alarm(notifies=False)
    assert not {"alarm_actions", "ok_actions"} & set(found)
    assert found["tags"] == {"Severity": "warning"}


def test_a_part_of_a_composite_alarm_gets_no_second_one() -> None:
    stack = new_stack()
    topics = replace(topics_in(stack), suppressor=Suppressor("asleep"))
    assert "alarm_actions" not in alarm(notifies=False, fires_asleep=True, topics=topics)
    assert not Template.of(stack).all("aws_cloudwatch_composite_alarm")


def test_a_metric_of_another_region_is_refused() -> None:
    message = "alarm: an alarm in us-east-1 cannot use the metric in eu-west-1; create the alarm in eu-west-1"
    with pytest.raises(WiringError, match=message):
        alarm(replace(CPU, region="eu-west-1"))


def test_more_metrics_than_cloudwatch_reads_are_refused() -> None:
    def total(count: int) -> MetricExpression:
        metrics = {f"m{number}": CPU for number in range(count)}
        return MetricExpression(expression=" + ".join(metrics), metrics=metrics, label="Sum")

    assert len(alarm(total(10))["metric_query"]) == 11
    message = "it reads 12 metrics; CloudWatch allows 10: split it into two alarms"
    with pytest.raises(WiringError, match=message):
        alarm(total(12))


@pytest.mark.parametrize(("seconds", "most"), [(300, 288), (3600, 168), (86_400, 7)])
def test_an_alarm_looks_back_a_day_or_with_long_periods_a_week(seconds: int, most: int) -> None:
    metric = replace(CPU, period_seconds=seconds)
    assert alarm(metric, periods=most)["evaluation_periods"] == most
    with pytest.raises(WiringError, match=f"CloudWatch allows {seconds * most} with a period of {seconds}: use fewer"):
        alarm(metric, periods=most + 1)


def test_topics_of_another_region_are_refused() -> None:
    elsewhere = Topics(region="eu-west-1", by_severity={})
    with pytest.raises(WiringError, match="an alarm in us-east-1 cannot use the topics in eu-west-1"):
        alarm(topics=elsewhere)
