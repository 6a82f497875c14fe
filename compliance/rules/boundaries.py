"""Permissions boundaries: every role has one, no role can leave it, and it allows what the role needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.evaluation import matches_action
from compliance.limits import obstacles
from compliance.policies import Kind, documents, is_allow, is_boundary, kind_of, many, statements_in
from compliance.references import of_same_environment, referred
from compliance.role_rights import names_boundary
from compliance.rule import Finding, rule, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_BOUND: Final = tuple(
    f"iam:{verb}"
    for kind in ("Role", "User")
    for verb in (
        f"Attach{kind}Policy",
        f"Create{kind}",
        f"Put{kind}PermissionsBoundary",
        f"Put{kind}Policy",
    )
)
"""Actions that add permissions and support iam:PermissionsBoundary.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""
_UNBOUND: Final = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateLoginProfile",
)
"""Actions that add permissions, and that no boundary can limit: the same page."""
_ACCOUNT: Final = 4
"""Which part of an ARN is the account."""
_REMOVAL: Final = "iam:DeleteRolePermissionsBoundary"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; the trust policy and the number of
# managed policies are those of a new account
_MANAGED_LENGTH: Final = 6_144
_INLINE_LENGTH: Final = 10_240
_TRUST_LENGTH: Final = 2_048
_MANAGED_POLICIES: Final = 10
_REFERENCE: Final = re.compile(r"\$\{[^}]*\}")
_ARN_OF_ONE: Final = re.compile(r"\$\{[^}]*arn\}")
_ARN: Final = "x" * 100
"""Stands for a reference, whose value is known only when it is applied."""
_ARNS: Final = {
    "aws_cloudwatch_log_group": ("name", "arn:aws:logs:{region}:{account}:log-group:{name}"),
    "aws_dynamodb_table": ("name", "arn:aws:dynamodb:{region}:{account}:table/{name}"),
    "aws_lambda_function": ("function_name", "arn:aws:lambda:{region}:{account}:function:{name}"),
    "aws_s3_bucket": ("bucket", "arn:aws:s3:::{name}"),
    "aws_secretsmanager_secret": ("name", "arn:aws:secretsmanager:{region}:{account}:secret:{name}-abcdef"),
    "aws_sns_topic": ("name", "arn:aws:sns:{region}:{account}:{name}"),
    "aws_sqs_queue": ("name", "arn:aws:sqs:{region}:{account}:{name}"),
    "aws_ssm_parameter": ("name", "arn:aws:ssm:{region}:{account}:parameter{name}"),
}
"""Types whose ARN follows from a name, which is in an argument."""


@rule_with_others
def role_has_a_boundary(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Every role has a permissions boundary, and it is a policy of its own environment, by its ARN."""
    known = _boundaries(stack, stacks)
    for role in stack.all("aws_iam_role"):
        boundary = role.get("permissions_boundary")
        if not boundary:
            yield Finding.about(role, "permissions_boundary is not set")
        elif boundary not in known:
            allowed = " or ".join(known) or "there is no aws_iam_policy with a name that ends in -boundary"
            yield Finding.about(role, f"permissions_boundary is {boundary}; use {allowed}")


@rule_with_others
def role_changes_require_a_boundary(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Who may give roles permissions may do so only within a boundary, and may not remove boundaries."""
    for resource, policy in _policies(stack, stacks):
        allows = [statement for statement in policy if is_allow(statement)]
        changing = [statement for statement in allows if _first(statement, _BOUND)]
        for statement in changing:
            if not names_boundary(statement):
                yield Finding.about(
                    resource, f"allows {_first(statement, _BOUND)} without StringEquals iam:PermissionsBoundary"
                )
        for statement in allows:
            if action := _first(statement, _UNBOUND):
                yield Finding.about(resource, f"allows {action}, which no boundary limits")
        denied = [one for one in policy if not is_allow(one) and "*" in many(one.get("Resource"))]
        if changing and not any(_first(statement, (_REMOVAL,)) for statement in denied):
            yield Finding.about(resource, f'may change roles, and does not deny {_REMOVAL} on "*"')


@rule_with_others
def boundary_is_not_a_grant(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A boundary is attached to no role: it allows much, because it only limits."""
    for resource in stack.all():
        for arn in many(resource.get("policy_arn")) + many(resource.get("managed_policy_arns")):
            policies = [(owner, one) for owner, one in referred(arn, stack, stacks) if one.kind == "aws_iam_policy"]
            if arn.endswith("-boundary") or any(is_boundary(one, owner, stacks) for owner, one in policies):
                yield Finding.about(resource, f"attaches {arn}, which is a boundary")


@rule_with_others
def boundary_allows_what_the_role_needs(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The boundary of a role allows what its own policies allow, and denies none of it; else it fails when used."""
    known = _boundaries(stack, stacks)
    for role in stack.all("aws_iam_role"):
        if (found := known.get(str(role.get("permissions_boundary")))) is None:
            continue  # role_has_a_boundary finds it
        owner, boundary = found
        limits = statements_in(boundary, owner, stacks)
        account = str(role.get("permissions_boundary")).split(":")[_ACCOUNT]
        arn = f"arn:aws:iam::{account}:role/{role.get('name')}"
        for policy in stack.attached(role, "aws_iam_role_policy", by="role"):
            for statement in statements_in(policy, stack, stacks):
                resources = [_resolved(one, stack, stacks) for one in many(statement.get("Resource"))]
                for one in obstacles(statement, resources=resources, role_arn=arn, limits=limits):
                    does = f"denies it ({one.denied_by})" if one.denied_by else "does not"
                    says = f"allows {one.action} on {one.resource}, and the boundary {boundary.address} {does}"
                    yield Finding.about(policy, says)


@rule
def policy_fits_its_quota(stack: Stack) -> Iterator[Finding]:
    """No policy of a role is longer than IAM accepts, and no role has more managed policies than IAM accepts."""
    for policy in stack.all("aws_iam_policy"):
        yield from _too_long(policy, [policy.get("policy")], _MANAGED_LENGTH)
    for role in stack.all("aws_iam_role"):
        yield from _too_long(role, [role.get("assume_role_policy")], _TRUST_LENGTH)
        inline = [policy.get("policy") for policy in stack.attached(role, "aws_iam_role_policy", by="role")]
        yield from _too_long(role, inline, _INLINE_LENGTH)
        attached = stack.attached(role, "aws_iam_role_policy_attachment", by="role")
        if len(attached) > _MANAGED_POLICIES:
            yield Finding.about(role, f"has {len(attached)} managed policies; IAM allows {_MANAGED_POLICIES}")


def _boundaries(stack: Stack, stacks: Mapping[str, Stack]) -> dict[str, tuple[Stack, Resource]]:
    """The boundaries of the environment by ARN."""
    accounts = {account for provider in stack.providers for account in provider.get("allowed_account_ids") or ()}
    return {
        f"arn:aws:iam::{account}:policy/{policy.get('name')}": (other, policy)
        for other in of_same_environment(stack, stacks)
        for policy in other.all("aws_iam_policy")
        if is_boundary(policy, other, stacks)
        for account in accounts
    }


def _policies(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Resource, list[Statement]]]:
    """Every policy that says what a role may do, or may do at most."""
    for document in documents(stack, stacks):
        kept = [
            one
            for one in document.statements
            if kind_of(document.resource, one, stack, stacks) in (Kind.PERMISSIONS, Kind.BOUNDARY)
        ]
        if kept:
            yield document.resource, kept


def _first(statement: Statement, actions: tuple[str, ...]) -> str | None:
    """The first of some actions that a statement is about."""
    if "NotAction" in statement:
        excluded = many(statement["NotAction"])
        return next((one for one in actions if not any(matches_action(each, one) for each in excluded)), None)
    patterns = many(statement.get("Action"))
    return next((one for one in actions if any(matches_action(pattern, one) for pattern in patterns)), None)


def _resolved(text: str, stack: Stack, stacks: Mapping[str, Stack]) -> str:
    """The text, with the ARN of the one resource that it refers to where this follows from a name."""
    found = list(referred(text, stack, stacks))
    if len(found) != 1 or not _ARN_OF_ONE.match(text):
        return text
    owner, resource = found[0]
    argument, arn = _ARNS.get(resource.kind, ("", ""))
    name = str(resource.get(argument) or "${")
    accounts = {account for provider in owner.providers for account in many(provider.get("allowed_account_ids"))}
    if "${" in name or len(accounts) != 1:
        return text
    return _REFERENCE.sub(arn.format(region=owner.region_of(resource), account=min(accounts), name=name), text)


def _too_long(resource: Resource, texts_: list[object], limit: int) -> Iterator[Finding]:
    # IAM does not count white space.
    length = sum(len("".join(_REFERENCE.sub(_ARN, str(text)).split())) for text in texts_)
    if length > limit:
        yield Finding.about(resource, f"its policy has about {length} characters; IAM allows {limit}")
