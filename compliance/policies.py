"""Reads IAM policies for the rules, from every resource that has one."""

from __future__ import annotations

import json
import re
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from synthesis.template import blocks, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

Statement = dict[str, Any]


class Kind(Enum):
    """What a policy controls; it follows from the resource."""

    PERMISSIONS = "what a role may do"
    TRUST = "who may assume a role"
    RESOURCE = "who may use a resource"
    BOUNDARY = "what a role may do at most"


_KINDS: Final[Mapping[str, Kind]] = {
    "aws_iam_policy": Kind.PERMISSIONS,
    "aws_iam_role": Kind.TRUST,
    "aws_iam_role_policy": Kind.PERMISSIONS,
}
"""The policy of any other type says who may use that resource, so the rules also see types that are not listed."""

_BOUNDARY: Final = "-boundary"
"""The end of the name of a managed policy that grants nothing: roles have it as their permissions boundary."""

_NARROWING_ONLY: Final = frozenset({"aws_vpc_endpoint"})
"""The policy of an endpoint only restricts; the policies of caller and resource still decide."""

_NAME: Final = re.compile(r"(^|_)policy(_document|_text)?$")


def statements(stack: Stack, *kinds: Kind) -> Iterator[tuple[Resource, Statement]]:
    """Every statement of every policy of these kinds; those that cannot be read are skipped (see `unreadable`)."""
    for resource, statement in every_statement(stack):
        if kind_of(resource) in kinds and resource.kind not in _NARROWING_ONLY:
            yield resource, statement


def every_statement(stack: Stack) -> Iterator[tuple[Resource, Statement]]:
    """Every statement of every policy of any resource, also of one that only restricts."""
    for resource in stack.all():
        for _, text in texts(dict(resource.arguments)):
            for statement in parsed(text) or ():
                yield resource, statement


def kind_of(resource: Resource) -> Kind:
    """What the policy of a resource controls; a managed policy is a boundary by its name."""
    if resource.kind == "aws_iam_policy" and str(resource.get("name")).endswith(_BOUNDARY):
        return Kind.BOUNDARY
    return _KINDS.get(resource.kind, Kind.RESOURCE)


def unreadable(stack: Stack) -> Iterator[Resource]:
    """Resources whose policy is not literal JSON, so that no rule can read it."""
    for resource in stack.all():
        arguments = texts(dict(resource.arguments))
        # A literal that is not JSON names a policy of AWS's, like a listener's `ssl_policy`.
        if any(_NAME.search(name) and "${" in text and _document(text) is None for name, text in arguments):
            yield resource


def parsed(text: object) -> list[Statement] | None:
    """The statements of a policy, None where the text is not one in literal JSON."""
    document = _document(text)
    return blocks(document["Statement"]) if document and "Statement" in document else None  # type: ignore[return-value]


def _document(text: object) -> dict[str, Any] | None:
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def many(value: object) -> list[str]:
    """The items of a value that IAM accepts alone or in a list."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def allows_action(statement: Statement, action: str) -> bool:
    """Whether it allows an action; IAM ignores upper and lower case."""
    return is_allow(statement) and any(
        fnmatchcase(action.lower(), pattern.lower()) for pattern in many(statement.get("Action"))
    )


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
