"""Reads what the policies of a role allow, for the services whose calls go on with a role that allows too little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from emulator.arns import parse_arn
from emulator.conditions import conditions_met
from emulator.policy import as_list, matches_pattern, statements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from emulator.registry import Context


def allowed_actions(role_arn: str, actions: Collection[str], context: Context) -> set[str]:
    """Return those of the actions that the policies of a role of the caller's account allow on any resource."""
    return role_actions(role_arn, actions) if context.owns(role_arn) else set()


def role_actions(
    role_arn: str,
    actions: Collection[str],
    resource: str | None = None,
    *,
    known: Mapping[str, Collection[str]] | None = None,
) -> set[str]:
    """Return those of the actions that the role's policies, and its permissions boundary, allow on a resource.

    Without one: on any, so what is denied on some resources only is allowed. Conditions on keys that are `known`, with
    their values, are evaluated where they allow. All others count as met where they allow, and as not met where they
    deny.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    role = _find(role_arn)
    if role is None:
        return set()
    documents = [*role.policies.values(), *_documents(role.managed_policies.values())]
    allowed = _allowed(documents, actions, resource, known or {})
    boundary = role.permissions_boundary_arn
    if not boundary:
        return allowed
    policies = iam_backends[role.account_id]["aws"].managed_policies
    return _allowed(_documents([policies[boundary]] if boundary in policies else ()), allowed, resource, known or {})


def _documents(policies: Iterable[Any]) -> list[str]:
    """The default version of each policy."""
    return [version.document for policy in policies for version in policy.versions if version.is_default]


def _allowed(
    documents: Iterable[str], actions: Collection[str], resource: str | None, known: Mapping[str, Collection[str]]
) -> set[str]:
    found = [statement for document in documents for statement in statements(document)]
    allowing = [
        one
        for one in found
        if one["Effect"] == "Allow"
        and (resource is None or _names(one, resource))
        and conditions_met(one.get("Condition") or {}, known)
    ]
    denying = [one for one in found if one["Effect"] == "Deny" and not one.get("Condition") and _names(one, resource)]
    return {
        action
        for action in actions
        if any(_is_about(one, action) for one in allowing) and not any(_is_about(one, action) for one in denying)
    }


def _names(statement: Mapping[str, Any], resource: str | None) -> bool:
    """Whether a statement is about a resource; without one, whether it is about all."""
    patterns = as_list(statement.get("Resource", []))
    return "*" in patterns if resource is None else any(matches_pattern(one, resource) for one in patterns)


def _is_about(statement: Mapping[str, Any], action: str) -> bool:
    return any(matches_pattern(one.lower(), action.lower()) for one in as_list(statement.get("Action", [])))


def role_trusts(role_arn: str, service: str) -> bool:
    """Return whether a role exists, and its trust policy lets the service assume it; conditions count as met."""
    role = _find(role_arn)
    return role is not None and any(
        one["Effect"] == "Allow"
        and isinstance(one.get("Principal"), dict)
        and service in as_list(one["Principal"].get("Service"))
        for one in statements(role.assume_role_policy_document)
    )


def _find(role_arn: str) -> Any:
    arn = parse_arn(role_arn)
    roles = iam_backends[arn.account]["aws"].roles.values() if arn else ()
    return next((role for role in roles if role.arn == role_arn), None)
