"""Reads the policies of SNS topics, for the services that refuse a topic to which they may not publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.sns.models import sns_backends

from emulator.arns import parse_arn
from emulator.policy import as_list, matches_pattern, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.registry import Context

_PUBLISH = "sns:publish"


def admits_publisher(topic_arn: str, service: str, context: Context, *, source: str) -> bool:
    """Return whether a topic of the caller's account lets a service publish for a resource, in any region.

    Args:
        topic_arn: ARN of the topic; one that does not exist admits no service.
        service: The service principal that publishes.
        context: The caller.
        source: ARN of the resource for which it publishes. Other conditions are not evaluated.
    """
    arn = parse_arn(topic_arn)
    if arn is None or (arn.service, arn.account) != ("sns", context.account):
        return False
    topic = context.backend(sns_backends, arn.region).topics.get(topic_arn)
    if topic is None:
        return False
    found = [one for one in statements(topic.policy) if _is_about(one, service, topic_arn)]
    return any(one["Effect"] == "Allow" and _is_from(one, source, context) for one in found) and not any(
        one["Effect"] == "Deny" and not one.get("Condition") for one in found
    )


def _is_about(statement: Mapping[str, Any], service: str, topic_arn: str) -> bool:
    principal = statement.get("Principal")
    names = as_list(principal.get("Service")) if isinstance(principal, dict) else [principal]
    return (
        bool({service, "*"} & set(names))
        and any(matches_pattern(one.lower(), _PUBLISH) for one in as_list(statement.get("Action", [])))
        and any(matches_pattern(one, topic_arn) for one in as_list(statement.get("Resource", [])))
    )


def _is_from(statement: Mapping[str, Any], source: str, context: Context) -> bool:
    """Return whether the conditions on the source, if there are any, admit the resource."""
    sent = {"aws:sourcearn": source, "aws:sourceaccount": context.account}
    return all(
        any(matches_pattern(pattern, sent[key.lower()]) for pattern in as_list(wanted))
        for tests in (statement.get("Condition") or {}).values()
        for key, wanted in tests.items()
        if key.lower() in sent
    )
