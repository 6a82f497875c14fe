"""The state of a pipeline as GetPipelineState answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.pipelines.execution import EXECUTIONS, SUCCEEDED
from emulator.pipelines.line import LINES, Gate, Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.pipelines.execution import ActionRun, Execution, StageRun
    from emulator.registry import Context
    from emulator.store import Shape


def stage_states(structure: Mapping[str, Any], context: Context) -> list[Shape]:
    """The states of all stages; the caller has the lock."""
    line = context.table(LINES).get(structure["name"], Line())
    executions = [one for one in context.table(EXECUTIONS).values() if one.pipeline == structure["name"]]
    return [_stage_state(stage, line.gate(stage["name"]), executions) for stage in structure["stages"]]


def _stage_state(stage: Mapping[str, Any], gate: Gate, executions: list[Execution]) -> Shape:
    latest = gate.latest
    run = latest.stages.get(stage["name"]) if latest else None
    transition: Shape = {"enabled": gate.disabled_reason is None}
    if gate.disabled_reason is not None:
        transition["disabledReason"] = gate.disabled_reason
    told: Shape = {
        "stageName": stage["name"],
        "inboundTransitionState": transition,
        "inboundExecutions": [_brief(one, "InProgress") for one in gate.waiting],
        "actionStates": [_action_state(action["name"], run, executions) for action in stage["actions"]],
    }
    if gate.waiting:
        told["inboundExecution"] = _brief(gate.waiting[0], "InProgress")
    if latest and run:
        told["latestExecution"] = _brief(latest, run.status)
        if run.condition:
            told["beforeEntryConditionState"] = _condition(run.condition)
    return told


def _brief(execution: Execution, status: str) -> Shape:
    return {"pipelineExecutionId": execution.id, "status": status, "type": execution.kind}


def _action_state(name: str, run: StageRun | None, executions: list[Execution]) -> Shape:
    told: Shape = {"actionName": name}
    action = run.actions.get(name) if run else None
    if action is None:
        return told
    told["latestExecution"] = latest_action(action)
    source = next((one for one in action.outputs if one.revision), None)
    if source and any(one.status == SUCCEEDED or one.is_active for one in executions):
        told["currentRevision"] = {
            "revisionId": source.revision,
            "revisionChangeId": source.revision,
            "created": action.updated,
        }
    return told


def latest_action(action: ActionRun) -> Shape:
    """The last run of an action."""
    told: Shape = {
        "actionExecutionId": action.id,
        "status": action.status,
        "lastStatusChange": action.updated,
    }
    for name, value in (
        ("summary", action.summary),
        ("token", action.token),
        ("externalExecutionId", action.external_id),
        ("externalExecutionUrl", action.external_url),
        ("errorDetails", action.error),
    ):
        if value:
            told[name] = value
    return told


def _condition(condition: Shape) -> Shape:
    latest = {"status": condition["status"], "summary": condition["summary"]}
    rules = [{"ruleName": name, "latestExecution": {"status": status}} for name, status in condition["rules"].items()]
    return {"latestExecution": latest, "conditionStates": [{"latestExecution": latest, "ruleStates": rules}]}
