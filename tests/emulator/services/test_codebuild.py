from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

PROJECT: dict[str, Any] = {
    "source": {"type": "CODEPIPELINE", "buildspec": "version: 0.2"},
    "artifacts": {"type": "CODEPIPELINE"},
    "environment": {"type": "ARM_CONTAINER", "image": "al2023", "computeType": "BUILD_GENERAL1_SMALL"},
    "serviceRole": "arn:aws:iam::123456789012:role/build",
}


def test_a_project_of_a_pipeline_is_created_with_its_settings(client: Client) -> None:
    builds = client("codebuild")
    builds.create_project(name="pipeline", encryptionKey="alias/aws/s3", timeoutInMinutes=30, **PROJECT)
    builds.update_project(name="pipeline", timeoutInMinutes=45)

    project = builds.batch_get_projects(names=["pipeline"])["projects"][0]
    assert project["encryptionKey"] == "alias/aws/s3"
    assert (project["timeoutInMinutes"], project["queuedTimeoutInMinutes"]) == (45, 480)
    with pytest.raises(ClientError, match="Project cannot be found"):
        builds.update_project(name="none")


def test_a_source_of_another_kind_still_needs_a_location(client: Client) -> None:
    with pytest.raises(ClientError, match="Project source location is required"):
        client("codebuild").create_project(name="github", **{**PROJECT, "source": {"type": "GITHUB"}})


def test_a_report_group_is_stored_changed_and_deleted(client: Client) -> None:
    builds = client("codebuild")
    group = {"name": "tests", "type": "TEST", "exportConfig": {"exportConfigType": "NO_EXPORT"}}
    arn = builds.create_report_group(**group)["reportGroup"]["arn"]
    with pytest.raises(ClientError, match="already exists"):
        builds.create_report_group(**group)
    builds.update_report_group(arn=arn, tags=[{"key": "a", "value": "1"}])

    found = builds.batch_get_report_groups(reportGroupArns=[arn, "arn:none"])
    assert found["reportGroups"][0]["tags"] == [{"key": "a", "value": "1"}]
    assert found["reportGroupsNotFound"] == ["arn:none"]
    builds.delete_report_group(arn=arn)
    assert builds.batch_get_report_groups(reportGroupArns=[arn])["reportGroups"] == []
