"""No way leads from the apply role to more than its boundary allows."""

from __future__ import annotations

import pytest

from modules.security.permissions_boundaries import SERVICE_LINKED_ROLES
from tests.modules.security.layer import Principals, security_layer
from tests.template import Template, statements

ACCOUNT = "444444444444"
PREFIX = "user-management-test"
BOUNDARY = "iam:PermissionsBoundary"


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-{name}"


def policy(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/{name}"


WORKLOAD = policy(f"{PREFIX}-workload-boundary")
DEPLOYMENT = policy(f"{PREFIX}-deployment-boundary")
CHANGES = ("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary")


@pytest.fixture(scope="module")
def template() -> Template:
    return security_layer()


@pytest.fixture(scope="module")
def who(template: Template) -> Principals:
    return Principals(template)


@pytest.mark.parametrize("action", CHANGES)
def test_it_changes_roles_with_the_boundary_of_a_workload(who: Principals, action: str) -> None:
    assert who.apply_may(action, role("api-task"), **{BOUNDARY: WORKLOAD})


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize("boundary", [None, DEPLOYMENT, policy("other"), "arn:aws:iam::aws:policy/AdministratorAccess"])
def test_it_changes_no_roles_without_it(who: Principals, action: str, boundary: str | None) -> None:
    context = {} if boundary is None else {BOUNDARY: boundary}
    assert not who.apply_may(action, role("api-task"), **context)


@pytest.mark.parametrize("target", ["github-plan", "github-apply", "audit-logs"])
@pytest.mark.parametrize(
    "action", [*CHANGES, "iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:AttachRolePolicy", "iam:PassRole"]
)
def test_it_does_not_change_the_roles_with_more_rights(who: Principals, action: str, target: str) -> None:
    context = {BOUNDARY: WORKLOAD, "iam:PassedToService": "lambda.amazonaws.com"}
    assert not who.apply_may(action, role(target), **context)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/other"),
        ("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        ("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/user-management-prod-api-task"),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        ("iam:AttachRolePolicy", role("api-task")),
        ("iam:DeleteRolePermissionsBoundary", role("api-task")),
        ("iam:CreatePolicy", policy("new")),
        ("iam:CreatePolicyVersion", WORKLOAD),
        ("iam:DeletePolicy", WORKLOAD),
        ("iam:DeletePolicyVersion", DEPLOYMENT),
        ("iam:SetDefaultPolicyVersion", DEPLOYMENT),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/x"),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/x"),
        ("iam:CreateOpenIDConnectProvider", "*"),
        ("sts:AssumeRole", role("api-task")),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        ("lambda:UpdateFunctionCode", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:other"),
        ("ssm:SendCommand", "*"),
        ("ssm:StartSession", "*"),
        ("ec2:RunInstances", "*"),
        ("ec2:AssociateIamInstanceProfile", "*"),
        ("cloudformation:CreateStack", "*"),
        ("glue:CreateDevEndpoint", "*"),
        ("s3:PutBucketPolicy", "arn:aws:s3:::another-project"),
    ],
)
def test_no_other_way_leads_to_more_rights(who: Principals, action: str, resource: str) -> None:
    context = {BOUNDARY: WORKLOAD, "iam:PassedToService": "lambda.amazonaws.com"}
    assert not who.apply_may(action, resource, **context)


@pytest.mark.parametrize(
    "action",
    [
        *CHANGES,
        "iam:AttachRolePolicy",
        "iam:CreateServiceLinkedRole",
        "iam:PassRole",
        "iam:UpdateAssumeRolePolicy",
        "kms:PutKeyPolicy",
        "lambda:UpdateFunctionCode",
        "s3:PutBucketPolicy",
        "sts:AssumeRole",
    ],
)
def test_a_role_of_its_own_changes_neither_roles_nor_resources(who: Principals, action: str) -> None:
    assert not who.workload_may(action, role("api-task"), **{BOUNDARY: WORKLOAD})


def test_the_protected_roles_are_the_roles_of_the_layer(template: Template) -> None:
    """By exact names: `<prefix>-github-*` also has the roles of a service that is named github."""
    boundary = template.only("aws_iam_policy", name=f"{PREFIX}-deployment-boundary")["policy"]
    (denied,) = [s for s in statements(boundary) if s.get("Sid") == "DenyProtectedRoleChanges"]
    names = [role["name"] for role in template.all("aws_iam_role").values()]
    assert sorted(denied["Resource"]) == [f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in sorted(names)]


def test_it_passes_roles_to_known_services_only(who: Principals) -> None:
    target = role("api-task")
    assert who.apply_may("iam:PassRole", target, **{"iam:PassedToService": "ecs-tasks.amazonaws.com"})
    assert not who.apply_may("iam:PassRole", target, **{"iam:PassedToService": "ec2.amazonaws.com"})
    assert not who.apply_may("iam:PassRole", target, **{"iam:PassedToService": "cloudtrail.amazonaws.com"})


@pytest.mark.parametrize("action", ["iam:DeleteRole", "iam:TagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"])
def test_it_keeps_the_roles_of_its_environment_up_to_date(who: Principals, action: str) -> None:
    assert who.apply_may(action, role("api-task"))


@pytest.mark.parametrize("service", SERVICE_LINKED_ROLES)
def test_a_first_call_may_create_the_role_of_its_service(who: Principals, service: str) -> None:
    target = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{service}/AWSServiceRoleForIt"
    assert who.apply_may("iam:CreateServiceLinkedRole", target, **{"iam:AWSServiceName": service})


def test_it_creates_no_roles_of_the_services_that_a_person_applies(who: Principals) -> None:
    target = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty"
    assert not who.apply_may("iam:CreateServiceLinkedRole", target, **{"iam:AWSServiceName": "guardduty.amazonaws.com"})
