"""A key rotates, and only roles with a grant may use it."""

from __future__ import annotations

import pytest

from modules.key import Key, KeyUse
from modules.policy import Condition
from modules.role import Role, ServicePrincipal
from tests.template import LABEL, Template, new_stack, statements


@pytest.mark.parametrize(("protect", "days"), [(True, 30), (False, 7)])
def test_it_rotates_and_its_deletion_can_be_cancelled(*, protect: bool, days: int) -> None:
    stack = new_stack()
    Key(stack, "logs", label=LABEL, name="logs", description="Logs", protect=protect)
    key = Template.of(stack).named("aws_kms_key.logs")
    assert key["enable_key_rotation"] is True
    assert key["deletion_window_in_days"] == days
    assert key.get("lifecycle", {}).get("prevent_destroy", False) is protect


def test_a_service_may_use_it_only_under_its_condition() -> None:
    stack = new_stack()
    key = Key(stack, "logs", label=LABEL, name="logs", description="Logs", protect=False)
    condition = Condition(operator="StringEquals", key="aws:SourceAccount", values=(LABEL.account_id,))
    key.allow_service("sns.amazonaws.com", sid="Topics", conditions=(condition,))
    own, topics = statements(Template.of(stack).named("aws_kms_key.logs")["policy"])
    assert own["Principal"] == {"AWS": f"arn:aws:iam::{LABEL.account_id}:root"}
    assert topics["Principal"] == {"Service": "sns.amazonaws.com"}
    assert topics["Condition"] == {"StringEquals": {"aws:SourceAccount": LABEL.account_id}}


def test_a_policy_of_its_own_can_name_what_is_made_after_the_key() -> None:
    stack = new_stack()
    key = Key(stack, "files", label=LABEL, name="files", description="Files", protect=False, attach_policy=True)
    assert [one.terraform_resource_type for one in key.dependables] == ["aws_kms_key_policy"]
    found = Template.of(stack)
    assert "policy" not in found.named("aws_kms_key.files")
    attached = found.only("aws_kms_key_policy")
    assert attached["key_id"] == "${aws_kms_key.files.key_id}"
    assert [one["Sid"] for one in statements(attached["policy"])] == ["AllowAccountPolicies"]


ARN = "arn:aws:service:us-east-1:444444444444:thing"
_PARAMETER = {"kms:ViaService": "ssm.us-east-1.amazonaws.com", "kms:EncryptionContext:PARAMETER_ARN": ARN}


@pytest.mark.parametrize(
    ("use", "write", "condition"),
    [
        (KeyUse.parameter(ARN, sid=""), ["kms:Encrypt", "kms:GenerateDataKey"], {"StringEquals": _PARAMETER}),
        (
            KeyUse.secret(ARN),
            ["kms:GenerateDataKey"],
            {
                "StringEquals": {
                    "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
                    "kms:EncryptionContext:SecretARN": ARN,
                }
            },
        ),
        (
            KeyUse.secret(f"{ARN}/*/a-??????", f"{ARN}/*/b-??????"),
            ["kms:GenerateDataKey"],
            {
                "StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"},
                "StringLike": {"kms:EncryptionContext:SecretARN": [f"{ARN}/*/a-??????", f"{ARN}/*/b-??????"]},
            },
        ),
        (KeyUse.queue(), ["kms:GenerateDataKey"], {"StringEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}}),
        (
            KeyUse.schedule(ARN),
            ["kms:GenerateDataKey"],
            {"StringEquals": {"kms:EncryptionContext:aws:scheduler:schedule:arn": ARN}},
        ),
        (
            KeyUse.sessions("main"),
            ["kms:GenerateDataKey"],
            {"StringLike": {"kms:EncryptionContext:aws:ssm:TargetId": "ecs:main_*"}},
        ),
    ],
)
def test_a_grant_is_for_this_key_and_one_use(use: KeyUse, write: list[str], condition: dict[str, object]) -> None:
    stack = new_stack()
    key = Key(stack, "logs", label=LABEL, name="logs", description="Logs", protect=False)
    role = Role(stack, "reader", label=LABEL, service=ServicePrincipal.ECS_TASKS, description="Reads")
    key.grant_decrypt(role, use)
    key.grant_encrypt_decrypt(role, use)
    read, both = statements(Template.of(stack).only("aws_iam_role_policy")["policy"])
    assert (read["Action"], both["Action"]) == ("kms:Decrypt", ["kms:Decrypt", *write])
    for statement in (read, both):
        assert (statement["Resource"], statement["Condition"]) == ("${aws_kms_key.logs.arn}", condition)


def test_who_may_only_encrypt_cannot_read_what_it_has_written() -> None:
    stack = new_stack()
    key = Key(stack, "files", label=LABEL, name="files", description="Files", protect=False)
    role = Role(stack, "role", label=LABEL, description="Writes", service=ServicePrincipal.LAMBDA)
    key.grant_encrypt(role, KeyUse.objects())
    (statement,) = statements(Template.of(stack).only("aws_iam_role_policy")["policy"])
    assert statement["Action"] == "kms:GenerateDataKey"
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
