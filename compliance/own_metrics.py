"""The metrics that are not of AWS: what publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.policies import Kind, allows_action, many, statements
from compliance.references import of_same_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack

_PUBLISH: Final = "cloudwatch:PutMetricData"
_NAMESPACE_KEY: Final = "cloudwatch:namespace"


def published_namespaces(stack: Stack, stacks: Mapping[str, Stack]) -> frozenset[str]:
    """The namespaces in which a role of the environment may publish, and in no others."""
    return frozenset(
        namespace
        for other in of_same_environment(stack, stacks)
        for _, statement in statements(other, Kind.PERMISSIONS, stacks=stacks)
        if allows_action(statement, _PUBLISH)
        for tests in (statement.get("Condition") or {}).values()
        for namespace in many(tests.get(_NAMESPACE_KEY))
    )
