"""IAM: every action, resource and principal is named."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from compliance.accounts import Accounts, Whose
from compliance.conditions import demanded, narrows_resource
from compliance.policies import (
    Kind,
    allows_action,
    condition_keys,
    documents,
    is_allow,
    many,
    principals,
    statements,
    statements_in,
)
from compliance.references import referred_data
from compliance.rule import Finding, rule, rule_with_others
from compliance.wildcards import Width, all_of_a_service, width
from synthesis.template import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
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
_VARIABLE: Final = re.compile(r"\$\{(var|each|count)\.[^{}]*\}")
_OF_A_KIND: Final = re.compile(r"\w+:(Describe|List)\w*\*?|\w[\w-]*:TagResource")
"""Actions that only list, or name, what is there; they may be about everything of a kind in one account."""
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
_LIMITS: Final = "permissions_boundary"
_OF_AWS: Final = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/[\w+=,.@/-]+")
_FULL_ACCESS: Final = re.compile(r"Admin|FullAccess|PowerUser")
"""https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html"""


@rule_with_others
def policy_can_be_read(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Every policy is one that IAM accepts, and known before a plan, so that the rules can judge it."""
    for document in documents(stack, stacks):
        for problem in document.problems:
            yield Finding.about(document.resource, f"its policy ({document.argument}) {problem}")


@rule_with_others
def role_names_its_actions(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No role is allowed all actions, or all actions of a service, or nearly all."""
    for resource, statement in statements(stack, Kind.PERMISSIONS, stacks=stacks):
        if not is_allow(statement):
            continue
        if "NotAction" in statement:
            yield Finding.about(resource, "allows all actions except some (NotAction)")
        for action in many(statement.get("Action")):
            if all_of_a_service(action):
                yield Finding.about(resource, f"allows the action {action}")
            elif "${" in action:
                yield Finding.about(resource, f"allows {action}, which is not known before a plan; it cannot be judged")


@rule_with_others
def role_names_its_resources(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No role is allowed all resources, or nearly all, except for actions that IAM does not grant on single ones."""
    accounts = Accounts(stack, stacks)
    for resource, statement in statements(stack, Kind.PERMISSIONS, stacks=stacks):
        if not is_allow(statement):
            continue
        if "NotResource" in statement:
            yield Finding.about(resource, "allows all resources except some (NotResource)")
        for name in many(statement.get("Resource")):
            if _VARIABLE.fullmatch(name) and accounts.whose(name) is Whose.UNKNOWN:
                yield Finding.about(resource, f"allows {name}, which is not known before a plan; it cannot be judged")
            wide = width(name, accounts)
            if wide is Width.NAMED or (wide is Width.KIND and narrows_resource(statement)):
                continue
            for action in many(statement.get("Action")):
                if not _may_be_on_everything(action, statement, wide):
                    yield Finding.about(resource, f'allows {action} on the resource "{name}"')


@rule_with_others
def network_interfaces_are_for_lambda(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A role that lets Lambda change network interfaces denies the same to the function's own code.

    CodeBuild has no such condition: its page on the role has the rights without one.
    https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html
    """
    builds = {
        policy.address
        for role in stack.all("aws_iam_role")
        if any("codebuild.amazonaws.com" in principals(one, "Service") for one in statements_in(role, stack, stacks))
        for policy in stack.attached(role, "aws_iam_role_policy", by="role")
    }
    denied: dict[str, set[str]] = {}
    allowed: list[tuple[Resource, str]] = []
    for resource, statement in statements(stack, Kind.PERMISSIONS, stacks=stacks):
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


@rule_with_others
def role_is_not_an_administrator(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No role, user, group or permission set has an AWS managed policy that gives full access, by whatever argument."""
    for resource in stack.all():
        arguments = {name: value for name, value in resource.arguments.items() if name != _LIMITS}
        for arn in dict.fromkeys(text for _, text in texts(arguments)):
            names = [
                str(one.get("name") or one.get("arn")) for one in referred_data(arn, stack, stacks, "aws_iam_policy")
            ]
            if _OF_AWS.fullmatch(arn):
                names.append(arn)
            if any(_FULL_ACCESS.search(name) for name in names):
                yield Finding.about(resource, f"attaches {arn}")


@rule_with_others
def pass_role_names_services(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """iam:PassRole is restricted to named services by iam:PassedToService."""
    for resource, statement in statements(stack, Kind.PERMISSIONS, stacks=stacks):
        if not allows_action(statement, "iam:PassRole"):
            continue
        named = [test.values for test in demanded(statement) if test.key == "iam:passedtoservice"]
        if not any(values and all("*" not in one and "?" not in one for one in values) for values in named):
            yield Finding.about(resource, "allows iam:PassRole without the condition iam:PassedToService")


@rule
def stack_has_no_iam_users(stack: Stack) -> Iterator[Finding]:
    """People and machines assume roles; there are no IAM users with long-lived passwords or keys."""
    for user in stack.all(*_USERS):
        yield Finding.about(user, "belongs to an IAM user or group; use a role")


def _may_be_on_everything(action: str, statement: Statement, wide: Width) -> bool:
    """Whether IAM does not restrict an action to single resources, or it only lists what is there."""
    if action in _INTERFACES or _BY_CONDITION.get(action) in {test.key for test in demanded(statement)}:
        return True
    if any(fnmatchcase(action, allowed) for allowed in _ONLY_ON_EVERYTHING):
        return True
    return wide is Width.KIND and bool(_OF_A_KIND.fullmatch(action))
