"""A composite alarm names its alarms by reference, and is refused where AWS refuses it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from modules.alarm import Alarm, MissingData
from modules.composite_alarm import AlarmRule, CompositeAlarm
from modules.errors import WiringError
from modules.runbook import Runbook
from modules.suppressor import Suppressor
from modules.topic import Severity
from tests.modules.metrics import CPU
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack


@dataclass(frozen=True)
class Named:
    name: str

    @property
    def full_name(self) -> str:
        return self.name


def composite(rule: AlarmRule, *, suppressor: Suppressor | None = None, **changes: Any) -> dict[str, Any]:
    stack = new_stack()
    arguments: dict[str, Any] = {
        "label": LABEL,
        "name": "errors-fast",
        "description": "The error budget is spent too fast",
        "rule": rule,
        "severity": Severity.CRITICAL,
        "runbook": Runbook.SERVICE_ERRORS,
        "topics": replace(topics_in(stack), suppressor=suppressor),
        **changes,
    }
    CompositeAlarm(stack, "composite", **arguments)
    return Template.of(stack).only("aws_cloudwatch_composite_alarm")


def test_it_refers_to_its_alarms_so_that_they_are_created_first() -> None:
    stack = new_stack()
    topics = topics_in(stack)
    alarms = [
        Alarm(
            stack,
            name,
            label=LABEL,
            name=name,
            description="It is busy",
            metric=CPU,
            threshold=80,
            severity=Severity.WARNING,
            missing_data=MissingData.BREACHING,
            runbook=Runbook.SERVICE_LATENCY,
            topics=topics,
        )
        for name in ("long", "short")
    ]
    CompositeAlarm(
        stack,
        "composite",
        label=LABEL,
        name="both",
        description="Both are busy",
        rule=AlarmRule.all_of(*alarms),
        severity=Severity.WARNING,
        runbook=Runbook.SERVICE_LATENCY,
        topics=topics,
    )
    found = Template.of(stack).only("aws_cloudwatch_composite_alarm")
    assert found["alarm_rule"] == (
        '(ALARM("${aws_cloudwatch_metric_alarm.long.alarm_name}") AND '
        'ALARM("${aws_cloudwatch_metric_alarm.short.alarm_name}"))'
    )
    assert found["alarm_actions"] == found["ok_actions"]
    assert "topics_warning" in found["alarm_actions"][0]


def test_rules_are_joined_with_parentheses() -> None:
    both = AlarmRule.all_of(Named("a"), Named("b"))
    rule = AlarmRule.any_of(both, Named("c"))
    assert composite(rule)["alarm_rule"] == '((ALARM("a") AND ALARM("b")) OR ALARM("c"))'
    assert AlarmRule.any_of(Named("c")).text == 'ALARM("c")'


def test_a_rule_can_exclude_a_state() -> None:
    rule = AlarmRule.all_of(Named("a"), AlarmRule.none_of(Named("b")))
    assert composite(rule)["alarm_rule"] == '(ALARM("a") AND NOT ALARM("b"))'
    assert AlarmRule.none_of(Named("a"), Named("b")).text == '(NOT ALARM("a") AND NOT ALARM("b"))'
    assert rule.alarms == {"a", "b"}


def test_an_end_that_is_not_a_recovery_notifies_nobody() -> None:
    found = composite(AlarmRule.any_of(Named("a")), notifies_recovery=False)
    assert ("alarm_actions" in found, "ok_actions" in found) == (True, False)


def test_it_is_silent_after_a_sleep_for_as_long_as_its_alarms_see_it() -> None:
    found = composite(
        AlarmRule.any_of(Named("a")), suppressor=Suppressor("asleep"), fires_asleep=True, wake_seconds=7500
    )
    assert found["actions_suppressor"]["extension_period"] == 7500


def test_only_an_alarm_that_fires_asleep_is_suppressed() -> None:
    rule = AlarmRule.any_of(Named("a"))
    asleep = Suppressor("user-management-dev-asleep")
    assert composite(rule, suppressor=asleep, fires_asleep=True)["actions_suppressor"] == {
        "alarm": "user-management-dev-asleep",
        "extension_period": 900,
        "wait_period": 60,
    }
    assert "actions_suppressor" not in composite(rule, suppressor=asleep)
    # Each morning would begin with a recovery of what nobody was told about.
    assert "ok_actions" not in composite(rule, suppressor=asleep, fires_asleep=True)
    assert "actions_suppressor" not in composite(rule, fires_asleep=True)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([f"alarm-{number}" for number in range(101)], "names 101 alarms; AWS accepts at most 100"),
        ([f"{number:0120}" for number in range(80)], "has 10638 characters; AWS accepts at most 10240"),
    ],
)
def test_a_rule_that_aws_refuses_is_refused(names: list[str], message: str) -> None:
    with pytest.raises(WiringError, match=message):
        composite(AlarmRule.any_of(*map(Named, names)))


def test_a_rule_without_alarms_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one alarm"):
        AlarmRule.any_of()


def test_topics_of_another_region_are_refused() -> None:
    with pytest.raises(WiringError, match="cannot use topics in us-east-1"):
        composite(AlarmRule.any_of(Named("a")), label=replace(LABEL, region="eu-west-1"))
