"""Finds KMS keys, for the services that refuse an unknown key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.kms.models import kms_backends

from emulator.arns import parse_arn
from emulator.policy import as_list, matches_pattern, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.registry import Context

_AWS_ALIAS = "alias/aws/"
_ENCRYPTION_CONTEXT = "kms:EncryptionContext:"
_CONTEXT_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "ArnEquals": matches_pattern,
    "ArnLike": matches_pattern,
    "StringEquals": lambda wanted, sent: wanted == sent,
    "StringLike": matches_pattern,
}


def find_key(key: str, context: Context) -> Any | None:
    """Return moto's key for an id, an ARN or an alias, if it can be used in the caller's region.

    It may belong to another account; a multi-Region key is only found by the ARN of its replica in the region.
    """
    found = _find_in_any_state(key, context)
    return found if found is not None and found.key_state == "Enabled" else None


def key_state(key: str, context: Context) -> str | None:
    """Return the state of a key that find_key() does not return, or None if there is no such key in the region."""
    found = _find_in_any_state(key, context)
    return None if found is None else str(found.key_state)


def key_exists(key: str, context: Context) -> bool:
    """Return whether the key can be used; AWS creates its own alias/aws/ keys on first use."""
    located = _locate(key, context)
    if located is None:
        return False
    account, resource = located
    if resource.startswith(_AWS_ALIAS):
        return account == context.account
    return find_key(key, context) is not None


def key_admits(
    key: str, services: tuple[str, ...], context: Context, *, encryption_context: Mapping[str, str] | None = None
) -> bool:
    """Return whether the key policy allows one of the service principals any action, with this encryption context.

    Of the conditions of a statement only those on the encryption context are evaluated:
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
    """
    found = find_key(key, context)
    if found is None:
        return False
    for statement in statements(found.policy):
        principal = statement.get("Principal")
        members = principal if isinstance(principal, dict) else {"AWS": principal}
        names = {name for member in ("AWS", "Service") for name in as_list(members.get(member))}
        if (
            statement["Effect"] == "Allow"
            and names & {"*", *services}
            and _allows_context(statement, encryption_context or {})
        ):
            return True
    return False


def _allows_context(statement: Mapping[str, Any], sent: Mapping[str, str]) -> bool:
    """Return whether the encryption context passes the statement's conditions on it."""
    for operator, tests in (statement.get("Condition") or {}).items():
        for name, wanted in tests.items():
            if not name.startswith(_ENCRYPTION_CONTEXT):
                continue
            value = sent.get(name.removeprefix(_ENCRYPTION_CONTEXT), "")
            if operator not in _CONTEXT_OPERATORS or not any(
                _CONTEXT_OPERATORS[operator](pattern, value) for pattern in as_list(wanted)
            ):
                return False
    return True


def _find_in_any_state(key: str, context: Context) -> Any | None:
    located = _locate(key, context)
    if located is None:
        return None
    account, resource = located
    backend = kms_backends[account][context.region]
    identifier: str | None = resource.removeprefix("key/")
    if resource.startswith("alias/"):
        identifier = backend.get_key_id_from_alias(resource)
    return backend.keys.get(identifier) if identifier else None


def _locate(key: str, context: Context) -> tuple[str, str] | None:
    """Return account and resource of a key or an alias, or None for an ARN of anything but a key of this region."""
    if not key.startswith("arn:"):
        return context.account, key
    arn = parse_arn(key)
    if arn is None or (arn.service, arn.region) != ("kms", context.region):
        return None
    return arn.account, arn.resource
