"""The alarm that keeps others silent goes off while the environment sleeps, and only then."""

from __future__ import annotations

from modules.notifications.asleep_alarm import AsleepAlarm
from modules.sleep_metrics import asleep
from tests.template import LABEL, Resource, Template, new_stack


def alarm() -> Resource:
    stack = new_stack()
    made = AsleepAlarm(stack, "asleep", label=LABEL)
    assert "aws_cloudwatch_metric_alarm" in Template.of(stack).addresses[0]
    assert made.suppressor.alarm_name
    return Template.of(stack).only("aws_cloudwatch_metric_alarm")


def test_it_is_in_alarm_while_the_metric_is_1() -> None:
    found = alarm()
    assert (found["metric_name"], found["namespace"]) == (asleep(LABEL).name, asleep(LABEL).namespace)
    assert (found["comparison_operator"], found["threshold"]) == ("GreaterThanOrEqualToThreshold", 1)
    assert (found["evaluation_periods"], found["statistic"]) == (1, "Maximum")


def test_a_schedule_that_does_not_run_keeps_nothing_silent() -> None:
    assert alarm()["treat_missing_data"] == "notBreaching"


def test_it_notifies_nobody_itself_and_says_so() -> None:
    found = alarm()
    assert not {"alarm_actions", "ok_actions"} & found.keys()
    assert found["tags"] == {"Purpose": "suppressor"}
