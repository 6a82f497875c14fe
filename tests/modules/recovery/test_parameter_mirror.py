"""What calls the mirror of parameters, what it may do in both regions, and who learns that it fails."""

from __future__ import annotations

import json

import pytest

from modules.key import Key
from modules.parameter import Parameter
from modules.recovery.parameter_mirror import ParameterMirror
from tests.modules.recovery.regions import allowed, of_action
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

ROLE = "mirror_function_role_permissions"
NAMES = ("/user-management/test/jwt/current", "/user-management/test/api-keys/email")
COPIES = [f"arn:aws:ssm:us-west-2:444444444444:parameter{name}" for name in NAMES]
MARKER = "/user-management/test/recovery/parameters-equal"


INVOCATION = "aws_lambda_invocation"


def mirror_of(*names: str) -> Template:
    """A mirror of parameters, by the ends of their names."""
    stack = new_stack()
    keys = {
        name: Key(stack, f"{name}-key", label=LABEL, name=name, description=name, protect=False)
        for name in ("secrets", "functions")
    }
    parameters = [
        Parameter.by_function(stack, name.replace("/", "-"), label=LABEL, key=keys["secrets"], name=name)
        for name in names
    ]
    ParameterMirror(
        stack,
        "mirror",
        label=LABEL,
        parameters=parameters,
        region="us-west-2",
        copies_key_alias="alias/user-management-test-copies",
        key=keys["functions"],
        log_retention_days=30,
        topics=topics_in(stack),
    )
    return Template.of(stack)


@pytest.fixture(scope="module")
def made() -> Template:
    return mirror_of("jwt/current", "api-keys/email")


def test_the_first_apply_calls_it_for_all_after_its_rights_and_the_parameters(made: Template) -> None:
    first, function = made.only(INVOCATION), made.only("aws_lambda_function")
    assert json.loads(first["input"])["action"] == "all"
    assert any(one.startswith("aws_lambda_function.mirror_function") for one in first["depends_on"])
    assert any(one.startswith(f"aws_iam_role_policy.{ROLE}") for one in function["depends_on"])
    (read, _) = of_action(made, ROLE, "ssm:GetParameter")
    assert read["Resource"] == ["${aws_ssm_parameter.jwt-current.arn}", "${aws_ssm_parameter.api-keys-email.arn}"]


def test_it_is_called_again_when_other_parameters_are_copied_and_not_when_their_order_changes(made: Template) -> None:
    first = made.only(INVOCATION)["input"]
    assert mirror_of("api-keys/email", "jwt/current").only(INVOCATION)["input"] == first
    assert mirror_of("jwt/current").only(INVOCATION)["input"] != first


def test_it_is_called_by_changes_of_its_parameters_and_not_by_deletions(made: Template) -> None:
    pattern = json.loads(made.only("aws_cloudwatch_event_rule")["event_pattern"])
    assert pattern == {
        "source": ["aws.ssm"],
        "detail-type": ["Parameter Store Change"],
        "detail": {"name": list(NAMES), "operation": ["Create", "Update"]},
    }
    permission = made.only("aws_lambda_permission")
    assert permission["principal"] == "events.amazonaws.com"
    assert permission["source_arn"].startswith("${aws_cloudwatch_event_rule.mirror_rule_")


def test_it_compares_all_of_them_daily(made: Template) -> None:
    schedule = made.only("aws_scheduler_schedule")
    assert schedule["schedule_expression"] == "rate(1 day)"
    assert json.loads(schedule["target"]["input"]) == {"action": "all"}


def test_it_knows_the_names_and_no_value(made: Template) -> None:
    assert made.only("aws_lambda_function")["environment"]["variables"] == {
        "PARAMETERS": " ".join(NAMES),
        "MARKER_PARAMETER": MARKER,
        "COPIES_REGION": "us-west-2",
        "KEY_ID": "alias/user-management-test-copies",
    }


def test_it_reads_the_parameters_here_and_writes_their_copies_there_only(made: Template) -> None:
    (read, read_copies) = of_action(made, ROLE, "ssm:GetParameter")
    assert all(arn.startswith("${aws_ssm_parameter.") for arn in read["Resource"])
    assert read_copies["Resource"] == COPIES
    (write,) = of_action(made, ROLE, "ssm:PutParameter")
    assert write["Resource"] == [*COPIES, f"arn:aws:ssm:us-west-2:444444444444:parameter{MARKER}"]


def test_it_uses_the_key_of_the_copies_for_them_only(made: Template) -> None:
    (there,) = (one for one in of_action(made, ROLE, "kms:Encrypt") if "us-west-2" in one["Resource"])
    assert there["Resource"] == "arn:aws:kms:us-west-2:444444444444:key/*"
    assert there["Condition"]["ForAnyValue:StringEquals"] == {
        "kms:ResourceAliases": "alias/user-management-test-copies"
    }
    equal = there["Condition"]["StringEquals"]
    assert equal["kms:ViaService"] == "ssm.us-west-2.amazonaws.com"
    assert equal["kms:EncryptionContext:PARAMETER_ARN"][:2] == COPIES


def test_it_does_not_write_here(made: Template) -> None:
    for one in allowed(made, ROLE):
        actions = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
        if any(action.startswith(("ssm:Put", "ssm:Delete")) for action in actions):
            assert all(":us-west-2:" in arn for arn in one["Resource"])


def test_a_failure_is_critical_and_has_its_runbook(made: Template) -> None:
    alarm = made.only("aws_cloudwatch_metric_alarm")
    assert alarm["tags"]["Severity"] == "critical"
    assert alarm["alarm_description"].endswith("docs/runbooks.md#parameter-mirror")
