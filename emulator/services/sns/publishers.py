"""What keeps an AWS service from publishing to a topic: the message is lost without an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.keys import find_key
from emulator.policy import as_list, matches_pattern, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.registry import Context

# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
_KEY_ACTIONS = ("kms:GenerateDataKey*", "kms:Decrypt")
_CONTEXT = "kms:encryptioncontext:aws:sns:topicarn"
_EQUALITY = {"StringEquals", "StringLike", "ArnEquals", "ArnLike"}


@dataclass(frozen=True)
class Publisher:
    """A service, and what it sends of the resource that it acts for."""

    service: str
    source: Mapping[str, str]
    """`aws:sourceaccount` and `aws:sourcearn`, if it sends them.

    EventBridge does not: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """


def obstacles(topic: Any, publisher: Publisher, context: Context) -> Iterator[str]:
    """Find what keeps the service from publishing: the policy of the topic, or that of its key."""
    if not allows(topic.policy, "sns:Publish", publisher.service, publisher.source):
        yield f"the policy of {topic.arn} does not allow it sns:Publish"
    if not topic.kms_master_key_id:
        return
    key = find_key(topic.kms_master_key_id, context)
    if key is None:
        yield f"the key of {topic.arn} cannot be used"
        return
    sent = {**publisher.source, _CONTEXT: topic.arn}
    for action in _KEY_ACTIONS:
        if not allows(key.policy, action, publisher.service, sent):
            yield f"the key of {topic.arn} does not allow it {action}"


def allows(policy: str, action: str, service: str, sent: Mapping[str, str]) -> bool:
    """Return whether a statement allows the action, and what is sent fulfils its conditions; Deny is not evaluated.

    The names in `sent` are in lowercase letters.
    """
    return any(
        one["Effect"] == "Allow"
        and {service, "*"} & set(_services(one.get("Principal")))
        and any(matches_pattern(pattern.lower(), action.lower()) for pattern in as_list(one.get("Action", [])))
        and _fulfils(one.get("Condition") or {}, sent)
        for one in statements(policy)
    )


def _services(principal: Any) -> list[str]:
    return as_list(principal.get("Service", [])) if isinstance(principal, dict) else [principal]


def _fulfils(condition: Mapping[str, Mapping[str, Any]], sent: Mapping[str, str]) -> bool:
    """Return whether each test finds a value that is sent; an operator that is not known is not fulfilled."""
    return all(
        operator in _EQUALITY
        and name.lower() in sent
        and any(matches_pattern(pattern, sent[name.lower()]) for pattern in as_list(wanted))
        for operator, tests in condition.items()
        for name, wanted in tests.items()
    )
