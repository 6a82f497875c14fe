"""IAM: who may do what, named one by one."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from compliance.policies import (
    Kind,
    condition_keys,
    is_allow,
    many,
    principals,
    statements,
    unreadable,
)
from compliance.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack

_ONLY_ON_EVERYTHING: Final = (
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricData",
    "ec2:Describe*",
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ecs:DeregisterTaskDefinition",
    "elasticloadbalancing:Describe*",
    "iam:ListRoles",
    "kms:ListAliases",
    "kms:ListKeys",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "s3:ListAllMyBuckets",
    "secretsmanager:GetRandomPassword",
    "ssm:DescribeParameters",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "sts:GetCallerIdentity",
    "tag:GetResources",
    "xray:GetSamplingRules",
    "xray:GetSamplingStatisticSummaries",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
"""Actions that IAM grants on no single resource.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
_USERS: Final = (
    "aws_iam_access_key",
    "aws_iam_group",
    "aws_iam_user",
    "aws_iam_user_login_profile",
    "aws_iam_user_policy",
    "aws_iam_user_policy_attachment",
)
_ATTACHMENTS: Final = ("aws_iam_role_policy_attachment", "aws_iam_policy_attachment")
_FULL_ACCESS: Final = ("*/AdministratorAccess", "*/PowerUserAccess", "*/IAMFullAccess", "*FullAccess*")
# One of these in a condition names the account, organization or resource that may come in.
_NARROWING: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
    }
)
_OIDC_SUBJECT: Final = ":sub"


@rule
def policy_can_be_read(stack: Stack) -> Iterator[Finding]:
    """Every policy is literal JSON, so that the rules see into it."""
    for resource in unreadable(stack):
        yield Finding.of(resource, "its policy is not literal JSON, so no rule can read it")


@rule
def role_names_its_actions(stack: Stack) -> Iterator[Finding]:
    """No role may do everything, or everything of a service."""
    for resource, statement in statements(stack, Kind.PERMISSIONS):
        if not is_allow(statement):
            continue
        if "NotAction" in statement:
            yield Finding.of(resource, "allows all actions but some (NotAction)")
        for action in many(statement.get("Action")):
            if action == "*" or action.endswith(":*"):
                yield Finding.of(resource, f"allows the action {action}")


@rule
def role_names_its_resources(stack: Stack) -> Iterator[Finding]:
    """No role may act on everything, except by actions that IAM grants on nothing less."""
    for resource, statement in statements(stack, Kind.PERMISSIONS):
        if not is_allow(statement):
            continue
        if "NotResource" in statement:
            yield Finding.of(resource, "allows all resources but some (NotResource)")
        if "*" not in many(statement.get("Resource")):
            continue
        for action in many(statement.get("Action")):
            if not any(fnmatchcase(action, allowed) for allowed in _ONLY_ON_EVERYTHING):
                yield Finding.of(resource, f'allows {action} on the resource "*"')


@rule
def role_is_not_an_administrator(stack: Stack) -> Iterator[Finding]:
    """No role carries a policy of AWS's that gives full access."""
    for attachment in stack.all(*_ATTACHMENTS):
        arn = str(attachment.get("policy_arn"))
        if any(fnmatchcase(arn, pattern) for pattern in _FULL_ACCESS):
            yield Finding.of(attachment, f"attaches {arn}")
    for role in stack.all("aws_iam_role"):
        for arn in many(role.get("managed_policy_arns")):
            if any(fnmatchcase(arn, pattern) for pattern in _FULL_ACCESS):
                yield Finding.of(role, f"attaches {arn}")


@rule
def role_passes_roles_to_named_services(stack: Stack) -> Iterator[Finding]:
    """Who may pass a role may pass it to the services named, by iam:PassedToService."""
    for resource, statement in statements(stack, Kind.PERMISSIONS):
        passes = any(fnmatchcase("iam:PassRole", action) for action in many(statement.get("Action")))
        if is_allow(statement) and passes and "iam:passedtoservice" not in condition_keys(statement):
            yield Finding.of(resource, "allows iam:PassRole without the condition iam:PassedToService")


@rule
def trust_of_a_service_names_the_account(stack: Stack) -> Iterator[Finding]:
    """A service assumes a role for this account only, by aws:SourceAccount (the confused deputy)."""
    for resource, statement in statements(stack, Kind.TRUST):
        services = principals(statement, "Service")
        if is_allow(statement) and services and "aws:sourceaccount" not in condition_keys(statement):
            yield Finding.of(resource, f"{', '.join(services)} may assume it without aws:SourceAccount")


@rule
def trust_of_an_identity_provider_names_the_subject(stack: Stack) -> Iterator[Finding]:
    """Who signs in elsewhere (OIDC) assumes a role only as an audience and a subject that are named."""
    for resource, statement in statements(stack, Kind.TRUST):
        if not is_allow(statement) or not principals(statement, "Federated"):
            continue
        exact = (statement.get("Condition") or {}).get("StringEquals") or {}
        for ending in (":aud", _OIDC_SUBJECT):
            values = [value for key, found in exact.items() if key.endswith(ending) for value in many(found)]
            if not values or any("*" in value for value in values):
                yield Finding.of(resource, f"its trust names no exact {ending.removeprefix(':')} (StringEquals)")


@rule
def nobody_is_everybody(stack: Stack) -> Iterator[Finding]:
    """No policy lets everybody in, unless a condition names the account, organization or source."""
    for resource, statement in statements(stack, Kind.TRUST, Kind.RESOURCE):
        everybody = "NotPrincipal" in statement or any("*" in principals(statement, kind) for kind in ("AWS", "*"))
        if is_allow(statement) and everybody and not condition_keys(statement) & _NARROWING:
            yield Finding.of(resource, "lets everybody in, and no condition narrows it")
    for permission in stack.all("aws_lambda_permission"):
        if permission.get("principal") == "*":
            yield Finding.of(permission, "lets everybody call the function")


@rule
def service_comes_in_for_this_account(stack: Stack) -> Iterator[Finding]:
    """A resource lets a service in for this account or for named resources only (the confused deputy)."""
    for resource, statement in statements(stack, Kind.RESOURCE):
        services = principals(statement, "Service")
        if is_allow(statement) and services and services != ["*"] and not _is_narrowed(condition_keys(statement)):
            yield Finding.of(resource, f"lets {', '.join(services)} in for every account")


@rule
def there_are_no_users(stack: Stack) -> Iterator[Finding]:
    """People and machines assume roles; no user has a password or a key that lasts."""
    for user in stack.all(*_USERS):
        yield Finding.of(user, "is a user, or belongs to one; use a role")


def _is_narrowed(keys: set[str]) -> bool:
    return bool(keys & _NARROWING) or any(key.startswith("kms:encryptioncontext") for key in keys)
