"""The thresholds of an instance depend on its class, and only its absence is about missing data."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from modules.data.instance_alarms import InstanceAlarms
from modules.data.instance_metrics import DocumentdbMetrics, PostgresMetrics
from modules.suppressor import Suppressor
from modules.topic import Severity
from tests.modules.data.alarms import GIB, REGION, alarms_of, severities, subject_in
from tests.template import Template, new_stack

POSTGRES = PostgresMetrics(identifier="one", region=REGION)
DOCUMENTDB = DocumentdbMetrics(identifier="one", region=REGION)


@cache
def alarms(
    instance_class: str = "db.t3.medium",
    *,
    metrics: PostgresMetrics | DocumentdbMetrics = POSTGRES,
    absence: Severity | None = Severity.CRITICAL,
) -> dict[str, dict[str, Any]]:
    stack = new_stack()
    subject = subject_in(stack)
    InstanceAlarms(stack, "alarms", subject=subject, metrics=metrics, instance_class=instance_class, absence=absence)
    return alarms_of(stack)


def test_only_absence_is_critical_and_about_missing_data() -> None:
    assert severities(alarms())["critical"] == {"absence"}
    breaching = {name for name, alarm in alarms().items() if alarm["treat_missing_data"] != "notBreaching"}
    assert breaching == {"absence"}
    absence = alarms()["absence"]
    assert (absence["statistic"], absence["comparison_operator"], absence["threshold"]) == (
        "SampleCount",
        "LessThanThreshold",
        1,
    )
    assert "absence" not in alarms(absence=None)


def test_memory_and_swap_are_shares_of_the_class() -> None:
    small, large = alarms("db.t4g.micro"), alarms("db.r6g.large")
    assert [one["memory"]["threshold"] for one in (small, large)] == [0.1 * GIB, 1.6 * GIB]
    assert small["memory"]["comparison_operator"] == "LessThanOrEqualToThreshold"
    assert [one["swap"]["threshold"] for one in (small, large)] == [0.25 * GIB, 2 * GIB]


def test_only_burstable_classes_have_an_alarm_on_credits() -> None:
    assert alarms()["credits"]["threshold"] == 24
    assert alarms()["credits"]["evaluation_periods"] * alarms()["credits"]["period"] == 7200
    assert "credits" not in alarms("db.r6g.large")


def test_latencies_are_compared_in_the_unit_of_the_engine() -> None:
    assert alarms()["read-latency"]["threshold"] == 0.02
    assert alarms(metrics=DOCUMENTDB)["write-latency"]["threshold"] == 20
    assert alarms(metrics=DOCUMENTDB)["write-latency"]["namespace"] == "AWS/DocDB"


def test_a_stopped_database_is_silent_while_the_environment_sleeps() -> None:
    stack = new_stack()
    subject = subject_in(stack)
    sleeping = replace(subject, topics=replace(subject.topics, suppressor=Suppressor("asleep")))
    InstanceAlarms(
        stack,
        "alarms",
        subject=sleeping,
        metrics=POSTGRES,
        instance_class="db.t3.medium",
        absence=Severity.CRITICAL,
    )
    assert {name for name, alarm in alarms_of(stack).items() if "alarm_actions" not in alarm} == {"absence"}
    composite = Template.of(stack).only("aws_cloudwatch_composite_alarm")
    assert composite["actions_suppressor"]["alarm"] == "asleep"
