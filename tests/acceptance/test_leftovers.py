"""Leftovers, created on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acceptance.account import EmulatedSession
from acceptance.leftovers import leftovers
from emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def session(emulator: Emulator, account: str) -> EmulatedSession:
    return EmulatedSession(url=emulator.url, account_id=account, region="eu-west-1")


def test_what_was_not_deleted_is_reported_with_its_region(emulator: Emulator) -> None:
    logs = session(emulator, "900000000091").client("logs")
    logs.create_log_group(logGroupName="/forgotten")

    found = list(leftovers(emulator, "900000000091"))

    assert found
    assert all("in eu-west-1: " in one and '"logGroupName": "/forgotten"' in one for one in found)


def test_an_account_that_was_cleared_has_nothing_left(emulator: Emulator) -> None:
    logs = session(emulator, "900000000092").client("logs")
    logs.create_log_group(logGroupName="/cleared")
    logs.delete_log_group(logGroupName="/cleared")

    assert list(leftovers(emulator, "900000000092")) == []


def test_a_key_is_kept_only_while_its_deletion_is_pending(emulator: Emulator) -> None:
    kms = session(emulator, "900000000093").client("kms")
    deleted = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=deleted)
    assert list(leftovers(emulator, "900000000093")) == []

    kms.create_key(Description="Forgotten")
    (found,) = leftovers(emulator, "900000000093")
    assert found.startswith("kms:DescribeKey in eu-west-1: ")


def test_topics_subscriptions_alarms_and_rules_are_found_until_they_are_gone(emulator: Emulator) -> None:
    place = session(emulator, "900000000097")
    sns, cloudwatch, events = (place.client(service) for service in ("sns", "cloudwatch", "events"))
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="on-call@example.com")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="TRUE")
    events.put_rule(Name="findings", EventPattern='{"source": ["aws.guardduty"]}')
    events.put_targets(Rule="findings", Targets=[{"Id": "sns", "Arn": topic}])

    found = {one.split(" ", maxsplit=1)[0] for one in leftovers(emulator, "900000000097")}
    assert found == {"sns:ListTopics", "sns:ListSubscriptions", "cloudwatch:DescribeAlarms", "events:ListRules"}

    events.remove_targets(Rule="findings", Ids=["sns"])
    events.delete_rule(Name="findings")
    cloudwatch.delete_alarms(AlarmNames=["both"])
    sns.delete_topic(TopicArn=topic)
    assert list(leftovers(emulator, "900000000097")) == []
