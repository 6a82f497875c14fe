from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from emulator.builds.build import BUILDS
from emulator.pipelines.execution import EXECUTIONS
from emulator.pipelines.polling import POLLER
from emulator.registry import REGISTRY
from emulator.releases.clock import CLOCK
from tests.emulator.pipelines.world import PIPELINE, hurry, zipped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator.pipelines.world import World


def test_a_pipeline_runs_once_when_it_is_created_and_fails_until_its_connection_is_confirmed(
    world: World,
) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]})
    (first,) = world.executions()
    assert (first["status"], first["trigger"]["triggerType"]) == ("Failed", "CreatePipeline")
    assert "must be AVAILABLE: confirm it" in world.problem(first["pipelineExecutionId"], "source")
    assert world.push() == []
    world.confirm()
    assert len(world.push()) == 1


def test_a_push_runs_a_build_with_the_files_of_the_commit_and_hands_its_artifact_on(world: World) -> None:
    made = {"artifacts": {"files": ["made"]}, "env": {"shell": "bash", "exported-variables": ["SHOUT"]}}
    world.project("make", 'cp a made; echo "$WORD at $CODEBUILD_RESOLVED_SOURCE_VERSION"', "export SHOUT=HEY", **made)
    world.project(
        "use", 'test "$(cat made)" = hello; test "$SHOUT" = "say HEY"', 'test -f "$CODEBUILD_SRC_DIR_source/a"'
    )
    words = json.dumps([{"name": "WORD", "value": "#{variables.WORD}", "type": "PLAINTEXT"}])
    shout = json.dumps([{"name": "SHOUT", "value": "say #{made.SHOUT}", "type": "PLAINTEXT"}])
    first = {**world.build("make", outputs=["made"], EnvironmentVariables=words), "namespace": "made"}
    second = world.build("use", inputs=["made", "source"], order=2, EnvironmentVariables=shout, PrimarySource="made")
    world.create({"name": "Build", "actions": [first, second]}, variables=[{"name": "WORD", "defaultValue": "default"}])
    world.confirm()
    done = world.release(files={"a": "hello"})
    assert done["status"] == "Succeeded", world.stages()
    (revision,) = done["artifactRevisions"]
    builds = world.of("codebuild")
    (build,) = builds.batch_get_builds(ids=builds.list_builds_for_project(projectName="make")["ids"])["builds"]
    assert build["initiator"] == f"codepipeline/{PIPELINE}"
    log = world.of("logs").get_log_events(
        logGroupName=build["logs"]["groupName"], logStreamName=build["logs"]["streamName"]
    )["events"]
    assert f"default at {revision['revisionId']}" in [one["message"] for one in log]
    artifact = world.actions(done["pipelineExecutionId"])["make"]["output"]["outputArtifacts"][0]["s3location"]
    kept = world.of("s3").head_object(Bucket=artifact["bucket"], Key=artifact["key"])
    assert (kept["ServerSideEncryption"], kept["SSEKMSKeyId"]) == ("aws:kms", world.key)


def test_a_failed_build_fails_the_execution_and_a_retry_repeats_only_what_failed(world: World) -> None:
    world.project("good", "true")
    world.project("bad", "echo broken; exit 3")
    world.create({"name": "Build", "actions": [world.build("good"), world.build("bad")]})
    world.confirm()
    failed = world.release()
    assert failed["status"] == "Failed"
    execution = failed["pipelineExecutionId"]
    assert "Build terminated with state: FAILED. Phase: BUILD" in world.problem(execution, "bad")
    world.of("codebuild").update_project(
        name="bad",
        source={"type": "CODEPIPELINE", "buildspec": '{"version": 0.2, "phases": {"build": {"commands": ["true"]}}}'},
    )
    again = {"pipelineName": PIPELINE, "stageName": "Build", "pipelineExecutionId": execution}
    world.pipelines.retry_stage_execution(**again, retryMode="FAILED_ACTIONS")
    assert world.ended(execution)["status"] == "Succeeded"
    assert len(world.of("codebuild").list_builds_for_project(projectName="good")["ids"]) == 1
    with pytest.raises(ClientError, match="it has not failed"):
        world.pipelines.retry_stage_execution(**again, retryMode="ALL_ACTIONS")


def test_an_approval_waits_for_its_token(world: World) -> None:
    hurry()
    topic = world.of("sns").create_topic(Name="approvals")["TopicArn"]
    approval = world.approval()
    approval["configuration"] = {"NotificationArn": topic, "CustomData": "look"}
    world.create({"name": "Approval", "actions": [approval]})
    world.confirm()
    (started,) = world.push()
    token = world.token()
    with pytest.raises(ClientError, match="already been approved or rejected"):
        world.answer("Approved", "1" * 36)
    world.answer("Approved", token)
    assert world.ended(started["id"])["status"] == "Succeeded"
    (started,) = world.push()
    world.answer("Rejected", world.token())
    assert world.ended(started["id"])["status"] == "Failed"
    assert world.problem(started["id"], "approval") == "seen"


def test_an_approval_without_an_answer_expires(world: World) -> None:
    hurry()
    world.create({"name": "Approval", "actions": [{**world.approval(), "timeoutInMinutes": 5}]})
    world.confirm()
    done = world.release()
    assert world.problem(done["pipelineExecutionId"], "approval") == "The manual approval has expired"


def test_a_stage_that_fails_goes_back_to_the_last_release_that_got_through(world: World) -> None:
    world.project("deploy", 'test "$(cat a)" != bad')
    stage = {"name": "Deploy", "actions": [world.build("deploy")], "onFailure": {"result": "ROLLBACK"}}
    world.create(stage, {"name": "After", "actions": [world.approval()]})
    world.confirm()
    (good,) = world.push({"a": "good"})
    world.answer("Approved", world.token("After"), "After")
    assert world.ended(good["id"])["status"] == "Succeeded"
    bad = world.release(files={"a": "bad"})
    assert bad["status"] == "Failed"
    world.wait()
    back = world.executions()[0]
    assert (back["executionType"], back["status"]) == ("ROLLBACK", "Succeeded")
    assert back["rollbackMetadata"] == {"rollbackTargetPipelineExecutionId": good["id"]}
    assert back["trigger"]["triggerType"] == "AutomatedRollback"
    assert set(world.actions(back["pipelineExecutionId"])) == {"deploy"}
    again = {"pipelineName": PIPELINE, "stageName": "Deploy"}
    manual = world.pipelines.rollback_stage(**again, targetPipelineExecutionId=good["id"])["pipelineExecutionId"]
    assert world.ended(manual)["status"] == "Succeeded"
    with pytest.raises(ClientError, match="must not be a rollback itself"):
        world.pipelines.rollback_stage(**again, targetPipelineExecutionId=manual)


def test_an_execution_is_stopped_at_once_or_when_its_actions_have_ended(world: World) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]})
    world.confirm()
    (one,) = world.push()
    token = world.token()
    named = {"pipelineName": PIPELINE, "pipelineExecutionId": one["id"]}
    world.pipelines.stop_pipeline_execution(**named)
    assert world.pipelines.get_pipeline_execution(**named)["pipelineExecution"]["status"] == "Stopping"
    with pytest.raises(ClientError, match="already stopping"):
        world.pipelines.stop_pipeline_execution(**named)
    world.answer("Approved", token)
    assert world.ended(one["id"])["status"] == "Stopped"
    (two,) = world.push()
    world.token()
    world.pipelines.stop_pipeline_execution(pipelineName=PIPELINE, pipelineExecutionId=two["id"], abandon=True)
    assert world.ended(two["id"])["status"] == "Stopped"
    assert world.actions(two["id"])["approval"]["status"] == "Abandoned"


def test_nothing_enters_a_stage_whose_transition_is_disabled(world: World) -> None:
    world.project("build", "true")
    world.create({"name": "Build", "actions": [world.build("build")]})
    world.confirm()
    gate = {"pipelineName": PIPELINE, "stageName": "Build", "transitionType": "Inbound"}
    world.pipelines.disable_stage_transition(**gate, reason="closed")
    (started,) = world.push()
    world.until(lambda: world.stages()["Build"]["inboundExecutions"] or None)
    assert world.stages()["Build"]["inboundTransitionState"]["disabledReason"] == "closed"
    world.pipelines.enable_stage_transition(**gate)
    assert world.ended(started["id"])["status"] == "Succeeded"


def test_another_commit_and_values_of_variables_are_for_one_execution(world: World) -> None:
    world.create(
        {"name": "Approval", "actions": [world.approval()]}, variables=[{"name": "REBUILD", "defaultValue": "false"}]
    )
    world.confirm()
    world.push({"a": "1"})
    world.answer("Approved", world.token())
    world.wait()
    (old,) = world.ended(world.executions()[0]["pipelineExecutionId"])["artifactRevisions"]
    world.push({"a": "2"})
    world.answer("Approved", world.token())
    world.wait()
    started = world.pipelines.start_pipeline_execution(
        name=PIPELINE,
        variables=[{"name": "REBUILD", "value": "true"}],
        sourceRevisions=[{"actionName": "source", "revisionType": "COMMIT_ID", "revisionValue": old["revisionId"]}],
    )["pipelineExecutionId"]
    world.answer("Approved", world.token())
    done = world.ended(started)
    assert done["variables"] == [{"name": "REBUILD", "resolvedValue": "true"}]
    assert done["artifactRevisions"][0]["revisionId"] == old["revisionId"]
    with pytest.raises(ClientError, match="Variable NOTHING is not declared"):
        world.pipelines.start_pipeline_execution(name=PIPELINE, variables=[{"name": "NOTHING", "value": "1"}])


def test_a_stage_waits_for_its_window(world: World) -> None:
    hurry()
    CLOCK.moment = dt.datetime(2026, 11, 28, 10, tzinfo=dt.UTC)  # a Saturday
    world.project("build", "true")
    rule = {
        "name": "freeze",
        "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "DeploymentWindow", "version": "1"},
        "configuration": {"Cron": "* * 8-15 ? * MON,TUE,WED,THU,FRI", "TimeZone": "America/New_York"},
        "timeoutInMinutes": 10080,
    }
    conditions = [{"result": "FAIL", "rules": [rule]}]
    world.create({"name": "Build", "actions": [world.build("build")], "beforeEntry": {"conditions": conditions}})
    world.confirm()
    (started,) = world.push()
    state = world.until(lambda: world.stages()["Build"].get("beforeEntryConditionState"))
    assert state["conditionStates"][0]["ruleStates"] == [
        {"ruleName": "freeze", "latestExecution": {"status": "InProgress"}}
    ]
    assert "build" not in world.actions(started["id"])
    CLOCK.moment = dt.datetime(2026, 11, 30, 13, 30, tzinfo=dt.UTC)  # 8:30 on a Monday in New York
    assert world.ended(started["id"])["status"] == "Succeeded"


def test_a_rule_that_the_emulator_does_not_have_fails_the_stage(world: World) -> None:
    rule = {
        "name": "own",
        "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "LambdaInvoke", "version": "1"},
    }
    conditions = [{"result": "FAIL", "rules": [rule]}]
    world.create({"name": "Ask", "actions": [world.approval()], "beforeEntry": {"conditions": conditions}})
    world.confirm()
    assert world.release()["status"] == "Failed"
    condition = world.stages()["Ask"]["beforeEntryConditionState"]["latestExecution"]
    assert condition["summary"].startswith("The emulator has no rule LambdaInvoke; it has CloudWatchAlarm")


def test_a_stage_that_repeats_on_failure_runs_once_more(world: World, tmp_path: Path) -> None:
    file = tmp_path / "tried"
    world.project("flaky", f'if test -f "{file}"; then rm "{file}"; else touch "{file}"; exit 1; fi')
    failure = {"result": "RETRY", "retryConfiguration": {"retryMode": "FAILED_ACTIONS"}}
    world.create({"name": "Build", "actions": [world.build("flaky")], "onFailure": failure})
    world.confirm()
    assert world.release()["status"] == "Succeeded"
    assert len(world.of("codebuild").list_builds_for_project(projectName="flaky")["ids"]) == 2


def test_a_reset_ends_what_runs(world: World) -> None:
    world.project("endless", "sleep 600")
    world.create({"name": "Build", "actions": [world.build("endless")]})
    world.confirm()
    (started,) = world.push()
    builds = world.of("codebuild")
    world.until(lambda: builds.list_builds_for_project(projectName="endless")["ids"] or None)
    with REGISTRY.lock:
        (build,) = REGISTRY.store.table(BUILDS, world.account, "us-east-1").values()
        execution = REGISTRY.store.table(EXECUTIONS, world.account, "us-east-1")[started["id"]]
    world.reset()
    assert build.ended.wait(20)
    assert execution.is_reset
    with pytest.raises(ClientError, match="does not have a pipeline"):
        world.executions()


def test_a_new_version_of_an_object_starts_a_pipeline_that_asks_for_it(world: World) -> None:
    hurry()
    bucket = f"releases-{world.account}"
    s3 = world.of("s3")
    s3.create_bucket(Bucket=bucket)
    source = world.action("source", "Source", "S3", outputs=["source"], S3Bucket=bucket, S3ObjectKey="release.zip")
    world.create({"name": "Approval", "actions": [world.approval()]}, first=source)
    (first,) = world.executions()
    assert "is not versioned" in world.problem(first["pipelineExecutionId"], "source")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="release.zip", Body=zipped({"a": "1"}))["VersionId"]
    world.answer("Approved", world.token())
    world.wait()
    done = world.executions()[0]
    assert (done["trigger"]["triggerType"], done["status"]) == ("PollForSourceChanges", "Succeeded")
    assert done["sourceRevisions"][0]["revisionId"] == version


def test_a_version_that_a_run_is_about_to_take_starts_no_other_one(world: World) -> None:
    """As after the creation of a pipeline whose object is there already."""
    bucket = f"ready-{world.account}"
    s3 = world.of("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="release.zip", Body=zipped({"a": "1"}))
    source = world.action("source", "Source", "S3", outputs=["source"], S3Bucket=bucket, S3ObjectKey="release.zip")
    world.project("quick", "true")
    world.create({"name": "Build", "actions": [world.build("quick")]}, first=source)
    # It is about to take the version; it has taken it; it has failed before it did.
    for status, is_taken, count in (("InProgress", False, 1), ("Succeeded", True, 1), ("Failed", False, 2)):
        with REGISTRY.lock:
            (execution,) = REGISTRY.store.table(EXECUTIONS, world.account, "us-east-1").values()
            before = execution.status, execution.artifacts
            execution.status = status
            execution.artifacts = execution.artifacts if is_taken else {}
            POLLER.forget()
            POLLER.ask()
            execution.status, execution.artifacts = before
        assert len(world.executions()) == count
    world.wait()
