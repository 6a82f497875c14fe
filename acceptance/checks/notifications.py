"""Topics that alarms can really publish to, with everyone subscribed who should be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment

_ALARMS: Final = "cloudwatch.amazonaws.com"


def check_alarms_may_publish_to_each_topic_and_use_its_key(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """A topic or a key that is closed to CloudWatch loses messages, and only the alarm's history says so."""
    sns, kms = session.client("sns"), session.client("kms")
    for arn in _topics(environment, session).values():
        attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        if not _allows_alarms(attributes["Policy"], "sns:Publish"):
            yield f"{arn} does not allow CloudWatch to publish"
        key = attributes.get("KmsMasterKeyId")
        if not key:
            yield f"{arn} is not encrypted"
            continue
        state = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
        if state != "Enabled":
            yield f"the key of {arn} is {state}"
        policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        if not _allows_alarms(policy, "kms:GenerateDataKey*"):
            yield f"the key of {arn} does not allow CloudWatch to encrypt"


def check_every_receiver_is_subscribed(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """An email stays pending until its owner confirms it, and counts all the same."""
    if environment.notifications is None:
        return
    sns = session.client("sns")
    topics = _topics(environment, session)
    for severity, receivers in environment.notifications:
        if severity not in topics:
            yield f"there is no topic for {severity}"
            continue
        subscriptions = sns.list_subscriptions_by_topic(TopicArn=topics[severity])["Subscriptions"]
        found = {subscription["Endpoint"] for subscription in subscriptions}
        for missing in sorted({*receivers.emails, *receivers.https} - found):
            yield f"{missing} is not subscribed to {severity}"


def _topics(environment: Environment, session: boto3.Session) -> dict[str, str]:
    """ARN of each topic of the environment, by its severity."""
    arns = [topic["TopicArn"] for topic in session.client("sns").list_topics()["Topics"]]
    marker = f"-{environment.name}-"
    return {arn.rpartition("-")[2]: arn for arn in arns if marker in arn}


def _allows_alarms(policy: str, action: str) -> bool:
    statements: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return any(
        statement["Effect"] == "Allow"
        and statement["Principal"] == {"Service": _ALARMS}
        and action in statement["Action"]
        for statement in statements
    )
