"""Reads what the policies of a role allow, for the services whose calls go on with a role that allows too little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from emulator.arns import parse_arn
from emulator.conditions import Values, is_met
from emulator.policy import as_list, matches_pattern, named_principals, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from emulator.registry import Context


def allowed_actions(role_arn: str, actions: Collection[str], context: Context) -> set[str]:
    """Return those of the actions that the policies of a role of the caller's account allow on any resource."""
    return role_actions(role_arn, actions) if context.owns(role_arn) else set()


def role_actions(
    role_arn: str,
    actions: Collection[str],
    resource: str | None = None,
    *,
    sent: Values | None = None,
) -> set[str]:
    """Return those of the actions that the role's policies, and its permissions boundary, allow on a resource.

    Without one: on any, so what is denied on some resources only is allowed. With all that the request has `sent`,
    apart from the role, conditions are evaluated as IAM does. Without it, they count as met where they allow, and not
    where they deny. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    sent = None if sent is None else _signed(role_arn, sent)
    role = _find(role_arn)
    if role is None:
        return set()

    def allows(statement: Mapping[str, Any]) -> bool:
        return sent is None or is_met(statement.get("Condition") or {}, sent)

    def denies(statement: Mapping[str, Any]) -> bool:
        condition = statement.get("Condition") or {}
        return not condition if sent is None else is_met(condition, sent)

    own = [*role.policies.values(), *_documents(role.managed_policies.values())]
    allowed = _allowed(own, actions, resource, allows=allows, denies=denies)
    boundary = role.permissions_boundary_arn
    if not boundary:
        return allowed
    policies = iam_backends[role.account_id]["aws"].managed_policies
    limits = _documents([policies[boundary]] if boundary in policies else ())
    return _allowed(limits, allowed, resource, allows=allows, denies=denies)


def policy_admits(policy: str, role_arn: str, action: str, sent: Values) -> bool:
    """Return whether a key's policy lets a role use the key, or leaves it to the policies of the role's account.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    sent, arn = _signed(role_arn, sent), parse_arn(role_arn)
    names = {"*", role_arn, arn.account, f"arn:{arn.partition}:iam::{arn.account}:root"} if arn else {"*"}
    effects = {
        one["Effect"]
        for one in statements(policy)
        if names & set(named_principals(one)) and _is_about(one, action) and is_met(one.get("Condition") or {}, sent)
    }
    return effects == {"Allow"}


def _signed(role_arn: str, sent: Values) -> Values:
    """What a request sends, with what every signed one of a role has: the ARN of the role, and not of its session.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    return {"aws:principalarn": (role_arn,), **sent}


def _documents(policies: Iterable[Any]) -> list[str]:
    """The default version of each policy."""
    return [version.document for policy in policies for version in policy.versions if version.is_default]


def _allowed(
    documents: Iterable[str],
    actions: Collection[str],
    resource: str | None,
    *,
    allows: Callable[[Mapping[str, Any]], bool],
    denies: Callable[[Mapping[str, Any]], bool],
) -> set[str]:
    """Return those of the actions that the documents allow; `allows` and `denies` say whether a condition is met."""
    found = [statement for document in documents for statement in statements(document)]
    allowing = [
        one for one in found if one["Effect"] == "Allow" and (resource is None or _names(one, resource)) and allows(one)
    ]
    denying = [one for one in found if one["Effect"] == "Deny" and _names(one, resource) and denies(one)]
    return {
        action
        for action in actions
        if any(_is_about(one, action) for one in allowing) and not any(_is_about(one, action) for one in denying)
    }


def _names(statement: Mapping[str, Any], resource: str | None) -> bool:
    """Whether a statement is about a resource; without one, whether it is about all.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
    """
    if "NotResource" in statement:
        return resource is not None and not any(
            matches_pattern(one, resource) for one in as_list(statement["NotResource"])
        )
    patterns = as_list(statement.get("Resource", []))
    return "*" in patterns if resource is None else any(matches_pattern(one, resource) for one in patterns)


def _is_about(statement: Mapping[str, Any], action: str) -> bool:
    """Whether a statement is about an action.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
    """
    if "NotAction" in statement:
        return not any(matches_pattern(one.lower(), action.lower()) for one in as_list(statement["NotAction"]))
    return any(matches_pattern(one.lower(), action.lower()) for one in as_list(statement.get("Action", [])))


def role_trusts(role_arn: str, service: str, *, sent: Values | None = None) -> bool:
    """Return whether a role exists, and its trust policy lets the service assume it.

    Without the values that the service sends, conditions count as met.
    """
    role = _find(role_arn)
    return role is not None and any(
        one["Effect"] == "Allow"
        and isinstance(one.get("Principal"), dict)
        and service in as_list(one["Principal"].get("Service"))
        and (sent is None or is_met(one.get("Condition") or {}, sent))
        for one in statements(role.assume_role_policy_document)
    )


def _find(role_arn: str) -> Any:
    arn = parse_arn(role_arn)
    roles = iam_backends[arn.account]["aws"].roles.values() if arn else ()
    return next((role for role in roles if role.arn == role_arn), None)
