"""Requires the rights that the role of a pipeline needs for an action, and of a bucket of another account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.s3.models import s3_backends

from emulator.permissions import role_actions
from emulator.pipelines.errors import ActionError
from emulator.policy import as_list, matches_pattern, statements
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PRINCIPAL: Final = "aws:principalarn"


def require(role: str, actions: Iterable[str], *, what: str) -> None:
    """Require rights of a role; the caller must not have the emulator's lock.

    Raises:
        ActionError: It does not have one of them.
    """
    with REGISTRY.lock:
        for action in actions:
            if not role_actions(role, (action,)):
                message = (
                    f"The service role or action role doesn't have the permissions required to access {what}. Update "
                    f"the IAM role permissions, and then try again. Error: User: {role} is not authorized to perform: "
                    f"{action}"
                )
                raise ActionError(code="PermissionError", message=message)


def require_upload(role: str, actions: Iterable[str], *, provider: str) -> None:
    """Require the rights with which a connection stores what it has fetched; the caller must not have the lock.

    The message does not name the one that is missing: https://github.com/aws/aws-cdk/issues/13557

    Raises:
        ActionError: The role does not have one of them.
    """
    wanted = set(actions)
    with REGISTRY.lock:
        if role_actions(role, wanted) != wanted:
            message = f"[{provider}] Upload to S3 failed with the following error: Access Denied"
            raise ActionError(code="PermissionError", message=message)


def require_bucket(role: str, bucket: str, action: str) -> None:
    """Require that the policy of a bucket lets a role of another account in.

    Raises:
        ActionError: It does not, or there is no such bucket.
    """
    with REGISTRY.lock:
        owner = next((account for account, one in s3_backends.items() if bucket in one["aws"].buckets), None)
        policy = s3_backends[owner]["aws"].buckets[bucket].policy if owner else None
    if owner is None:
        message = f"The specified bucket {bucket} does not exist. Verify that this bucket exists."
        raise ActionError(code="ConfigurationError", message=message)
    account = role.split(":")[4]
    if owner == account:
        return
    text = policy.decode() if isinstance(policy, bytes) else policy
    if not text or not any(_admits(one, role, account, action) for one in statements(text)):
        message = (
            "Insufficient permissions. The service role or action role doesn't have the permissions required to access "
            f"the Amazon S3 bucket named {bucket}: its policy does not allow {role} {action}"
        )
        raise ActionError(code="PermissionError", message=message)


def _admits(statement: Mapping[str, Any], role: str, account: str, action: str) -> bool:
    principal = statement.get("Principal")
    names = as_list(principal.get("AWS", [])) if isinstance(principal, dict) else [principal]
    return (
        statement["Effect"] == "Allow"
        and bool({"*", account, role, f"arn:aws:iam::{account}:root"} & set(names))
        and any(matches_pattern(one.lower(), action.lower()) for one in as_list(statement.get("Action", [])))
        and all(
            any(matches_pattern(pattern, role) for pattern in as_list(wanted))
            for tests in (statement.get("Condition") or {}).values()
            for key, wanted in tests.items()
            if key.lower() == _PRINCIPAL
        )
    )
