"""Findings of GuardDuty are kept, and a person is notified by their severity."""

from __future__ import annotations

import json

import pytest

from modules.key import Key
from modules.security.threat_findings import ThreatFindings
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements


@pytest.fixture(scope="module")
def findings() -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="threats", description="Threats", protect=False)
    ThreatFindings(stack, "findings", retention_days=90, label=LABEL, key=key, topics=topics_in(stack))
    return Template.of(stack)


def test_medium_findings_and_higher_go_to_a_log_group_that_eventbridge_may_write_to(findings: Template) -> None:
    rule = json.loads(findings.only("aws_cloudwatch_event_rule")["event_pattern"])
    assert rule["detail"] == {"severity": [{"numeric": [">=", 4]}]}
    target = findings.only("aws_cloudwatch_event_target")
    assert "findings_group" in target["arn"]
    assert target["depends_on"][0].startswith("aws_cloudwatch_log_resource_policy.")
    streams, events = statements(findings.only("aws_cloudwatch_log_resource_policy")["policy_document"])
    assert (streams["Action"], events["Action"]) == ("logs:CreateLogStream", "logs:PutLogEvents")
    assert "aws_cloudwatch_event_rule" in events["Condition"]["ArnEquals"]["aws:SourceArn"]


def test_high_findings_are_critical_and_medium_ones_are_warnings(findings: Template) -> None:
    alarms = findings.all("aws_cloudwatch_metric_alarm").values()
    assert {(a["metric_name"], a["tags"]["Severity"]) for a in alarms} == {("high", "critical"), ("medium", "warning")}
    patterns = {f["name"]: f["pattern"] for f in findings.all("aws_cloudwatch_log_metric_filter").values()}
    assert patterns == {
        "high": "{ $.detail.severity >= 7 }",
        "medium": "{ ($.detail.severity >= 4) && ($.detail.severity < 7) }",
    }
