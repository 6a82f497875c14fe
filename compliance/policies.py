"""IAM policies as the rules read them, wherever a resource carries one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

Statement = dict[str, Any]

PERMISSIONS: Final[Mapping[str, str]] = {
    "aws_iam_policy": "policy",
    "aws_iam_role_policy": "policy",
}
"""Types that say what a role may do, and the argument that holds the policy."""

TRUST: Final[Mapping[str, str]] = {"aws_iam_role": "assume_role_policy"}

RESOURCE_POLICIES: Final[Mapping[str, str]] = {
    "aws_backup_vault_policy": "policy",
    "aws_cloudwatch_event_bus_policy": "policy",
    "aws_cloudwatch_log_resource_policy": "policy_document",
    "aws_ecr_registry_policy": "policy",
    "aws_ecr_repository_policy": "policy",
    "aws_kms_key": "policy",
    "aws_kms_replica_key": "policy",
    "aws_lambda_layer_version_permission": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_secretsmanager_secret_policy": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue_policy": "policy",
}
"""Types that say who may use a resource. An endpoint's policy is none: it narrows, and never lets anybody in."""


def statements(stack: Stack, *tables: Mapping[str, str]) -> Iterator[tuple[Resource, Statement]]:
    """Every statement of every policy of these types; a policy that cannot be read is none (see `unreadable`)."""
    for resource, text in _policies(stack, tables):
        for statement in parsed(text) or ():
            yield resource, statement


def unreadable(stack: Stack) -> Iterator[Resource]:
    """Resources whose policy is no literal JSON, so that no rule sees into it."""
    for resource, text in _policies(stack, (PERMISSIONS, TRUST, RESOURCE_POLICIES)):
        if parsed(text) is None:
            yield resource


def parsed(text: object) -> list[Statement] | None:
    """The statements of a policy, None where it is no literal JSON."""
    try:
        document = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return blocks(document.get("Statement")) if isinstance(document, dict) else None  # type: ignore[return-value]


def many(value: object) -> list[str]:
    """A value that IAM takes alone or in a list."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def is_allow(statement: Statement) -> bool:
    """Whether it allows; the other effect only takes away."""
    return statement.get("Effect") == "Allow"


def condition_keys(statement: Statement) -> set[str]:
    """The keys that its conditions test, in small letters as IAM compares them."""
    return {key.lower() for tests in (statement.get("Condition") or {}).values() for key in tests}


def principals(statement: Statement, kind: str) -> list[str]:
    """Its principals of a kind; `"*"` alone is of every kind."""
    principal = statement.get("Principal")
    return ["*"] if principal == "*" else many((principal or {}).get(kind))


def _policies(stack: Stack, tables: tuple[Mapping[str, str], ...]) -> Iterator[tuple[Resource, object]]:
    for table in tables:
        for kind, argument in table.items():
            for resource in stack.all(kind):
                if (text := resource.get(argument)) is not None:
                    yield resource, text
