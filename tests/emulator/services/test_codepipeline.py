"""CodePipeline: the structure of a pipeline is what AWS accepts."""

from __future__ import annotations

import copy
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.raw import raw_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator.conftest import Client

Shape = dict[str, Any]


def action(name: str, category: str, provider: str, **members: Any) -> Shape:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": kind, **members}


def artifacts(*names: str) -> list[Shape]:
    return [{"name": name} for name in names]


PIPELINE: Shape = {
    "name": "app",
    "pipelineType": "V2",
    "executionMode": "QUEUED",
    "artifactStore": {"type": "S3", "location": "artifacts"},
    "stages": [
        {
            "name": "Source",
            "actions": [
                action("source", "Source", "CodeStarSourceConnection", outputArtifacts=artifacts("source")),
            ],
        },
        {
            "name": "Build",
            "actions": [
                action(
                    "build",
                    "Build",
                    "CodeBuild",
                    inputArtifacts=artifacts("source"),
                    outputArtifacts=artifacts("built"),
                    configuration={"ProjectName": "build"},
                ),
            ],
        },
        {
            "name": "Deploy",
            "actions": [action("deploy", "Deploy", "CodeDeployToECS", inputArtifacts=artifacts("built"))],
            "onFailure": {"result": "ROLLBACK"},
        },
    ],
    "triggers": [
        {
            "providerType": "CodeStarSourceConnection",
            "gitConfiguration": {"sourceActionName": "source", "push": [{"branches": {"includes": ["main"]}}]},
        }
    ],
    "variables": [{"name": "REBUILD", "defaultValue": "false"}],
}


def create(client: Client, pipeline: Shape) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}}]}
    role = client("iam").create_role(RoleName=f"pipeline-{uuid.uuid4()}", AssumeRolePolicyDocument=json.dumps(trust))[
        "Role"
    ]
    client("codepipeline").create_pipeline(pipeline={**pipeline, "roleArn": role["Arn"]})


def test_a_pipelines_timestamps_are_numbers(client: Client) -> None:
    create(client, PIPELINE)
    metadata = raw_answer(client("codepipeline"), "get_pipeline", name="app")["metadata"]
    assert isinstance(metadata["created"], int | float)
    assert isinstance(metadata["updated"], int | float)


def _v1(pipeline: Shape) -> None:
    pipeline["pipelineType"] = "V1"


def _build_first(pipeline: Shape) -> None:
    pipeline["stages"] = pipeline["stages"][1:]


def _source_later(pipeline: Shape) -> None:
    pipeline["stages"][2]["actions"].append(action("again", "Source", "S3"))


def _same_stage(pipeline: Shape) -> None:
    pipeline["stages"][2]["name"] = "Build"


def _same_action(pipeline: Shape) -> None:
    pipeline["stages"][2]["actions"].append(action("deploy", "Deploy", "ECS"))


def _unknown_artifact(pipeline: Shape) -> None:
    pipeline["stages"][2]["actions"][0]["inputArtifacts"] = artifacts("other")


def _artifact_side_by_side(pipeline: Shape) -> None:
    pipeline["stages"][1]["actions"].append(
        action("test", "Test", "CodeBuild", inputArtifacts=artifacts("built"), configuration={})
    )


def _artifact_twice(pipeline: Shape) -> None:
    pipeline["stages"][2]["actions"][0]["outputArtifacts"] = artifacts("source")


def _many_artifacts(pipeline: Shape) -> None:
    pipeline["stages"][1]["actions"][0]["outputArtifacts"] = artifacts("built", *"abcde")


def _no_primary(pipeline: Shape) -> None:
    pipeline["stages"][2]["actions"] = [
        action("test", "Test", "CodeBuild", inputArtifacts=artifacts("source", "built"), configuration={})
    ]


def _timeout(pipeline: Shape) -> None:
    pipeline["stages"][2]["actions"][0]["timeoutInMinutes"] = 10


def _parallel(pipeline: Shape) -> None:
    pipeline["executionMode"] = "PARALLEL"


def _rolls_source_back(pipeline: Shape) -> None:
    pipeline["stages"][0]["onFailure"] = {"result": "ROLLBACK"}


def _rule(number: int) -> Shape:
    kind = {"category": "Rule", "owner": "AWS", "provider": "CloudWatchAlarm", "version": "1"}
    return {"name": f"alarm-{number}", "ruleTypeId": kind}


def _rules(pipeline: Shape) -> None:
    pipeline["stages"][2]["beforeEntry"] = {
        "conditions": [{"result": "FAIL", "rules": [_rule(number) for number in range(6)]}]
    }


def _entry_rollback(pipeline: Shape) -> None:
    pipeline["stages"][2]["beforeEntry"] = {"conditions": [{"result": "ROLLBACK", "rules": [_rule(1)]}]}


def _tags_and_branches(pipeline: Shape) -> None:
    pipeline["triggers"][0]["gitConfiguration"]["push"][0]["tags"] = {"includes": ["v*"]}


def _unknown_source(pipeline: Shape) -> None:
    pipeline["triggers"][0]["gitConfiguration"]["sourceActionName"] = "build"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_v1, "Pipeline type V1 does not support triggers"),
        (_build_first, "Pipeline should start with a stage that only contains source actions"),
        (_source_later, "Source action type is only allowed in the first stage"),
        (_same_stage, "Stage name must be unique within the pipeline. Build has been used"),
        (_same_action, "Action name must be unique within stage Deploy. deploy has been used"),
        (_unknown_artifact, "Input Artifact Bundle other in action deploy is not declared"),
        (_artifact_side_by_side, "Input Artifact Bundle built in action test is not declared"),
        (_artifact_twice, "Output Artifact Bundle name must be unique within the pipeline. source has been used"),
        (_many_artifacts, "Action build has more than 5 outputArtifacts"),
        (_no_primary, "action 'test' is missing required configuration 'PrimarySource'"),
        (_timeout, "Action deploy of category Deploy does not support timeoutInMinutes"),
        (_parallel, "Rollback in stage Deploy is not supported in execution mode PARALLEL"),
        (_rolls_source_back, "Rollback is not supported in the source stage Source"),
        (_rules, "Condition beforeEntry in stage Deploy has more than 5 rules"),
        (_entry_rollback, "Condition beforeEntry in stage Deploy does not support ROLLBACK"),
        (_tags_and_branches, "Choose valid filter combinations"),
        (_unknown_source, "Trigger source action build must be an action of the provider CodeStarSourceConnection"),
    ],
)
def test_what_aws_refuses_is_refused(client: Client, change: Callable[[Shape], None], says: str) -> None:
    pipeline = copy.deepcopy(PIPELINE)
    change(pipeline)
    with pytest.raises(ClientError, match=says):
        create(client, pipeline)


@pytest.mark.parametrize("member", ["executionMode", "onFailure"])
def test_a_pipeline_of_the_first_type_has_no_more_than_it_had(client: Client, member: str) -> None:
    pipeline = {**copy.deepcopy(PIPELINE), "pipelineType": "V1", "triggers": [], "variables": []}
    if member == "onFailure":
        pipeline["executionMode"] = "SUPERSEDED"
    with pytest.raises(ClientError, match="Pipeline type V1 does not support"):
        create(client, pipeline)
