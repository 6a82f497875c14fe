"""Whether a KMS key exists, for the services that refuse an unknown one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.kms.models import kms_backends

if TYPE_CHECKING:
    from emulator.registry import Context

_AWS_ALIAS = "alias/aws/"


def find_key(key: str, context: Context) -> Any | None:
    """Return moto's key for an id, an ARN or an alias, in whatever account and region it lives."""
    account, region = context.account, context.region
    if key.startswith("arn:"):
        _, _, _, region, account, _ = key.split(":", maxsplit=5)
    backend = kms_backends[account][region]
    try:
        return backend.keys.get(backend.any_id_to_key_id(key))
    except (AttributeError, TypeError):
        # moto answers None for an unknown alias and then trips over it.
        return None


def key_exists(key: str, context: Context) -> bool:
    """Say whether the key can be used; AWS makes its own alias/aws/ keys when they are first named."""
    return _AWS_ALIAS in key or find_key(key, context) is not None


def key_admits(key: str, services: tuple[str, ...], context: Context) -> bool:
    """Say whether the key's policy allows one of the service principals anything at all."""
    found = find_key(key, context)
    if found is None:
        return False
    for statement in _as_list(json.loads(found.policy)["Statement"]):
        principal = statement.get("Principal")
        members = principal if isinstance(principal, dict) else {"AWS": principal}
        names = {name for member in ("AWS", "Service") for name in _as_list(members.get(member))}
        if statement["Effect"] == "Allow" and names & {"*", *services}:
            return True
    return False


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
