"""The alarm that keeps others silent while the environment sleeps."""

from __future__ import annotations

from modules.notifications.asleep_alarm import AsleepAlarm
from tests.template import LABEL, Template, new_stack


def test_the_suppressor_speaks_again_when_the_schedule_does_not_run() -> None:
    stack = new_stack()
    suppressor = AsleepAlarm(stack, "asleep", label=LABEL).suppressor
    alarm = Template.of(stack).only("aws_cloudwatch_metric_alarm")
    assert (alarm["namespace"], alarm["metric_name"]) == ("user-management-test/sleep", "Asleep")
    assert (alarm["threshold"], alarm["comparison_operator"]) == (1, "GreaterThanOrEqualToThreshold")
    assert alarm["treat_missing_data"] == "notBreaching"
    assert "alarm_actions" not in alarm
    assert suppressor.alarm_name
