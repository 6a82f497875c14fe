"""What the receivers of an environment's topics get while a release is rehearsed."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment

_QUEUE: Final = "acceptance-releases"
_MOST: Final = 10


class Mailbox:
    """A queue that subscribes to the topics."""

    def __init__(self, sqs: Any, url: str) -> None:  # noqa: ANN401 - boto3 has no types
        self._sqs, self._url = sqs, url
        self._texts: list[str] = []

    def texts(self) -> list[str]:
        """Every message so far."""
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=_MOST).get("Messages"):
            for message in messages:
                self._texts.append(str(json.loads(message["Body"])["Message"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return list(self._texts)

    def clear(self) -> None:
        """Forget them."""
        self.texts()
        self._texts.clear()


@contextmanager
def open_mailbox(environment: Environment, session: boto3.Session) -> Iterator[Mailbox]:
    """Subscribe to all topics of the environment, until the block ends."""
    sqs, sns = session.client("sqs"), session.client("sns")
    url = sqs.create_queue(QueueName=_QUEUE)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    subscriptions = [
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)["SubscriptionArn"]
        for topic in _topics(environment)
    ]
    try:
        yield Mailbox(sqs, url)
    finally:
        for subscription in subscriptions:
            sns.unsubscribe(SubscriptionArn=subscription)
        sqs.delete_queue(QueueUrl=url)


def _topics(environment: Environment) -> list[str]:
    if environment.notifications is None:
        return []
    start = f"arn:aws:sns:{environment.region}:{environment.account_id}:"
    return [
        start + environment.names.name(severity, limit=NameLimit.SNS_TOPIC)
        for severity, receivers in environment.notifications
        if receivers is not None
    ]
