"""A role is assumed by one service for this account, and has only the granted permissions."""

from __future__ import annotations

import pytest

from compliance.rules.service_roles import SENDS_NO_SOURCE_TO_ASSUME, SENDS_SOURCE_TO_ASSUME
from modules.boundary import Boundary
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


def test_later_grants_are_in_the_same_policy() -> None:
    stack = new_stack()
    role = role_in(stack)
    role.add_to_policy(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::a/*",)))
    role.add_to_policy(Statement(actions=("s3:PutObject",), resources=("arn:aws:s3:::a/*",)))
    policy = Template.of(stack).only("aws_iam_role_policy")["policy"]
    assert [s["Action"] for s in statements(policy)] == ["s3:GetObject", "s3:PutObject"]


def test_another_principal_may_assume_it_by_a_trust_statement() -> None:
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


@pytest.mark.parametrize("service", ServicePrincipal)
def test_the_account_is_required_of_the_services_that_are_known_to_send_it(service: ServicePrincipal) -> None:
    stack = new_stack()
    Role(stack, "writer", label=LABEL, service=service, description="Writes")
    (trust,) = statements(Template.of(stack).named("aws_iam_role.writer")["assume_role_policy"])
    assert trust["Principal"] == {"Service": service}
    assert ("Condition" in trust) is (service in SENDS_SOURCE_TO_ASSUME)
    assert (service in SENDS_SOURCE_TO_ASSUME) is not (service in SENDS_NO_SOURCE_TO_ASSUME)


def test_a_role_has_the_boundary_of_a_workload_unless_it_deploys() -> None:
    stack = new_stack()
    role_in(stack)
    trust = Statement(actions=("sts:AssumeRole",), principal=Principal.account(LABEL.account_id))
    Role(stack, "deployer", label=LABEL, trust=trust, description="Applies", boundary=Boundary.DEPLOYMENT)
    template = Template.of(stack)
    for role, boundary in (("writer", "workload"), ("deployer", "deployment")):
        arn = f"arn:aws:iam::444444444444:policy/user-management-test-{boundary}-boundary"
        assert template.named(f"aws_iam_role.{role}")["permissions_boundary"] == arn


def test_a_trust_policy_that_is_too_long_is_refused() -> None:
    trust = Statement(actions=("sts:AssumeRole",), principal=Principal.identity_provider("x" * 2_048))
    with pytest.raises(WiringError, match=r"test-unit/writer: its policy has .* it must have 2048 or fewer"):
        Role(new_stack(), "writer", label=LABEL, trust=trust, description="Writes")


def test_an_eleventh_managed_policy_is_refused() -> None:
    role = role_in(new_stack())
    for index in range(10):
        role.attach(f"policy-{index}", policy_arn=f"arn:aws:iam::aws:policy/{index}")
    with pytest.raises(WiringError, match="writer: has 11 managed policies; it must have 10 or fewer"):
        role.attach("policy-10", policy_arn="arn:aws:iam::aws:policy/10")
