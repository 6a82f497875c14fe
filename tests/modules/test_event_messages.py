"""A message of EventBridge: valid for EventBridge, to the topic of its severity, with an alarm if it is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from modules.errors import WiringError
from modules.event_messages import EventMessage, EventMessages
from modules.runbook import Runbook
from modules.topic import Severity
from tests.modules.topics import ALL_RECEIVERS, RECEIVERS, topics_in
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from config.notifications import NotificationsSettings

FAILED = EventMessage(
    id="failed",
    what="the job <job> has failed",
    where="<job>",
    severity=Severity.WARNING,
    pattern={"source": ["aws.batch"]},
    values={"job": "$.detail.jobName"},
    runbook=Runbook.STOPPED_TASKS,
)
STARTED = replace(FAILED, id="started", severity=Severity.INFO, runbook=None)


def made(*messages: EventMessage, receivers: NotificationsSettings = ALL_RECEIVERS) -> Template:
    stack = new_stack()
    topics = topics_in(stack, receivers=receivers)
    EventMessages(stack, "events", label=LABEL, name="jobs", messages=messages, topics=topics)
    return Template.of(stack)


def refusal(**changes: Any) -> str:
    with pytest.raises(WiringError) as caught:
        made(replace(FAILED, **changes))
    return str(caught.value)


def test_each_message_goes_to_the_topic_of_its_severity() -> None:
    found = made(FAILED, STARTED)
    rule = found.only("aws_cloudwatch_event_rule", name="user-management-test-failed")
    assert json.loads(rule["event_pattern"]) == {"source": ["aws.batch"]}
    assert rule["tags"] == {"Severity": "warning"}
    targets = found.all("aws_cloudwatch_event_target")
    arns = {name.partition("-target")[0]: target["arn"] for name, target in targets.items()}
    assert arns["events_failed"].startswith("${aws_sns_topic.topics_warning")
    assert arns["events_started"].startswith("${aws_sns_topic.topics_info")


def test_the_text_says_what_where_when_and_what_to_do() -> None:
    transformer = made(FAILED).only("aws_cloudwatch_event_target")["input_transformer"]
    assert transformer["input_template"].splitlines() == [
        '"WARNING in user-management-test: the job <job> has failed"',
        '"Where: <job>"',
        '"When: <time>"',
        '"What to do: docs/runbooks.md#stopped-tasks"',
    ]
    assert transformer["input_paths"] == {"time": "$.time", "job": "$.detail.jobName"}


def test_without_a_topic_for_information_there_is_no_rule_and_no_alarm_for_it() -> None:
    found = made(STARTED, receivers=RECEIVERS)
    assert found.all("aws_cloudwatch_event_rule") == {}
    assert found.all("aws_cloudwatch_metric_alarm") == {}


def test_only_topics_with_messages_are_open_to_eventbridge() -> None:
    found = made(FAILED)
    open_topics = {
        name.split("_")[1]
        for name, policy in found.all("aws_sns_topic_policy").items()
        if any(one["Principal"] == {"Service": "events.amazonaws.com"} for one in statements(policy["policy"]))
    }
    assert open_topics == {"warning"}


def test_one_alarm_watches_the_failures_of_all_rules() -> None:
    alarm = made(FAILED, STARTED).only("aws_cloudwatch_metric_alarm")
    result, *metrics = alarm["metric_query"]
    assert result["expression"] == "FILL(rule0, 0) + FILL(rule1, 0)"
    assert [one["metric"]["metric_name"] for one in metrics] == ["FailedInvocations"] * 2
    assert len({one["metric"]["dimensions"]["RuleName"] for one in metrics}) == 2
    assert alarm["treat_missing_data"] == "notBreaching"


def test_more_rules_than_one_alarm_can_watch_are_refused() -> None:
    messages = [replace(FAILED, id=f"failed-{number}") for number in range(11)]
    with pytest.raises(WiringError, match="it has 11 messages, and one alarm can watch 10 rules; split it"):
        made(*messages)
    assert len(made(*messages[:10]).all("aws_cloudwatch_event_rule")) == 10


def test_a_placeholder_without_a_value_and_a_value_without_a_placeholder_are_refused() -> None:
    assert refusal(values={}).endswith(
        "message failed: its text has the placeholders job, time, and its values are time; they must be the same"
    )
    assert "its values are id, job, time; " in refusal(values={**FAILED.values, "id": "$.id"})


@pytest.mark.parametrize("text", ['the "job"', "the\njob", "the \\job"])
def test_text_that_would_break_a_line_in_quotation_marks_is_refused(text: str) -> None:
    assert refusal(what=f"{text} <job> failed").endswith(
        "its text has a quotation mark, a backslash or a line break; remove it"
    )


def test_a_text_and_a_pattern_that_are_too_long_are_refused() -> None:
    assert "characters; EventBridge accepts at most 8192" in refusal(details=("x" * 8192,))
    assert "its pattern has 2061 characters; EventBridge accepts at most 2048" in refusal(
        pattern={"source": ["x" * 2045]}
    )


def test_topics_of_another_region_are_refused() -> None:
    stack = new_stack()
    topics = replace(topics_in(stack), region="eu-west-1")
    with pytest.raises(WiringError, match="events in us-east-1 cannot reach topics in eu-west-1"):
        EventMessages(stack, "events", label=LABEL, name="jobs", messages=(FAILED,), topics=topics)
