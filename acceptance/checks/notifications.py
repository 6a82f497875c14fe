"""Topics that alarms can really publish to, with everyone subscribed who should be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment
    from config.notifications import NotificationsSettings, Receivers

_ALARMS: Final = "cloudwatch.amazonaws.com"
_QUEUE: Final = "acceptance-messages"


def check_alarms_may_publish_to_each_topic_and_use_its_key(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """A topic or a key that is closed to CloudWatch loses messages, and only the alarm's history says so."""
    for region in environment.regions:
        sns = session.client("sns", region_name=region)
        kms = session.client("kms", region_name=region)
        existing = _existing_topics(sns)
        for arn in _topics(environment, region).values():
            if arn in existing:
                yield from _closed_to_alarms(arn, sns, kms)
            else:
                yield f"there is no topic {arn}"


def check_every_event_message_arrives(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A rule, a topic or a key that is not open to EventBridge loses messages, and only a metric says so.

    A real account refuses events with a source of AWS's; the emulator takes them.
    """
    for region in environment.regions:
        events, sqs = session.client("events", region_name=region), session.client("sqs", region_name=region)
        queue = sqs.create_queue(QueueName=_QUEUE)["QueueUrl"]
        try:
            for rule in _rules(events, environment):
                topics = [
                    target["Arn"]
                    for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
                    if target["Arn"].split(":")[2] == "sns"
                ]
                for topic in topics:
                    yield from _lost_message(rule, topic, queue=queue, session=session, region=region)
        finally:
            sqs.delete_queue(QueueUrl=queue)


def _lost_message(
    rule: dict[str, Any], topic: str, *, queue: str, session: boto3.Session, region: str
) -> Iterator[str]:
    """Send an event that the rule matches, and look for its message in the queue."""
    sns, sqs = session.client("sns", region_name=region), session.client("sqs", region_name=region)
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    event = sample_event(json.loads(rule["EventPattern"]))
    session.client("events", region_name=region).put_events(
        Entries=[
            {
                "Source": event["source"],
                "DetailType": event["detail-type"],
                "Resources": event.get("resources", []),
                "Detail": json.dumps(event["detail"]),
            }
        ]
    )
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    texts = [json.loads(message["Body"])["Message"] for message in messages]
    if not any("What to do: " in text for text in texts):
        yield f"the message of {rule['Name']} does not arrive at {topic}"


def sample_event(pattern: Any) -> Any:  # noqa: ANN401 - JSON
    """An event that a pattern matches: of each value the first that it allows."""
    if isinstance(pattern, dict):
        event = {name: sample_event(value) for name, value in pattern.items()}
        if isinstance(event.get("resources"), str):
            event["resources"] = [event["resources"]]
        return event
    first = pattern[0]
    if not isinstance(first, dict):
        return first
    ((operator, value),) = first.items()
    return value[1] + 1 if operator == "numeric" else f"{value}sample"  # what starts with it, and anything but it


def _rules(events: Any, environment: Environment) -> list[dict[str, Any]]:  # noqa: ANN401 - boto3 has no types
    """The rules of the environment that wait for events."""
    pages = events.get_paginator("list_rules").paginate(NamePrefix=f"{environment.names.prefix}-")
    return [rule for page in pages for rule in page["Rules"] if rule.get("EventPattern")]


def _closed_to_alarms(arn: str, sns: Any, kms: Any) -> Iterator[str]:  # noqa: ANN401 - boto3 has no types
    """What keeps alarms from publishing to a topic."""
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    if not _allows_alarms(attributes["Policy"], "sns:Publish"):
        yield f"{arn} does not allow CloudWatch to publish"
    key = attributes.get("KmsMasterKeyId")
    if not key:
        yield f"{arn} is not encrypted"
        return
    state = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    if state != "Enabled":
        yield f"the key of {arn} is {state}"
    policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    if not all(_allows_alarms(policy, action) for action in ("kms:GenerateDataKey*", "kms:Decrypt")):
        yield f"the key of {arn} does not allow CloudWatch to encrypt"


def check_every_receiver_is_subscribed(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """An email stays pending until its owner confirms it, and counts all the same."""
    if environment.notifications is None:
        return
    for region in environment.regions:
        sns = session.client("sns", region_name=region)
        existing = _existing_topics(sns)
        topics = _topics(environment, region)
        for severity, receivers in _receivers(environment.notifications):
            arn = topics[severity]
            if arn not in existing:
                yield f"there is no topic {arn}"
                continue
            pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
            found = {subscription["Endpoint"] for page in pages for subscription in page["Subscriptions"]}
            for missing in sorted({*receivers.emails, *receivers.https} - found):
                yield f"{missing} is not subscribed to {arn}"


def _topics(environment: Environment, region: str) -> dict[str, str]:
    """ARN of each topic that the environment must have in a region, by its severity."""
    if environment.notifications is None:
        return {}
    start = f"arn:aws:sns:{region}:{environment.account_id}:"
    return {
        severity: start + environment.names.name(severity, limit=NameLimit.SNS_TOPIC)
        for severity, _ in _receivers(environment.notifications)
    }


def _receivers(notifications: NotificationsSettings) -> Iterator[tuple[str, Receivers]]:
    """Each severity that has receivers."""
    return ((severity, receivers) for severity, receivers in notifications if receivers is not None)


def _existing_topics(sns: Any) -> set[str]:  # noqa: ANN401 - boto3 has no types
    pages = sns.get_paginator("list_topics").paginate()
    return {topic["TopicArn"] for page in pages for topic in page["Topics"]}


def _allows_alarms(policy: str, action: str) -> bool:
    statements: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return any(
        statement["Effect"] == "Allow"
        and statement["Principal"] == {"Service": _ALARMS}
        and action in statement["Action"]
        for statement in statements
    )
