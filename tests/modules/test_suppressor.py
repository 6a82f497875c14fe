"""Alarms that go off because the environment sleeps notify through one composite alarm per severity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modules.alarm import Alarm, MissingData
from modules.runbook import Runbook
from modules.suppressor import Suppressor
from modules.topic import Severity
from tests.modules.metrics import CPU
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from modules.topic import Topics


def add(stack: TerraformStack, topics: Topics, name: str, severity: Severity, *, fires_asleep: bool = True) -> None:
    Alarm(
        stack,
        name,
        label=LABEL,
        name=name,
        description="It is busy",
        metric=CPU,
        threshold=80,
        severity=severity,
        missing_data=MissingData.BREACHING,
        runbook=Runbook.SERVICE_LATENCY,
        topics=topics,
        fires_asleep=fires_asleep,
    )


def sleeping_topics(stack: TerraformStack) -> Topics:
    return replace(topics_in(stack), suppressor=Suppressor("asleep"))


def test_one_composite_alarm_per_severity_notifies() -> None:
    stack = new_stack()
    topics = sleeping_topics(stack)
    add(stack, topics, "first", Severity.WARNING)
    add(stack, topics, "second", Severity.WARNING)
    add(stack, topics, "third", Severity.CRITICAL)
    add(stack, topics, "always", Severity.CRITICAL, fires_asleep=False)
    template = Template.of(stack)
    rules = {
        address.rpartition(".")[2]: composite["alarm_rule"].replace("aws_cloudwatch_metric_alarm.", "")
        for address, composite in template.all("aws_cloudwatch_composite_alarm").items()
    }
    assert rules == {
        "awake-warning": '(ALARM("${first.alarm_name}") OR ALARM("${second.alarm_name}"))',
        "awake-critical": 'ALARM("${third.alarm_name}")',
    }
    alarms = template.all("aws_cloudwatch_metric_alarm")
    assert [address.rpartition(".")[2] for address, alarm in alarms.items() if "alarm_actions" in alarm] == ["always"]


def test_without_a_suppressor_each_alarm_notifies_itself() -> None:
    stack = new_stack()
    add(stack, topics_in(stack), "first", Severity.WARNING)
    template = Template.of(stack)
    assert not template.all("aws_cloudwatch_composite_alarm")
    assert template.only("aws_cloudwatch_metric_alarm")["alarm_actions"]


def test_more_alarms_than_a_composite_can_name_get_a_second_one() -> None:
    stack = new_stack()
    topics = sleeping_topics(stack)
    for number in range(101):
        add(stack, topics, f"alarm-{number}", Severity.WARNING)
    composites = Template.of(stack).all("aws_cloudwatch_composite_alarm")
    assert sorted(composite["alarm_rule"].count("ALARM(") for composite in composites.values()) == [1, 100]
    assert len({composite["alarm_name"] for composite in composites.values()}) == 2
