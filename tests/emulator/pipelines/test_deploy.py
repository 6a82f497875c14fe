"""A pipeline that deploys to ECS by CodeDeploy."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest

from emulator.releases.answers import STATUSES
from emulator.releases.task_sets import SICK_IMAGES
from tests.emulator.pipelines.world import PIPELINE, World, hurry
from tests.emulator.releases import APP, CONTAINER, PORT, Platform, appspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator
    from tests.emulator.conftest import Client

TASK = {
    "family": "web",
    "networkMode": "awsvpc",
    "containerDefinitions": [
        {"name": CONTAINER, "image": "<IMAGE1_NAME>", "memory": 128, "portMappings": [{"containerPort": PORT}]}
    ],
}


def release(image: str) -> dict[str, str]:
    return {
        "taskdef.json": json.dumps(TASK),
        "appspec.yaml": appspec("<TASK_DEFINITION>"),
        "imageDetail.json": json.dumps({"ImageURI": image}),
    }


@pytest.fixture
def platform(client: Client) -> Iterator[Platform]:
    hurry()
    found = Platform(client)
    found.make_group()
    yield found
    SICK_IMAGES.clear()
    STATUSES.clear()


@pytest.fixture
def world(emulator: Emulator, client: Client, platform: Platform) -> World:
    world = World(emulator, client, account=platform.account)
    deploy = world.action(
        "deploy",
        "Deploy",
        "CodeDeployToECS",
        inputs=["source"],
        ApplicationName=APP,
        DeploymentGroupName="web",
        TaskDefinitionTemplateArtifact="source",
        AppSpecTemplateArtifact="source",
        Image1ArtifactName="source",
        Image1ContainerName="IMAGE1_NAME",
    )
    rules = [
        {
            "name": "alarm",
            "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "CloudWatchAlarm", "version": "1"},
            "configuration": {"AlarmName": "errors", "AlarmStates": "ALARM", "WaitTime": "10"},
        }
    ]
    world.of("cloudwatch").put_metric_alarm(
        AlarmName="errors", MetricName="m", Namespace="n", Period=60, EvaluationPeriods=1, Statistic="Sum",
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    world.create(
        {
            "name": "Deploy",
            "actions": [deploy],
            "beforeEntry": {"conditions": [{"result": "FAIL", "rules": rules}]},
            "onFailure": {"result": "ROLLBACK"},
        }
    )
    world.confirm()
    return world


def images(platform: Platform) -> list[str]:
    definition = platform.service()["taskDefinition"]
    found = platform.ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    return [one["image"] for one in found["containerDefinitions"]]


def test_a_release_is_deployed_with_its_image_and_one_that_fails_goes_back(world: World, platform: Platform) -> None:
    done = world.release(files=release("web:2"))
    assert done["status"] == "Succeeded", world.stages()
    assert images(platform) == ["web:2"]
    SICK_IMAGES.add("web:3")
    failed = world.release(files=release("web:3"))
    assert failed["status"] == "Failed"
    problem = world.problem(failed["pipelineExecutionId"], "deploy")
    assert "ended as Failed: HEALTH_CONSTRAINTS" in problem
    world.wait()
    back = world.executions()[0]
    assert (back["executionType"], back["status"]) == ("ROLLBACK", "Succeeded"), world.stages()
    assert images(platform) == ["web:2"]


def test_a_red_alarm_keeps_a_release_out_until_it_ends_or_for_so_many_minutes(world: World) -> None:
    alarms = world.of("cloudwatch")
    alarms.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
    failed = world.release(files=release("web:2"))
    assert failed["status"] == "Failed"
    condition = world.stages()["Deploy"]["beforeEntryConditionState"]
    assert condition["latestExecution"] == {
        "status": "Failed",
        "summary": "The alarm errors is in one of the states ALARM",
    }
    assert "deploy" not in world.actions(failed["pipelineExecutionId"])
    alarms.set_alarm_state(AlarmName="errors", StateValue="OK", StateReason="test")
    assert world.release(files=release("web:2"))["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("appspec.yaml", None, "read the appspec artifact file from: source: appspec.yaml is missing"),
        ("imageDetail.json", "[]", "read the image artifact file imageDetail.json from: source"),
        ("taskdef.json", "{}", "does not contain the placeholder <IMAGE1_NAME>"),
        ("taskdef.json", '{"family": "<IMAGE1_NAME>"', "It is not valid JSON"),
        ("taskdef.json", '{"family": "<IMAGE1_NAME>"}', "Missing required parameter"),
        ("appspec.yaml", "version: 0.0", "does not contain the placeholder <TASK_DEFINITION>"),
    ],
)
def test_a_file_that_is_missing_or_wrong_fails_the_action(world: World, file: str, text: str | None, says: str) -> None:
    files = {name: content for name, content in {**release("web:2"), file: text}.items() if content is not None}
    failed = world.release(files=files)
    assert says in world.problem(failed["pipelineExecutionId"], "deploy")


def test_an_artifact_of_more_than_three_megabytes_is_refused(world: World) -> None:
    files = release("web:2") | {"sbom.json": secrets.token_hex(4_000_000)}
    failed = world.release(files=files)
    assert "It is larger than 3 MB" in world.problem(failed["pipelineExecutionId"], "deploy")


def test_events_name_the_release_and_reach_the_rules_of_the_account(world: World) -> None:
    queue = world.of("sqs").create_queue(QueueName="events")["QueueUrl"]
    arn = world.of("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    world.of("events").put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.codepipeline"]}))
    world.of("events").put_targets(Rule="all", Targets=[{"Id": "queue", "Arn": arn}])
    done = world.release(files=release("web:2"))
    found = []
    while messages := world.of("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            world.of("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert {one["detail"]["execution-id"] for one in found} == {done["pipelineExecutionId"]}
    assert {one["detail"]["pipeline"] for one in found} == {PIPELINE}
    whole = [one["detail"] for one in found if one["detail-type"] == "CodePipeline Pipeline Execution State Change"]
    assert {one["state"] for one in whole} == {"STARTED", "SUCCEEDED"}
    assert whole[0]["execution-trigger"]["trigger-type"] == "Webhook"
    actions = {
        (one["detail"]["action"], one["detail"]["state"])
        for one in found
        if one["detail-type"] == "CodePipeline Action Execution State Change"
    }
    assert actions == {(name, state) for name in ("source", "deploy") for state in ("STARTED", "SUCCEEDED")}
