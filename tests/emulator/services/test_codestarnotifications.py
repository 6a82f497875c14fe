from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_notification_rule_is_returned_in_the_format_of_a_response(client: Client) -> None:
    notifications = client("codestar-notifications")
    arn = notifications.create_notification_rule(
        Name="failed",
        EventTypeIds=["codepipeline-pipeline-pipeline-execution-failed"],
        Resource="arn:aws:codepipeline:us-east-1:123456789012:app",
        Targets=[{"TargetType": "SNS", "TargetAddress": "arn:aws:sns:us-east-1:123456789012:alerts"}],
        DetailType="BASIC",
        Tags={"a": "1"},
    )["Arn"]
    notifications.update_notification_rule(Arn=arn, DetailType="FULL")

    rule = notifications.describe_notification_rule(Arn=arn)
    assert rule["DetailType"] == "FULL"
    assert rule["EventTypes"][0]["EventTypeId"].endswith("execution-failed")
    assert rule["Targets"][0]["TargetStatus"] == "ACTIVE"
    assert rule["Tags"] == {"a": "1"}
    notifications.delete_target(TargetAddress="arn:aws:sns:us-east-1:123456789012:alerts")
    notifications.delete_notification_rule(Arn=arn)
    with pytest.raises(ClientError, match="not found"):
        notifications.describe_notification_rule(Arn=arn)


def test_a_second_rule_of_the_same_name_is_refused(client: Client) -> None:
    notifications = client("codestar-notifications")
    rule = {
        "Name": "twice",
        "EventTypeIds": ["codebuild-project-build-state-failed"],
        "Resource": "arn:aws:codebuild:us-east-1:123456789012:project/app",
        "Targets": [],
        "DetailType": "BASIC",
    }
    notifications.create_notification_rule(**rule)

    with pytest.raises(ClientError, match="name twice already exists"):
        notifications.create_notification_rule(**rule)
