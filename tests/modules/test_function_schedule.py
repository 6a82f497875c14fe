"""A schedule calls one function, with the permission for nothing else, and loses no call."""

from __future__ import annotations

import json

import pytest

from modules.function_schedule import add_schedule
from modules.key import Key
from tests.modules.test_function import function_in
from tests.template import LABEL, Template, new_stack, statements


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    key = Key(stack, "schedule-key", label=LABEL, name="schedule", description="Schedule", protect=False)
    function = function_in(stack)
    add_schedule(
        stack,
        label=LABEL,
        name="refresh",
        rate="rate(5 minutes)",
        function=function,
        event={"action": "run"},
        key=key,
        retries=2,
        retry_seconds=240,
        descriptions=("Calls the function", "Lets Scheduler call the function"),
        depends_on=function.dependables,
    )
    return Template.of(stack)


def test_it_calls_the_function_with_its_event(template: Template) -> None:
    schedule = template.only("aws_scheduler_schedule")
    target = schedule["target"]
    assert (schedule["schedule_expression"], json.loads(target["input"])) == ("rate(5 minutes)", {"action": "run"})
    assert target["arn"].startswith("${aws_lambda_function.")
    assert target["retry_policy"] == {"maximum_event_age_in_seconds": 240, "maximum_retry_attempts": 2}


def test_a_call_that_cannot_be_delivered_goes_to_the_functions_queue(template: Template) -> None:
    target = template.only("aws_scheduler_schedule")["target"]
    assert target["dead_letter_config"]["arn"].startswith("${aws_sqs_queue.")


def test_its_role_may_only_call_the_function_and_use_queue_and_key(template: Template) -> None:
    (policy,) = (one for name, one in template.all("aws_iam_role_policy").items() if name.startswith("scheduler_"))
    actions = {
        action
        for statement in statements(policy["policy"])
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert {"lambda:InvokeFunction", "sqs:SendMessage"} < actions
    assert {action.partition(":")[0] for action in actions} == {"kms", "lambda", "sqs"}


def test_it_starts_after_what_it_waits_for_and_its_own_rights(template: Template) -> None:
    needs = {one.partition(".")[0] for one in template.only("aws_scheduler_schedule")["depends_on"]}
    assert needs == {"aws_lambda_function", "aws_iam_role_policy"}
