from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_redrive_policy_comes_back_without_spaces(client: Client) -> None:
    sqs = client("sqs")
    failed = sqs.create_queue(QueueName="failed")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=failed, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    queue = sqs.create_queue(QueueName="work", Attributes={"RedrivePolicy": policy})["QueueUrl"]

    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert attributes["RedrivePolicy"] == policy.replace(" ", "")
    assert "RedrivePolicy" not in sqs.get_queue_attributes(QueueUrl=failed, AttributeNames=["All"])["Attributes"]
