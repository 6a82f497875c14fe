"""What a service needs to publish to a topic depends on what it sends of its source."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from emulator.registry import REGISTRY, Context
from emulator.services.sns.publishers import Publisher, obstacles

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms"
ALARM = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:cpu"
ALARMS = Publisher("cloudwatch.amazonaws.com", {"aws:sourceaccount": ACCOUNT, "aws:sourcearn": ALARM})
CALLER = Context("sns", "Publish", ACCOUNT, "us-east-1", REGISTRY.store)
SOURCE = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"AWS:SourceArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:*"},
}


@dataclass
class Topic:
    """What the check reads of a topic."""

    policy: str
    kms_master_key_id: str | None = None
    arn: str = TOPIC


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, service: str = ALARMS.service, **members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": "*", **members}


def key(client: Client, *statements: dict[str, Any]) -> str:
    owner = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
    return str(client("kms").create_key(Policy=policy(owner, *statements))["KeyMetadata"]["Arn"])


def test_a_service_that_sends_its_source_may_be_restricted_to_it(client: Client) -> None:
    use = allow(["kms:GenerateDataKey*", "kms:Decrypt"], Condition=SOURCE)
    topic = Topic(policy(allow("sns:Publish", Condition=SOURCE)), key(client, use))
    assert list(obstacles(topic, ALARMS, CALLER)) == []
    without_source = Publisher(ALARMS.service, {})
    assert list(obstacles(topic, without_source, CALLER)) == [
        f"the policy of {TOPIC} does not allow it sns:Publish",
        f"the key of {TOPIC} does not allow it kms:GenerateDataKey*",
        f"the key of {TOPIC} does not allow it kms:Decrypt",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        allow("sns:Subscribe"),
        allow("sns:Publish", service="events.amazonaws.com"),
        allow("sns:Publish", Effect="Deny"),
        allow("sns:Publish", Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}),
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sns:Publish", "Resource": "*"},
    ],
)
def test_a_topic_that_does_not_allow_it_is_an_obstacle(statement: dict[str, Any]) -> None:
    assert list(obstacles(Topic(policy(statement)), ALARMS, CALLER)) == [
        f"the policy of {TOPIC} does not allow it sns:Publish"
    ]


def test_everybody_and_every_action_include_it() -> None:
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "SNS:*", "Resource": "*"}
    assert list(obstacles(Topic(policy(everybody)), ALARMS, CALLER)) == []


def test_a_key_that_is_gone_is_an_obstacle(client: Client) -> None:
    use = allow(["kms:GenerateDataKey*", "kms:Decrypt"])
    topic = Topic(policy(allow("sns:Publish")), key(client, use))
    assert list(obstacles(topic, ALARMS, CALLER)) == []
    client("kms").disable_key(KeyId=str(topic.kms_master_key_id).rpartition("/")[2])
    assert list(obstacles(topic, ALARMS, CALLER)) == [f"the key of {TOPIC} cannot be used"]
