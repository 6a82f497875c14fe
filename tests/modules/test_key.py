"""A key rotates, and only roles with a grant may use it."""

from __future__ import annotations

import pytest

from modules.key import Key
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


def test_grants_name_only_this_key() -> None:
    stack = new_stack()
    key = Key(stack, "logs", label=LABEL, name="logs", description="Logs", protect=False)
    role = Role(stack, "reader", label=LABEL, service=ServicePrincipal.ECS_TASKS, description="Reads")
    key.grant_decrypt(role)
    (statement,) = statements(Template.of(stack).only("aws_iam_role_policy")["policy"])
    assert statement["Action"] == ["kms:Decrypt", "kms:DescribeKey"]
    assert statement["Resource"] == "${aws_kms_key.logs.arn}"
