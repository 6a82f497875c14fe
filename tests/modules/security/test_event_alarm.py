from __future__ import annotations

import pytest

from modules.key import Key
from modules.log_group import LogGroup
from modules.runbook import Runbook
from modules.security.event_alarm import add_event_alarm
from modules.topic import Severity
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="logs", description="Logs", protect=False)
    add_event_alarm(
        stack,
        "logins",
        label=LABEL,
        name="audit-logins",
        namespace="events",
        log_group=LogGroup(stack, "group", label=LABEL, name=LABEL.path("events"), retention_days=90, key=key),
        pattern="{ $.eventName = ConsoleLogin }",
        description="A sign-in",
        severity=Severity.WARNING,
        runbook=Runbook.SIGN_INS,
        topics=topics_in(stack),
    )
    return Template.of(stack)


def test_the_alarm_reads_the_metric_of_its_filter(template: Template) -> None:
    alarm = template.only("aws_cloudwatch_metric_alarm")
    found = template.only("aws_cloudwatch_log_metric_filter")
    assert found["pattern"] == "{ $.eventName = ConsoleLogin }"
    assert found["metric_transformation"] == {"name": "logins", "namespace": "events", "value": "1"}
    assert (alarm["metric_name"], alarm["namespace"]) == ("logins", "events")


def test_one_event_is_enough_and_none_is_no_alarm(template: Template) -> None:
    alarm = template.only("aws_cloudwatch_metric_alarm")
    assert (alarm["threshold"], alarm["evaluation_periods"], alarm["period"]) == (1, 1, 300)
    assert alarm["comparison_operator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["treat_missing_data"] == "notBreaching"


def test_the_end_of_an_event_is_not_notified(template: Template) -> None:
    assert "ok_actions" not in template.only("aws_cloudwatch_metric_alarm")
