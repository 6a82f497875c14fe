"""The parts of a statement of a policy, in the form that `compliance/normal_form.py` gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.normal_form import Statement


def many(value: object) -> list[str]:
    """The items of a value that IAM accepts alone or in a list."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def is_allow(statement: Statement) -> bool:
    """Whether it allows; the other effect only restricts."""
    return statement.get("Effect") == "Allow"


def condition_keys(statement: Statement) -> set[str]:
    """The keys that its conditions test, in lowercase letters as IAM compares them."""
    return {key.lower() for tests in (statement.get("Condition") or {}).values() for key in tests}


def principals(statement: Statement, kind: str) -> list[str]:
    """Its principals of a kind; `"*"` alone is of every kind."""
    principal = statement.get("Principal")
    return ["*"] if principal == "*" else many((principal or {}).get(kind))
