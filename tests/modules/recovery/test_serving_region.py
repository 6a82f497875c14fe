"""The switch: one alarm that checks are about, always with fresh values, and no other right than to publish them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modules.key import Key
from modules.recovery.serving_region import ServingRegion
from tests.modules.recovery.regions import THERE, allowed, of_action
from tests.modules.topics import ALL_RECEIVERS, RECEIVERS, topics_in
from tests.template import Template, new_stack

if TYPE_CHECKING:
    from config.notifications import NotificationsSettings

ALARM = "aws_cloudwatch_metric_alarm"
ROLE = "serving_function_role_permissions"
NAME = "user-management-test-serving-region"


def template(*, is_prepared: bool = False, receivers: NotificationsSettings = ALL_RECEIVERS) -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=THERE, name="copies", description="Copies", protect=False)
    ServingRegion(
        stack,
        "serving",
        label=THERE,
        key=key,
        log_retention_days=30,
        is_prepared=is_prepared,
        topics=topics_in(stack, label=THERE, receivers=receivers),
    )
    return Template.of(stack)


@pytest.fixture(scope="module")
def made() -> Template:
    return template()


def test_the_alarm_is_on_while_the_second_region_serves_and_knows_nothing_without_values(made: Template) -> None:
    alarm = made.only(ALARM, alarm_name=NAME)
    assert (alarm["metric_name"], alarm["statistic"], alarm["period"]) == ("ServingRegion", "Maximum", 60)
    assert (alarm["threshold"], alarm["comparison_operator"]) == (1, "GreaterThanOrEqualToThreshold")
    assert (alarm["treat_missing_data"], alarm["evaluation_periods"]) == ("missing", 1)
    assert "dimensions" not in alarm
    assert (alarm["tags"]["Severity"], "alarm_actions" in alarm, "ok_actions" in alarm) == ("info", True, True)


def test_without_receivers_of_information_it_notifies_nobody() -> None:
    assert "alarm_actions" not in template(receivers=RECEIVERS).only(ALARM, alarm_name=NAME)


def test_a_value_is_published_each_minute_and_before_the_alarms(made: Template) -> None:
    schedule = made.only("aws_scheduler_schedule")
    assert (schedule["schedule_expression"], schedule["target"]["input"]) == ("rate(1 minute)", "{}")
    for one in (schedule, made.only(ALARM, alarm_name=NAME)):
        assert any(each.startswith("aws_lambda_invocation.serving_first") for each in one["depends_on"])


def test_values_that_stop_are_a_warning(made: Template) -> None:
    alarm = made.only(ALARM, alarm_name=f"{NAME}-unknown")
    assert (alarm["threshold"], alarm["comparison_operator"]) == (0, "LessThanThreshold")
    assert (alarm["treat_missing_data"], alarm["tags"]["Severity"]) == ("breaching", "warning")


def test_a_second_region_that_serves_against_the_settings_is_critical(made: Template) -> None:
    alarm = made.only(ALARM, alarm_name=f"{NAME}-unprepared")
    assert (alarm["tags"]["Severity"], alarm["treat_missing_data"]) == ("critical", "notBreaching")
    assert "[recovery.fail_over] is not set" in alarm["alarm_description"]
    there = [one["alarm_name"] for one in template(is_prepared=True).all(ALARM).values()]
    assert f"{NAME}-unprepared" not in there


def test_it_may_publish_into_a_namespace_of_its_own_and_write_its_parameter(made: Template) -> None:
    (publish,) = of_action(made, ROLE, "cloudwatch:PutMetricData")
    assert publish["Condition"] == {"StringEquals": {"cloudwatch:namespace": "user-management-test/traffic"}}
    (write,) = of_action(made, ROLE, "ssm:PutParameter")
    assert write["Resource"].startswith("${aws_ssm_parameter.serving_parameter")
    actions = [one["Action"] for one in allowed(made, ROLE)]
    used = {one for each in actions for one in ([each] if isinstance(each, str) else each)}
    assert {one.partition(":")[0] for one in used} == {"cloudwatch", "kms", "logs", "sqs", "ssm", "xray"}


def test_the_parameter_is_kept_by_whoever_writes_it(made: Template) -> None:
    parameter = made.only("aws_ssm_parameter")
    assert parameter["name"] == "/user-management/test/recovery/serving-region"
    assert (parameter["value_wo"], parameter["value_wo_version"]) == ("unset", 1)


def test_the_function_knows_both_regions(made: Template) -> None:
    variables = made.only("aws_lambda_function")["environment"]["variables"]
    assert (variables["HOME_REGION"], variables["SECOND_REGION"]) == ("us-east-1", "us-west-2")
    assert json.loads(made.only("aws_lambda_invocation")["input"]).keys() == {"code"}
