"""The pair of JWT secrets and the schedule that rotates it."""

from __future__ import annotations

import json

import pytest

from modules.data.jwt_rotation import JwtRotation
from modules.key import Key
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements


def template(days: int = 30) -> Template:
    stack = new_stack()
    keys = [Key(stack, n, label=LABEL, name=n, description=n, protect=False) for n in ("key", "logs-key")]
    JwtRotation(
        stack,
        "jwt",
        rotation_days=days,
        log_retention_days=30,
        label=LABEL,
        key=keys[0],
        logs_key=keys[1],
        topics=topics_in(stack),
    )
    return Template.of(stack)


@pytest.fixture(scope="module")
def made() -> Template:
    return template()


def test_terraform_writes_the_first_values_only(made: Template) -> None:
    for name in ("current", "previous"):
        entry = made.named(f"aws_ssm_parameter.jwt_{name}")
        assert (entry["name"], entry["value_wo_version"]) == (f"/user-management/test/jwt/{name}", 1)
        assert f"jwt_first-{name}" in entry["value_wo"]


@pytest.mark.parametrize(("days", "rate", "hours"), [(30, "rate(30 days)", "360"), (1, "rate(1 day)", "12")])
def test_it_rotates_once_per_period_and_ignores_retries(days: int, rate: str, hours: str) -> None:
    found = template(days)
    schedule = found.only("aws_scheduler_schedule")
    assert schedule["schedule_expression"] == rate
    assert json.loads(schedule["target"]["input"]) == {"action": "rotate"}
    assert found.only("aws_lambda_function")["environment"]["variables"]["MIN_AGE_HOURS"] == hours


def test_the_function_may_change_only_the_two_parameters(made: Template) -> None:
    allowed = statements(made.named("aws_iam_role_policy.jwt_function_role_permissions")["policy"])
    (put,) = [statement["Resource"] for statement in allowed if "ssm:PutParameter" in statement["Action"]]
    assert [arn.partition("aws_ssm_parameter.jwt_")[2].partition("_")[0] for arn in put] == ["current", "previous"]


def test_neither_role_may_use_the_key_for_anything_else(made: Template) -> None:
    names = ("jwt_function_role_permissions", "jwt_scheduler_permissions")
    function, scheduler = (
        [
            (statement["Action"], sorted(statement["Condition"]["StringEquals"]))
            for statement in statements(made.named(f"aws_iam_role_policy.{name}")["policy"])
            if "kms:" in str(statement["Action"])
        ]
        for name in names
    )
    queue = (["kms:Decrypt", "kms:GenerateDataKey"], ["kms:ViaService"])
    context = "kms:EncryptionContext:"
    assert function == [
        ("kms:Decrypt", [f"{context}aws:lambda:FunctionArn"]),
        queue,
        (["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], [f"{context}PARAMETER_ARN", "kms:ViaService"]),
    ]
    assert scheduler == [("kms:Decrypt", [f"{context}aws:scheduler:schedule:arn"]), queue]


def test_the_schedule_may_invoke_the_function_and_has_a_dead_letter_queue(made: Template) -> None:
    schedule = made.only("aws_scheduler_schedule")
    assert schedule["target"]["dead_letter_config"]["arn"].startswith("${aws_sqs_queue.")
    allowed = statements(made.named("aws_iam_role_policy.jwt_scheduler_permissions")["policy"])
    (invoke,) = [statement for statement in allowed if statement["Action"] == "lambda:InvokeFunction"]
    assert invoke["Resource"].startswith("${aws_lambda_function.jwt_function")
