"""What the roles of a pipeline and of its builds must be allowed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.emulator.pipelines.world import PIPELINE, zipped

if TYPE_CHECKING:
    from tests.emulator.pipelines.world import World


def test_a_role_without_the_right_and_an_unknown_variable_fail_their_action(world: World) -> None:
    world.project("build", "true")
    words = json.dumps([{"name": "WORD", "value": "#{nothing.WORD}", "type": "PLAINTEXT"}])
    world.create({"name": "Build", "actions": [world.build("build", EnvironmentVariables=words)]})
    world.confirm()
    failed = world.release()["pipelineExecutionId"]
    assert "one or more variables could not be resolved" in world.problem(failed, "build")
    world.allow("pipeline", "codeconnections:UseConnection", "s3:*")
    world.pipelines.update_pipeline(
        pipeline={
            **world.pipelines.get_pipeline(name=PIPELINE)["pipeline"],
            "stages": [
                {"name": "Source", "actions": [world.source()]},
                {"name": "Build", "actions": [world.build("build")]},
            ],
        }
    )
    failed = world.release()["pipelineExecutionId"]
    assert "is not authorized to perform: codebuild:StartBuild" in world.problem(failed, "build")
    world.allow("pipeline", "s3:*")
    failed = world.release()["pipelineExecutionId"]
    assert "is not authorized to perform: codeconnections:UseConnection" in world.problem(failed, "source")


def test_a_build_needs_the_rights_on_its_own_artifacts(world: World) -> None:
    world.project("build", "echo 1 > made", artifacts={"files": ["made"]})
    world.create({"name": "Build", "actions": [world.build("build", outputs=["application"])]})
    world.confirm()
    source, made = (f"arn:aws:s3:::{world.bucket}/{PIPELINE}/{folder}/*" for folder in ("source", "applicatio"))
    for on, refused in (((made,), "s3:GetObject on "), ((source,), "s3:PutObject on ")):
        world.allow("build", "s3:*", "logs:*", on=(*on, "arn:aws:logs:*"))
        problem = world.problem(world.release()["pipelineExecutionId"], "build")
        assert f"is not authorized to perform: {refused}" in problem
    world.allow("build", "s3:*", "logs:*", on=(source, made, "arn:aws:logs:*"))
    assert world.release()["status"] == "Succeeded"


def test_a_connection_stores_the_commit_with_an_access_control_list(world: World) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]})
    world.confirm()
    world.allow("pipeline", "codeconnections:UseConnection", "s3:GetObject", "s3:PutObject")
    failed = world.release()["pipelineExecutionId"]
    assert world.problem(failed, "source") == "[GitHub] Upload to S3 failed with the following error: Access Denied"


def test_the_boundary_of_a_role_limits_what_its_policies_allow(world: World) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]})
    world.confirm()
    world.bound("pipeline", "codeconnections:*", "s3:PutObject")
    failed = world.release()["pipelineExecutionId"]
    assert "Upload to S3 failed" in world.problem(failed, "source")
    world.of("iam").delete_role_permissions_boundary(RoleName="pipeline")
    world.push()
    assert world.token()


def test_a_bucket_of_another_account_must_admit_the_role_of_the_pipeline(world: World) -> None:
    owner = world.client("s3", account=f"8{world.account[1:]}")
    bucket = f"handed-over-{world.account}"
    owner.create_bucket(Bucket=bucket)
    owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    metadata = {"codepipeline-artifact-revision-summary": "release 1"}
    owner.put_object(Bucket=bucket, Key="release.zip", Body=zipped({"a": "1"}), Metadata=metadata)
    source = world.action(
        "source",
        "Source",
        "S3",
        outputs=["source"],
        S3Bucket=bucket,
        S3ObjectKey="release.zip",
        PollForSourceChanges="false",
    )
    world.create({"name": "Approval", "actions": [world.approval()]}, first=source)
    (first,) = world.executions()
    assert "its policy does not allow" in world.problem(first["pipelineExecutionId"], "source")
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{world.account}:root"},
        "Action": ["s3:GetBucketVersioning", "s3:GetObject*"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/other"}},
    }

    def start() -> str:
        owner.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        return str(world.pipelines.start_pipeline_execution(name=PIPELINE)["pipelineExecutionId"])

    assert world.ended(start())["status"] == "Failed"
    statement["Condition"] = {"ArnEquals": {"aws:PrincipalArn": world.role}}
    execution = start()
    world.answer("Approved", world.token())
    assert world.ended(execution)["artifactRevisions"][0]["revisionSummary"] == "release 1"
