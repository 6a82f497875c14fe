"""Executions of AWS CodePipeline, whose actions really run; moto's have succeeded when they start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.errors import AwsError
from emulator.pipelines import control
from emulator.pipelines.execution import (
    EXECUTIONS,
    FAILED,
    IN_PROGRESS,
    STOPPING,
    Execution,
)
from emulator.pipelines.line import LINES, Line
from emulator.pipelines.polling import POLLER, is_polled
from emulator.pipelines.run import begin, can_return, roll_back
from emulator.pipelines.start import start, structure_of
from emulator.pipelines.state import stage_states
from emulator.registry import Context, after, operation

if TYPE_CHECKING:
    from emulator.pipelines.execution import ActionRun
    from emulator.store import Shape

__all__ = ["control"]

_KEY: Final = "S3_OBJECT_KEY"


@after("codepipeline", "CreatePipeline")
def run_once(params: Shape, context: Context) -> None:
    """Run a pipeline once when it is created, as AWS does.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create.html
    """
    name = params["pipeline"]["name"]
    context.table(LINES)[name] = Line()
    declared = params["pipeline"].get("variables") or ()
    if all(one.get("defaultValue") is not None for one in declared):
        start(name, account=context.account, region=context.region, trigger="CreatePipeline")
    if is_polled(params["pipeline"]):
        POLLER.begin()


@after("codepipeline", "UpdatePipeline")
def poll(params: Shape, _: Context) -> None:
    """Ask for new versions of a source that the pipeline has now."""
    if is_polled(params["pipeline"]):
        POLLER.begin()


@after("codepipeline", "DeletePipeline")
def forget(params: Shape, context: Context) -> None:
    """End the executions of a pipeline that is deleted."""
    context.table(LINES).pop(params["name"], None)
    table = context.table(EXECUTIONS)
    for execution in [one for one in table.values() if one.pipeline == params["name"]]:
        execution.is_reset = True
        execution.stopped.set()
        del table[execution.id]


@operation("codepipeline", "StartPipelineExecution")
def start_execution(params: Shape, context: Context) -> Shape:
    """Start an execution."""
    named = params.get("sourceRevisions") or ()
    execution = start(
        params["name"],
        account=context.account,
        region=context.region,
        trigger="StartPipelineExecution",
        detail=f"arn:aws:iam::{context.account}:root",
        variables=params.get("variables"),
        revisions={one["actionName"]: one["revisionValue"] for one in named if one["revisionType"] != _KEY},
        keys={one["actionName"]: one["revisionValue"] for one in named if one["revisionType"] == _KEY},
    )
    return {"pipelineExecutionId": execution.id}


@operation("codepipeline", "GetPipelineExecution")
def get_execution(params: Shape, context: Context) -> Shape:
    """Return an execution."""
    return {"pipelineExecution": _find(params["pipelineName"], params["pipelineExecutionId"], context).answer()}


@operation("codepipeline", "ListPipelineExecutions")
def list_executions(params: Shape, context: Context) -> Shape:
    """List the executions of a pipeline, those of the last time first."""
    stage = ((params.get("filter") or {}).get("succeededInStage") or {}).get("stageName")
    found = [
        one.summary_answer()
        for one in reversed(_of(params["pipelineName"], context))
        if stage is None or one.passed(stage)
    ]
    return {"pipelineExecutionSummaries": found[: params.get("maxResults") or None]}


@operation("codepipeline", "ListActionExecutions")
def list_action_executions(params: Shape, context: Context) -> Shape:
    """List the runs of actions, those of the last time first."""
    chosen = params.get("filter") or {}
    wanted = chosen.get("pipelineExecutionId") or (chosen.get("latestInPipelineExecution") or {}).get(
        "pipelineExecutionId"
    )
    found = [
        _action_detail(execution, action)
        for execution in reversed(_of(params["pipelineName"], context))
        if wanted in {None, execution.id}
        for action in reversed(execution.history)
    ]
    return {"actionExecutionDetails": found[: params.get("maxResults") or None]}


@operation("codepipeline", "GetPipelineState")
def get_state(params: Shape, context: Context) -> Shape:
    """Return the state of each stage."""
    structure = structure_of(params["name"], account=context.account, region=context.region)
    return {
        "pipelineName": structure["name"],
        "pipelineVersion": structure["version"],
        "stageStates": stage_states(structure, context),
    }


@operation("codepipeline", "StopPipelineExecution")
def stop_execution(params: Shape, context: Context) -> Shape:
    """Stop an execution: when its actions have ended, or at once."""
    execution = _find(params["pipelineName"], params["pipelineExecutionId"], context)
    if not execution.is_active:
        raise AwsError(
            code="PipelineExecutionNotStoppableException",
            message=f"The pipeline execution {execution.id} is in the status {execution.status} and cannot be stopped",
        )
    if execution.status == STOPPING and not params.get("abandon"):
        raise AwsError(
            code="DuplicatedStopRequestException",
            message=f"The pipeline execution {execution.id} is already stopping",
        )
    execution.stop_abandons = bool(params.get("abandon"))
    execution.stop_reason = params.get("reason") or ""
    execution.change(STOPPING)
    execution.stopped.set()
    return {"pipelineExecutionId": execution.id}


@operation("codepipeline", "RetryStageExecution")
def retry_stage(params: Shape, context: Context) -> Shape:
    """Repeat a failed stage, or only its failed actions.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html
    """
    name = params["stageName"]
    execution = _find(params["pipelineName"], params["pipelineExecutionId"], context)
    structure = _with_stage(params["pipelineName"], name, context)
    run = execution.stages.get(name)
    if run is None or run.status != FAILED or execution.is_active:
        raise AwsError(
            code="StageNotRetryableException",
            message=f"Unable to retry stage {name}: it has not failed in the pipeline execution {execution.id}",
        )
    if context.table(LINES)[execution.pipeline].gate(name).latest is not execution:
        raise AwsError(
            code="NotLatestPipelineExecutionException",
            message=f"The pipeline execution {execution.id} is not the latest one in stage {name}",
        )
    if execution.version != structure["version"]:
        raise AwsError(
            code="StageNotRetryableException",
            message=f"Unable to retry stage {name}: the pipeline was changed after the execution {execution.id}",
        )
    execution.stopped.clear()
    execution.change(IN_PROGRESS)
    begin(execution, first=name, failed_only=params["retryMode"] == "FAILED_ACTIONS")
    return {"pipelineExecutionId": execution.id}


@operation("codepipeline", "RollbackStage")
def rollback(params: Shape, context: Context) -> Shape:
    """Repeat a stage with what an earlier execution had, in a new execution.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback-manual.html
    """
    name = params["stageName"]
    target = _find(params["pipelineName"], params["targetPipelineExecutionId"], context)
    structure = _with_stage(params["pipelineName"], name, context)
    gate = context.table(LINES)[target.pipeline].gate(name)
    latest = gate.latest
    if latest is None or gate.inside is not None or not can_return(target, latest, name):
        raise AwsError(
            code="UnableToRollbackStageException",
            message=f"Unable to roll back stage {name} to the pipeline execution {target.id}: it must have succeeded "
            "in that stage, must not be a rollback itself, and the stage must not be running",
        )
    if target.version != structure["version"]:
        raise AwsError(
            code="PipelineExecutionOutdatedException",
            message=f"The pipeline execution {target.id} was started with version {target.version} of the pipeline",
        )
    return {"pipelineExecutionId": roll_back(target, name, trigger="ManualRollback").id}


@operation("codepipeline", "PutApprovalResult")
def approve(params: Shape, context: Context) -> Shape:
    """Answer an approval that waits, with its token."""
    structure = _with_stage(params["pipelineName"], params["stageName"], context)
    waiting = [
        action
        for one in _of(structure["name"], context)
        for action in one.history
        if (action.stage, action.name) == (params["stageName"], params["actionName"]) and action.status == IN_PROGRESS
    ]
    found = next((action for action in waiting if action.token == params["token"]), None)
    if found is None:
        if waiting:
            raise AwsError(
                code="InvalidApprovalTokenException",
                message="The approval action has already been approved or rejected.",
            )
        name = f"{params['actionName']} of stage {params['stageName']}"
        raise AwsError(code="ApprovalAlreadyCompletedException", message=f"The action {name} waits for no approval")
    found.result = params["result"]
    found.token = ""
    found.answered.set()
    return {"approvedAt": found.updated}


@operation("codepipeline", "DisableStageTransition")
def disable_transition(params: Shape, context: Context) -> Shape:
    """Let no execution enter a stage."""
    _gate(params, context).disabled_reason = params["reason"]
    return {}


@operation("codepipeline", "EnableStageTransition")
def enable_transition(params: Shape, context: Context) -> Shape:
    """Let executions enter a stage again."""
    _gate(params, context).disabled_reason = None
    return {}


def _gate(params: Shape, context: Context) -> Any:
    structure = _with_stage(params["pipelineName"], params["stageName"], context)
    return context.table(LINES).setdefault(structure["name"], Line()).gate(params["stageName"])


def _with_stage(name: str, stage: str, context: Context) -> Any:
    """The structure of a pipeline that has a stage."""
    structure = structure_of(name, account=context.account, region=context.region)
    if stage not in {one["name"] for one in structure["stages"]}:
        raise AwsError(code="StageNotFoundException", message=f"The pipeline {name} does not have a stage {stage}")
    return structure


def _of(name: str, context: Context) -> list[Execution]:
    structure_of(name, account=context.account, region=context.region)
    return [one for one in context.table(EXECUTIONS).values() if one.pipeline == name]


def _find(name: str, execution_id: str, context: Context) -> Execution:
    structure_of(name, account=context.account, region=context.region)
    found = context.table(EXECUTIONS).require(execution_id)
    if found.pipeline != name:
        raise AwsError(
            code="PipelineExecutionNotFoundException",
            message=f"No execution found with id {execution_id} for pipeline {name}",
        )
    return found


def _action_detail(execution: Execution, action: ActionRun) -> Shape:
    kind = action.declaration["actionTypeId"]
    result: Shape = {}
    for member, value in (
        ("externalExecutionId", action.external_id),
        ("externalExecutionSummary", action.summary),
        ("externalExecutionUrl", action.external_url),
        ("errorDetails", action.error),
    ):
        if value:
            result[member] = value
    told: Shape = {
        "pipelineExecutionId": execution.id,
        "actionExecutionId": action.id,
        "pipelineVersion": execution.version,
        "stageName": action.stage,
        "actionName": action.name,
        "startTime": action.start,
        "lastUpdateTime": action.updated,
        "status": action.status,
        "input": {
            "actionTypeId": kind,
            "configuration": action.declaration.get("configuration") or {},
            "resolvedConfiguration": action.configuration,
            "region": execution.region,
            "inputArtifacts": [one.answer() for one in action.inputs],
        },
        "output": {
            "outputArtifacts": [one.answer() for one in action.outputs],
            "executionResult": result,
            "outputVariables": action.variables,
        },
    }
    if action.declaration.get("namespace"):
        told["input"]["namespace"] = action.declaration["namespace"]
    return told
