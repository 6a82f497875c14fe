"""Reads policy documents, in which AWS accepts a single value without its list."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS_OF_PRINCIPALS = {"AWS", "CanonicalUser", "Federated", "Service"}


def as_list(value: Any) -> list[Any]:
    """Return a list unchanged, and anything else as a list with one item."""
    return value if isinstance(value, list) else [value]


def matches_pattern(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern of a policy, in which `*` is any text and `?` any character."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, re.DOTALL) is not None


def statements(policy: str) -> list[dict[str, Any]]:
    """Return the statements of a policy document."""
    return as_list(json.loads(policy)["Statement"])


def named_principals(statement: Mapping[str, Any]) -> list[str]:
    """Return the accounts, users and roles that a statement names, or "*"."""
    principal = statement.get("Principal")
    return as_list(principal.get("AWS", [])) if isinstance(principal, dict) else [str(principal)]


def names_principal(principal: Any) -> bool:
    """Return whether it is "*", or one of the four types with a name or a list of names."""
    if not isinstance(principal, dict):
        return bool(principal == "*")
    names = [as_list(value) for value in principal.values()]
    return (
        bool(names)
        and principal.keys() <= _KINDS_OF_PRINCIPALS
        and all(listed and all(isinstance(name, str) and name for name in listed) for listed in names)
    )
