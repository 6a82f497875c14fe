"""A function is called on the events of its rule, and by no other rule."""

from __future__ import annotations

import json

import pytest

from modules.function_events import add_event_rule
from tests.modules.test_function import function_in
from tests.template import LABEL, Template, new_stack

PATTERN = {"source": ["aws.ssm"], "detail": {"operation": ["Create"]}}


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    function = function_in(stack)
    add_event_rule(
        stack, label=LABEL, name="changes", description="Changes of parameters", pattern=PATTERN, function=function
    )
    return Template.of(stack)


def test_the_rule_has_the_pattern_and_calls_the_function(template: Template) -> None:
    rule = template.only("aws_cloudwatch_event_rule")
    target = template.only("aws_cloudwatch_event_target")
    assert json.loads(rule["event_pattern"]) == PATTERN
    assert (rule["name"], rule["description"]) == (f"{LABEL.prefix}-changes", "Changes of parameters")
    assert target["rule"] == "${aws_cloudwatch_event_rule.rule.name}"
    assert target["arn"].startswith("${aws_lambda_function.")


def test_only_this_rule_may_call_it_and_its_target_waits_for_that(template: Template) -> None:
    permission = template.only("aws_lambda_permission")
    assert (permission["principal"], permission["action"]) == ("events.amazonaws.com", "lambda:InvokeFunction")
    assert permission["source_arn"] == "${aws_cloudwatch_event_rule.rule.arn}"
    assert template.only("aws_cloudwatch_event_target")["depends_on"] == ["aws_lambda_permission.permission"]
