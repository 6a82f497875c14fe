"""Reads what the policies of a role allow, for the services whose calls go on with a role that allows too little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.iam.models import iam_backends

from emulator.arns import parse_arn
from emulator.policy import as_list, matches_pattern, statements

if TYPE_CHECKING:
    from collections.abc import Collection

    from emulator.registry import Context


def allowed_actions(role_arn: str, actions: Collection[str], context: Context) -> set[str]:
    """Return those of the actions that the policies of a role of the caller's account allow on any resource."""
    return role_actions(role_arn, actions) if context.owns(role_arn) else set()


def role_actions(role_arn: str, actions: Collection[str]) -> set[str]:
    """Return those of the actions that the role's policies allow on any resource; conditions are not evaluated."""
    arn = parse_arn(role_arn)
    roles = iam_backends[arn.account]["aws"].roles.values() if arn else ()
    role = next((role for role in roles if role.arn == role_arn), None)
    if role is None:
        return set()
    versions = [version for policy in role.managed_policies.values() for version in policy.versions]
    documents = [*role.policies.values(), *(version.document for version in versions if version.is_default)]
    found = [statement for document in documents for statement in statements(document)]
    patterns = {
        effect: [
            pattern.lower() for one in found if one["Effect"] == effect for pattern in as_list(one.get("Action", []))
        ]
        for effect in ("Allow", "Deny")
    }
    return {
        action
        for action in actions
        if any(matches_pattern(pattern, action.lower()) for pattern in patterns["Allow"])
        and not any(matches_pattern(pattern, action.lower()) for pattern in patterns["Deny"])
    }
