from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.raw import raw_answer

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def create(synthetics: Any, name: str) -> Any:
    return synthetics.create_canary(
        Name=name,
        Code={"Handler": "index.handler", "S3Bucket": "code", "S3Key": "zip"},
        ArtifactS3Location="s3://artifacts/canary",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/canary",
        Schedule={"Expression": "rate(5 minutes)"},
        RuntimeVersion="syn-nodejs-puppeteer-9.1",
        Tags={"a": "1"},
    )["Canary"]


def test_a_canary_has_numeric_timestamps_and_the_defaults_of_aws(client: Client) -> None:
    synthetics = client("synthetics")
    canary = create(synthetics, "defaults")

    timeline = raw_answer(synthetics, "get_canary", Name="defaults")["Canary"]["Timeline"]
    assert isinstance(timeline["Created"], int | float)
    assert isinstance(timeline["LastModified"], int | float)
    assert canary["RunConfig"] == {"TimeoutInSeconds": 840, "MemoryInMB": 1000, "ActiveTracing": False}
    assert canary["ArtifactS3Location"] == "artifacts/canary"


def test_a_canary_is_changed_started_stopped_tagged_and_deleted(client: Client) -> None:
    synthetics = client("synthetics")
    create(synthetics, "run")
    arn = "arn:aws:synthetics:us-east-1:123456789012:canary:run"
    synthetics.update_canary(Name="run", RunConfig={"TimeoutInSeconds": 60})
    synthetics.start_canary(Name="run")
    assert synthetics.get_canary(Name="run")["Canary"]["Status"]["State"] == "RUNNING"
    synthetics.stop_canary(Name="run")
    synthetics.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    synthetics.untag_resource(ResourceArn=arn, TagKeys=["a"])

    canary = synthetics.describe_canaries(Names=["run"])["Canaries"][0]
    assert (canary["RunConfig"]["TimeoutInSeconds"], canary["RunConfig"]["MemoryInMB"]) == (60, 1000)
    assert synthetics.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    synthetics.delete_canary(Name="run")
    with pytest.raises(ClientError, match="Canary not found with name run"):
        synthetics.get_canary(Name="run")
