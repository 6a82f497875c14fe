"""The queue of failed calls and its alarm, for any function."""

from __future__ import annotations

from modules.function_failures import add_failures_queue, failures_metric
from modules.key import Key
from modules.runbook import Runbook
from modules.topic import Severity
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack


def test_one_event_in_the_queue_is_an_alarm_that_names_the_function() -> None:
    stack = new_stack()
    queue = add_failures_queue(
        stack,
        label=LABEL,
        component="keeper",
        function_name="user-management-test-keeper",
        key=Key(stack, "key", label=LABEL, name="key", description="key", protect=False),
        topics=topics_in(stack),
        severity=Severity.WARNING,
        runbook=Runbook.DEAD_LETTERS,
    )
    metric = failures_metric(queue, region=LABEL.region)
    assert (metric.region, metric.period_seconds) == ("us-east-1", 300)
    made = Template.of(stack)
    kept = made.only("aws_sqs_queue", name="user-management-test-keeper-failed")
    assert (kept["message_retention_seconds"], kept["kms_master_key_id"]) == (1_209_600, "${aws_kms_key.key.arn}")
    alarm = made.only("aws_cloudwatch_metric_alarm", alarm_name="user-management-test-keeper-failed")
    assert alarm["dimensions"] == {"QueueName": "${aws_sqs_queue.failed.name}"}
    assert (alarm["threshold"], alarm["treat_missing_data"], alarm["tags"]) == (
        1,
        "notBreaching",
        {"Severity": "warning"},
    )
    assert "user-management-test-keeper" in alarm["alarm_description"]
