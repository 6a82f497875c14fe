"""AWS CodePipeline: moto writes timestamps that the Go SDK cannot read, and checks next to nothing of a structure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.codepipeline.models import CodePipeline
from moto.core.utils import unix_time

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

# https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html
_MOST_ARTIFACTS: Final = 5
# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Condition.html
_MOST_RULES: Final = 5
_ONLY_V2: Final = ("triggers", "variables")
_CONDITIONS: Final = ("beforeEntry", "onSuccess", "onFailure")
_GIT_SOURCE: Final = "CodeStarSourceConnection"


@patch(CodePipeline, "metadata")
def numeric_timestamps(_: Any, pipeline: Any) -> dict[str, Any]:
    """Return timestamps as numbers: "expected Timestamp to be a JSON Number, got string instead"."""
    return {
        "pipelineArn": pipeline._arn,  # noqa: SLF001  moto publishes it nowhere else
        "created": unix_time(pipeline._created),  # noqa: SLF001
        "updated": unix_time(pipeline._updated),  # noqa: SLF001
    }


@guard("codepipeline", "CreatePipeline", "UpdatePipeline")
def refuse_impossible_structure(params: Shape, _: Context) -> None:
    """Refuse what AWS does; its words are published for few of these refusals.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
    """
    pipeline = params["pipeline"]
    problem = next(
        (
            found
            for check in (_type, _stages, _artifacts, _actions, _conditions, _triggers)
            for found in check(pipeline)
        ),
        None,
    )
    if problem:
        raise AwsError(code="InvalidStructureException", message=problem)


def _type(pipeline: Shape) -> Iterator[str]:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-types.html."""
    if pipeline.get("pipelineType", "V2") == "V2":
        return
    for member in _ONLY_V2:
        if pipeline.get(member):
            yield f"Pipeline type V1 does not support {member}. Use pipeline type V2"
    if pipeline.get("executionMode", "SUPERSEDED") != "SUPERSEDED":
        yield f"Pipeline type V1 does not support the execution mode {pipeline['executionMode']}. Use pipeline type V2"
    for stage in pipeline["stages"]:
        for condition in _CONDITIONS:
            if stage.get(condition):
                yield f"Pipeline type V1 does not support {condition} in stage {stage['name']}. Use pipeline type V2"


def _stages(pipeline: Shape) -> Iterator[str]:
    stages = pipeline["stages"]
    if any(action["actionTypeId"]["category"] != "Source" for action in stages[0]["actions"]):
        yield "Pipeline should start with a stage that only contains source actions"
    for stage in stages[1:]:
        if any(action["actionTypeId"]["category"] == "Source" for action in stage["actions"]):
            yield f"Source action type is only allowed in the first stage, and stage {stage['name']} has one"
    names = [stage["name"] for stage in stages]
    for name in names:
        if names.count(name) > 1:
            yield f"Stage name must be unique within the pipeline. {name} has been used more than once"
    for stage in stages:
        actions = [action["name"] for action in stage["actions"]]
        for name in actions:
            if actions.count(name) > 1:
                yield f"Action name must be unique within stage {stage['name']}. {name} has been used more than once"


def _artifacts(pipeline: Shape) -> Iterator[str]:
    """Each is made once, and before it is used; https://github.com/aws/aws-cdk/issues/1643 has the words."""
    made: set[str] = set()
    for stage in pipeline["stages"]:
        for order in sorted({action.get("runOrder", 1) for action in stage["actions"]}):
            side_by_side = [action for action in stage["actions"] if action.get("runOrder", 1) == order]
            for action in side_by_side:
                for artifact in _names(action, "inputArtifacts"):
                    if artifact not in made:
                        yield (
                            f"Input Artifact Bundle {artifact} in action {action['name']} is not declared as Output "
                            "Artifact Bundle in any of the preceding actions"
                        )
            for action in side_by_side:
                for artifact in _names(action, "outputArtifacts"):
                    if artifact in made:
                        yield (
                            "Output Artifact Bundle name must be unique within the pipeline. "
                            f"{artifact} has been used more than once"
                        )
                    made.add(artifact)


def _actions(pipeline: Shape) -> Iterator[str]:
    for stage in pipeline["stages"]:
        for action in stage["actions"]:
            name, kind = action["name"], action["actionTypeId"]
            for member in ("inputArtifacts", "outputArtifacts"):
                if len(_names(action, member)) > _MOST_ARTIFACTS:
                    yield f"Action {name} has more than {_MOST_ARTIFACTS} {member}"
            # https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
            configuration = action.get("configuration") or {}
            inputs = _names(action, "inputArtifacts")
            if kind["provider"] == "CodeBuild" and len(inputs) > 1 and configuration.get("PrimarySource") not in inputs:
                yield f"Action configuration for action '{name}' is missing required configuration 'PrimarySource'"
            if action.get("timeoutInMinutes") and kind["category"] != "Approval":
                yield f"Action {name} of category {kind['category']} does not support timeoutInMinutes"


def _conditions(pipeline: Shape) -> Iterator[str]:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works-conditions.html."""
    for stage in pipeline["stages"]:
        for member in _CONDITIONS:
            block = stage.get(member) or {}
            for condition in block.get("conditions") or ():
                if len(condition.get("rules") or ()) > _MOST_RULES:
                    yield f"Condition {member} in stage {stage['name']} has more than {_MOST_RULES} rules"
                if member == "beforeEntry" and condition.get("result", "FAIL") not in {"FAIL", "SKIP"}:
                    yield f"Condition {member} in stage {stage['name']} does not support {condition['result']}"
        # https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
        if (stage.get("onFailure") or {}).get("result") == "ROLLBACK":
            if pipeline.get("executionMode") == "PARALLEL":
                yield f"Rollback in stage {stage['name']} is not supported in execution mode PARALLEL"
            if stage is pipeline["stages"][0]:
                yield f"Rollback is not supported in the source stage {stage['name']}"


def _triggers(pipeline: Shape) -> Iterator[str]:
    """https://github.com/hashicorp/terraform-provider-aws/issues/43105 and pipelines-filter.html of the user guide."""
    sources = {
        action["name"]: action["actionTypeId"]["provider"]
        for stage in pipeline["stages"]
        for action in stage["actions"]
        if action["actionTypeId"]["category"] == "Source"
    }
    for trigger in pipeline.get("triggers") or ():
        configuration = trigger["gitConfiguration"]
        source = configuration["sourceActionName"]
        if sources.get(source) != _GIT_SOURCE:
            yield f"Trigger source action {source} must be an action of the provider {_GIT_SOURCE}"
        for push in configuration.get("push") or ():
            if push.get("tags") and (push.get("branches") or push.get("filePaths")):
                yield "Push filters of a trigger are not valid. Choose valid filter combinations"


def _names(action: Shape, member: str) -> list[str]:
    return [artifact["name"] for artifact in action.get(member) or ()]
