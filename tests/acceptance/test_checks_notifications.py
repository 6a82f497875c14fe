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
        for region in ("us-east-1", "eu-west-1"):
            sns = made.client("sns", region_name=region)
            for topic in sns.list_topics()["Topics"]:
                sns.delete_topic(TopicArn=topic["TopicArn"])


@pytest.fixture
def dev(environments: dict[str, Environment]) -> Environment:
    return environments["dev"].model_copy(update={"account_id": ACCOUNT})


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def topic(
    session: EmulatedSession, environment: Environment, severity: str, *, key: str = "", region: str = "us-east-1"
) -> str:
    """A topic that alarms may publish to."""
    sns = session.client("sns", region_name=region)
    arn = str(sns.create_topic(Name=f"user-management-{environment.name}-{severity}")["TopicArn"])
    policy = document({**ALARMS, "Action": "sns:Publish", "Resource": arn})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    if key:
        sns.set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue=key)
    return arn


def missing(severity: str, *, region: str = "us-east-1") -> str:
    return f"there is no topic arn:aws:sns:{region}:{ACCOUNT}:user-management-dev-{severity}"


def key(session: EmulatedSession, *statements: dict[str, Any], region: str = "us-east-1") -> str:
    return str(
        session.client("kms", region_name=region).create_key(Policy=document(ROOT, *statements))["KeyMetadata"]["KeyId"]
    )


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
    warning = topic(session, dev, "warning", key=open_key)
    assert list(check_alarms_may_publish_to_each_topic_and_use_its_key(dev, session)) == []
    session.client("kms").disable_key(KeyId=open_key)
    assert list(check_alarms_may_publish_to_each_topic_and_use_its_key(dev, session)) == [
        f"the key of {arn} is Disabled",
        f"the key of {warning} is Disabled",
    ]


def test_a_key_that_does_not_allow_alarms_to_decrypt_is_found(session: EmulatedSession, dev: Environment) -> None:
    half_open = key(session, {**ALARMS, "Action": ["kms:GenerateDataKey*"], "Resource": "*"})
    arn = topic(session, dev, "critical", key=half_open)
    assert list(check_alarms_may_publish_to_each_topic_and_use_its_key(dev, session)) == [
        f"the key of {arn} does not allow CloudWatch to encrypt",
        missing("warning"),
    ]


def test_the_topics_of_every_region_are_checked(
    session: EmulatedSession, environments: dict[str, Environment], dev: Environment
) -> None:
    both = dev.model_copy(update={"region": "eu-west-1", "edge": environments["prod"].edge})
    assert both.notifications
    assert both.regions == ("eu-west-1", "us-east-1")
    open_key = key(session, {**ALARMS, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"]}, region="eu-west-1")
    for severity, receivers in (("critical", both.notifications.critical), ("warning", both.notifications.warning)):
        arn = topic(session, both, severity, key=open_key, region="eu-west-1")
        for email in receivers.emails:
            session.client("sns", region_name="eu-west-1").subscribe(TopicArn=arn, Protocol="email", Endpoint=email)
    problems = [missing("critical"), missing("warning")]
    assert list(check_alarms_may_publish_to_each_topic_and_use_its_key(both, session)) == problems
    assert list(check_every_receiver_is_subscribed(both, session)) == problems
    plain = topic(session, both, "critical")
    assert list(check_alarms_may_publish_to_each_topic_and_use_its_key(both, session)) == [
        f"{plain} is not encrypted",
        missing("warning"),
    ]
    (email,) = both.notifications.critical.emails
    assert f"{email} is not subscribed to {plain}" in list(check_every_receiver_is_subscribed(both, session))


def test_a_receiver_that_is_not_subscribed_and_a_topic_that_is_not_there_are_found(
    session: EmulatedSession, dev: Environment
) -> None:
    assert dev.notifications
    arn = topic(session, dev, "critical")
    (email,) = dev.notifications.critical.emails
    assert list(check_every_receiver_is_subscribed(dev, session)) == [
        f"{email} is not subscribed to {arn}",
        missing("warning"),
    ]
    session.client("sns").subscribe(TopicArn=arn, Protocol="email", Endpoint=email)
    assert list(check_every_receiver_is_subscribed(dev, session)) == [missing("warning")]
