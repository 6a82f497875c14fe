"""A schedule calls its function, and what cannot be delivered goes to the function's queue."""

from __future__ import annotations

import json

from modules.function import Function
from modules.function_schedule import add_schedule
from modules.key import Key
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements


def test_it_calls_the_function_with_the_event_and_has_its_dead_letter_queue() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="key", description="Key", protect=False)
    function = Function(
        stack,
        "function",
        label=LABEL,
        folder="jwt_rotation",
        description="Rotates",
        variables={},
        timeout_seconds=30,
        key=key,
        logs_key=key,
        log_retention_days=30,
        topics=topics_in(stack),
    )
    add_schedule(
        stack,
        label=LABEL,
        name="nightly",
        rate="rate(1 day)",
        function=function,
        event={"action": "rotate"},
        key=key,
        retries=2,
        retry_seconds=600,
        descriptions=("Each night", "Starts it each night"),
    )
    made = Template.of(stack)
    schedule = made.only("aws_scheduler_schedule")
    assert (schedule["name"], schedule["schedule_expression"]) == ("user-management-test-nightly", "rate(1 day)")
    target = schedule["target"]
    assert json.loads(target["input"]) == {"action": "rotate"}
    assert target["retry_policy"] == {"maximum_event_age_in_seconds": 600, "maximum_retry_attempts": 2}
    assert target["dead_letter_config"]["arn"].startswith("${aws_sqs_queue.")
    allowed = statements(made.named("aws_iam_role_policy.scheduler_permissions")["policy"])
    (invoke,) = [statement for statement in allowed if statement["Action"] == "lambda:InvokeFunction"]
    assert invoke["Resource"].startswith("${aws_lambda_function.")
    assert (
        made.only("aws_iam_role", name="user-management-test-nightly-schedule")["description"] == "Starts it each night"
    )
