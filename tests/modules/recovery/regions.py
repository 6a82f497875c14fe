"""The second region of an environment under test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.template import LABEL, statements

if TYPE_CHECKING:
    from tests.template import Template

THERE = replace(LABEL, region="us-west-2")


def allowed(made: Template, address: str) -> list[dict[str, Any]]:
    """The statements of a role's policy."""
    return statements(made.named(f"aws_iam_role_policy.{address}")["policy"])


def of_action(made: Template, address: str, action: str) -> list[dict[str, Any]]:
    """Those that allow an action."""
    return [one for one in allowed(made, address) if action in many(one["Action"])]


def many(value: str | list[str]) -> list[str]:
    """A value of a policy, which is a text if it is the only one."""
    return [value] if isinstance(value, str) else value
