"""What a source leaves of its files, and a start of a pipeline that names another object than its source."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.pipelines.world import PIPELINE, zipped

if TYPE_CHECKING:
    from tests.emulator.pipelines.world import World


def created(world: World, **configuration: Any) -> str:
    """A pipeline with an object as its source; return the key of an older one."""
    bucket = f"releases-{world.account}"
    s3 = world.of("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key, text in (("release.zip", "newest"), ("1.zip", "older")):
        s3.put_object(Bucket=bucket, Key=key, Body=zipped({"a": text}))
    source = world.action(
        "source", "Source", "S3", outputs=["source"], S3Bucket=bucket, S3ObjectKey="release.zip", **configuration
    )
    world.project("use", 'test "$(cat a)" = older')
    world.create({"name": "Use", "actions": [world.build("use")]}, first=source)
    world.wait()
    return "1.zip"


def start(world: World, key: str) -> str:
    started = world.pipelines.start_pipeline_execution(
        name=PIPELINE,
        sourceRevisions=[{"actionName": "source", "revisionType": "S3_OBJECT_KEY", "revisionValue": key}],
    )
    return str(started["pipelineExecutionId"])


def test_a_run_takes_the_object_that_its_start_names(world: World) -> None:
    key = created(world, AllowOverrideForS3ObjectKey="true")
    assert world.executions()[0]["status"] == "Failed"  # of the newest object
    assert world.ended(start(world, key))["status"] == "Succeeded"


def test_another_object_is_refused_unless_the_action_allows_it(world: World) -> None:
    key = created(world)
    with pytest.raises(ClientError, match="AllowOverrideForS3ObjectKey must be true"):
        start(world, key)


def test_a_commit_loses_which_files_can_be_executed(world: World) -> None:
    world.project("use", 'test "$(cat tool)" = text', "test ! -x tool")
    world.create({"name": "Use", "actions": [world.build("use")]})
    world.confirm()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("tool")
        entry.external_attr = 0o100755 << 16
        archive.writestr(entry, "text")
    assert world.release(files=buffer.getvalue())["status"] == "Succeeded"
