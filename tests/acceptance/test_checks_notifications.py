"""The checks of the topics find what is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.account import EmulatedSession
from acceptance.checks.notifications import (
    check_alarms_may_publish_to_each_topic_and_use_its_key,
    check_every_receiver_is_subscribed,
)
from emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.environment import Environment

ACCOUNT = "900000000081"
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
ALARMS = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}}


@pytest.fixture
def session() -> Iterator[EmulatedSession]:
    with Emulator() as running:
        made = EmulatedSession(url=running.url, account_id=ACCOUNT, region="us-east-1")
        yield made
        for topic in made.client("sns").list_topics()["Topics"]:
            made.client("sns").delete_topic(TopicArn=topic["TopicArn"])


@pytest.fixture
def dev(environments: dict[str, Environment]) -> Environment:
    return environments["dev"].model_copy(update={"account_id": ACCOUNT})


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def topic(session: EmulatedSession, environment: Environment, severity: str, *, key: str = "") -> str:
    """A topic that alarms may publish to."""
    sns = session.client("sns")
    arn = str(sns.create_topic(Name=f"acme-{environment.name}-{severity}")["TopicArn"])
    policy = document({**ALARMS, "Action": "sns:Publish", "Resource": arn})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    if key:
        sns.set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue=key)
    return arn


def key(session: EmulatedSession, *statements: dict[str, Any]) -> str:
    return str(session.client("kms").create_key(Policy=document(ROOT, *statements))["KeyMetadata"]["KeyId"])


def test_a_topic_without_a_key_and_one_whose_key_is_closed_are_found(
    session: EmulatedSession, dev: Environment
) -> None:
    plain = topic(session, dev, "warning")
    closed = topic(session, dev, "critical", key=key(session))
    assert set(check_alarms_may_publish_to_each_topic_and_use_its_key(dev, session)) == {
        f"the key of {closed} does not allow CloudWatch to encrypt",
        f"{plain} is not encrypted",
    }


def test_a_key_that_is_disabled_is_found(session: EmulatedSession, dev: Environment) -> None:
    open_key = key(session, {**ALARMS, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*"})
    arn = topic(session, dev, "critical", key=open_key)
    assert list(check_alarms_may_publish_to_each_topic_and_use_its_key(dev, session)) == []
    session.client("kms").disable_key(KeyId=open_key)
    assert list(check_alarms_may_publish_to_each_topic_and_use_its_key(dev, session)) == [
        f"the key of {arn} is Disabled"
    ]


def test_a_receiver_that_is_not_subscribed_and_a_topic_that_is_not_there_are_found(
    session: EmulatedSession, dev: Environment
) -> None:
    assert dev.notifications
    arn = topic(session, dev, "critical")
    (email,) = dev.notifications.critical.emails
    assert list(check_every_receiver_is_subscribed(dev, session)) == [
        f"{email} is not subscribed to critical",
        "there is no topic for warning",
    ]
    session.client("sns").subscribe(TopicArn=arn, Protocol="email", Endpoint=email)
    assert list(check_every_receiver_is_subscribed(dev, session)) == ["there is no topic for warning"]
