"""IAM: every action, resource and principal is named."""

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
    from synthesis.template import Resource

_ONLY_ON_EVERYTHING: Final = (
    "application-autoscaling:DescribeScalableTargets",
    "backup:ListRestoreJobs",
    "backup:PutRestoreValidationResult",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricData",
    "codedeploy:PutLifecycleEventHookExecutionStatus",
    "ec2:Describe*",
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ecs:DeregisterTaskDefinition",
    "ecs:RegisterTaskDefinition",
    "elasticloadbalancing:Describe*",
    "iam:ListRoles",
    "inspector2:ListCoverage",
    "inspector2:ListFindings",
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
"""Actions that IAM does not grant on single resources.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
# Actions that IAM restricts only by a condition: a list of tasks, or of automated backups, is not about one resource.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupFullAccess.html
_BY_CONDITION: Final = {
    "ecs:ListTasks": "ecs:cluster",
    "rds:DescribeDBInstanceAutomatedBackups": "aws:requestedregion",
}
# What Lambda needs on everything to put a function into a network, and CodeBuild a build. Nothing else may have it:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
_INTERFACES: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
)
_CALLED_BY_CODE: Final = "lambda:sourcefunctionarn"
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
# A condition on one of these restricts access to an account, an organization or a resource.
_RESTRICTING: Final = frozenset(
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
    """Every policy is literal JSON, so that the rules can read it."""
    for resource in unreadable(stack):
        yield Finding.about(resource, "its policy is not literal JSON, so no rule can read it")


@rule
def role_names_its_actions(stack: Stack) -> Iterator[Finding]:
    """No role is allowed all actions, or all actions of a service."""
    for resource, statement in statements(stack, Kind.PERMISSIONS):
        if not is_allow(statement):
            continue
        if "NotAction" in statement:
            yield Finding.about(resource, "allows all actions except some (NotAction)")
        for action in many(statement.get("Action")):
            if action == "*" or action.endswith(":*"):
                yield Finding.about(resource, f"allows the action {action}")


@rule
def role_names_its_resources(stack: Stack) -> Iterator[Finding]:
    """No role is allowed all resources, except for actions that IAM does not grant on single resources."""
    for resource, statement in statements(stack, Kind.PERMISSIONS):
        if not is_allow(statement):
            continue
        if "NotResource" in statement:
            yield Finding.about(resource, "allows all resources except some (NotResource)")
        if "*" not in many(statement.get("Resource")):
            continue
        for action in many(statement.get("Action")):
            if action in _INTERFACES or _BY_CONDITION.get(action) in condition_keys(statement):
                continue
            if not any(fnmatchcase(action, allowed) for allowed in _ONLY_ON_EVERYTHING):
                yield Finding.about(resource, f'allows {action} on the resource "*"')


@rule
def network_interfaces_are_for_lambda(stack: Stack) -> Iterator[Finding]:
    """A role that lets Lambda change network interfaces denies the same to the function's own code.

    CodeBuild has no such condition: its page on the role has the rights without one.
    https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html
    """
    builds = {
        policy.address
        for role in stack.all("aws_iam_role")
        if "codebuild.amazonaws.com" in str(role.get("assume_role_policy"))
        for policy in stack.attached(role, "aws_iam_role_policy", by="role")
    }
    denied: dict[str, set[str]] = {}
    allowed: list[tuple[Resource, str]] = []
    for resource, statement in statements(stack, Kind.PERMISSIONS):
        for action in many(statement.get("Action")):
            if is_allow(statement) and any(fnmatchcase(one, action) for one in _INTERFACES):
                allowed.append((resource, action))
            elif not is_allow(statement) and _CALLED_BY_CODE in condition_keys(statement):
                denied.setdefault(resource.address, set()).add(action)
    for resource, action in allowed:
        if resource.address not in builds and action not in denied.get(resource.address, ()):
            yield Finding.about(
                resource, f"allows {action}, and does not deny it to the function's code (lambda:SourceFunctionArn)"
            )


@rule
def role_is_not_an_administrator(stack: Stack) -> Iterator[Finding]:
    """No role has an AWS managed policy that gives full access."""
    for attachment in stack.all(*_ATTACHMENTS):
        arn = str(attachment.get("policy_arn"))
        if any(fnmatchcase(arn, pattern) for pattern in _FULL_ACCESS):
            yield Finding.about(attachment, f"attaches {arn}")
    for role in stack.all("aws_iam_role"):
        for arn in many(role.get("managed_policy_arns")):
            if any(fnmatchcase(arn, pattern) for pattern in _FULL_ACCESS):
                yield Finding.about(role, f"attaches {arn}")


@rule
def pass_role_names_services(stack: Stack) -> Iterator[Finding]:
    """iam:PassRole is restricted to named services by iam:PassedToService."""
    for resource, statement in statements(stack, Kind.PERMISSIONS):
        passes = any(fnmatchcase("iam:PassRole", action) for action in many(statement.get("Action")))
        if is_allow(statement) and passes and "iam:passedtoservice" not in condition_keys(statement):
            yield Finding.about(resource, "allows iam:PassRole without the condition iam:PassedToService")


@rule
def oidc_trust_names_subject(stack: Stack) -> Iterator[Finding]:
    """An OIDC identity may assume a role only with an exact audience and subject."""
    for resource, statement in statements(stack, Kind.TRUST):
        if not is_allow(statement) or not principals(statement, "Federated"):
            continue
        exact = (statement.get("Condition") or {}).get("StringEquals") or {}
        for ending in (":aud", _OIDC_SUBJECT):
            values = [value for key, allowed in exact.items() if key.endswith(ending) for value in many(allowed)]
            if not values or any("*" in value for value in values):
                yield Finding.about(
                    resource, f"its trust policy has no exact {ending.removeprefix(':')} (StringEquals)"
                )


@rule
def policy_is_not_public(stack: Stack) -> Iterator[Finding]:
    """No policy allows every principal, unless a condition names the account, organization or source."""
    for resource, statement in statements(stack, Kind.TRUST, Kind.RESOURCE):
        is_public = "NotPrincipal" in statement or any("*" in principals(statement, kind) for kind in ("AWS", "*"))
        if is_allow(statement) and is_public and not condition_keys(statement) & _RESTRICTING:
            yield Finding.about(resource, "allows every principal, and no condition restricts it")
    for permission in stack.all("aws_lambda_permission"):
        if permission.get("principal") == "*":
            yield Finding.about(permission, "allows every principal to call the function")


@rule
def service_principal_is_restricted(stack: Stack) -> Iterator[Finding]:
    """A resource allows a service only for this account or for named resources (confused deputy)."""
    for resource, statement in statements(stack, Kind.RESOURCE):
        services = principals(statement, "Service")
        if is_allow(statement) and services and services != ["*"] and not _is_restricted(condition_keys(statement)):
            yield Finding.about(resource, f"allows {', '.join(services)} for every account")


@rule
def stack_has_no_iam_users(stack: Stack) -> Iterator[Finding]:
    """People and machines assume roles; there are no IAM users with long-lived passwords or keys."""
    for user in stack.all(*_USERS):
        yield Finding.about(user, "belongs to an IAM user or group; use a role")


def _is_restricted(keys: set[str]) -> bool:
    return bool(keys & _RESTRICTING) or any(key.startswith("kms:encryptioncontext") for key in keys)
