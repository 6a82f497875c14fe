"""A role is assumed by one service for this account, and may do only what was granted."""

from __future__ import annotations

import pytest

from modules.errors import WiringError
from modules.policy import Principal, Statement
from modules.role import Role, ServicePrincipal
from tests.template import LABEL, Template, new_stack, statements


def role_in(stack: object) -> Role:
    return Role(
        stack,  # type: ignore[arg-type]
        "writer",
        label=LABEL,
        service=ServicePrincipal.ECS_TASKS,
        description="Writes",
    )


def test_only_the_service_may_assume_it_and_only_for_this_account() -> None:
    stack = new_stack()
    role_in(stack)
    (trust,) = statements(Template.of(stack).named("aws_iam_role.writer")["assume_role_policy"])
    assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": LABEL.account_id}}


def test_a_role_without_grants_has_no_policy() -> None:
    stack = new_stack()
    role = role_in(stack)
    assert role.dependables == []
    assert Template.of(stack).all("aws_iam_role_policy") == {}


def test_grants_that_come_later_are_in_the_one_policy() -> None:
    stack = new_stack()
    role = role_in(stack)
    role.add_to_policy(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::a/*",)))
    role.add_to_policy(Statement(actions=("s3:PutObject",), resources=("arn:aws:s3:::a/*",)))
    policy = Template.of(stack).only("aws_iam_role_policy")["policy"]
    assert [s["Action"] for s in statements(policy)] == ["s3:GetObject", "s3:PutObject"]


def test_somebody_else_may_assume_it_by_a_trust_of_its_own() -> None:
    stack = new_stack()
    trust = Statement(actions=("sts:AssumeRoleWithWebIdentity",), principal=Principal.identity_provider("arn"))
    Role(stack, "writer", label=LABEL, trust=trust, description="Writes")
    (found,) = statements(Template.of(stack).named("aws_iam_role.writer")["assume_role_policy"])
    assert found["Principal"] == {"Federated": "arn"}


@pytest.mark.parametrize("trust", [None, Statement(actions=("sts:AssumeRole",), principal=Principal.anyone())])
def test_a_role_is_assumed_by_a_service_or_by_a_trust(trust: Statement | None) -> None:
    service = None if trust is None else ServicePrincipal.ECS_TASKS
    with pytest.raises(WiringError, match="writer: exactly one of service= and trust= must be given"):
        Role(new_stack(), "writer", label=LABEL, service=service, trust=trust, description="Writes")


def test_a_managed_policy_is_attached() -> None:
    stack = new_stack()
    role_in(stack).attach("read-only", policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    attachment = Template.of(stack).only("aws_iam_role_policy_attachment")
    assert attachment["policy_arn"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert attachment["role"] == "${aws_iam_role.writer.name}"


@pytest.mark.parametrize("service", [ServicePrincipal.CLOUDTRAIL, ServicePrincipal.LAMBDA])
def test_a_service_that_names_no_account_is_not_asked_for_one(service: ServicePrincipal) -> None:
    stack = new_stack()
    Role(stack, "writer", label=LABEL, service=service, description="Writes")
    (trust,) = statements(Template.of(stack).named("aws_iam_role.writer")["assume_role_policy"])
    assert trust["Principal"] == {"Service": service}
    assert "Condition" not in trust
