"""What CodePipeline sends to EventBridge when a pipeline, a stage or an action changes its state.

https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from moto.events.models import events_backends

from emulator.pipelines.execution import ABANDONED, FAILED, STOPPED, SUCCEEDED, SUPERSEDED

if TYPE_CHECKING:
    from emulator.pipelines.execution import ActionRun, Execution, StageRun

STATES: Final = {one: one.upper() for one in (SUCCEEDED, FAILED, STOPPED, SUPERSEDED, ABANDONED)}
"""The states of events, by those of the API."""


def pipeline(execution: Execution, state: str) -> None:
    """Send the state of an execution; the caller has the lock."""
    detail = _detail(execution, state)
    detail["execution-trigger"] = {
        "trigger-type": execution.trigger_type,
        "trigger-detail": execution.trigger_detail,
    }
    _send(execution, "Pipeline", detail)


def stage(execution: Execution, run: StageRun, state: str) -> None:
    """Send the state of a stage; the caller has the lock."""
    _send(execution, "Stage", {**_detail(execution, state), "stage": run.name})


def action(execution: Execution, run: ActionRun, state: str) -> None:
    """Send the state of an action; the caller has the lock."""
    kind = run.declaration["actionTypeId"]
    detail: dict[str, Any] = {
        **_detail(execution, state),
        "stage": run.stage,
        "action": run.name,
        "action-execution-id": run.id,
        "region": execution.region,
        "type": {
            "owner": kind["owner"],
            "provider": kind["provider"],
            "category": kind["category"],
            "version": kind["version"],
        },
    }
    for name, artifacts in (("input-artifacts", run.inputs), ("output-artifacts", run.outputs)):
        if artifacts:
            detail[name] = [
                {"name": one.name, "s3location": {"bucket": one.bucket, "key": one.key}} for one in artifacts
            ]
    if state != "STARTED":
        found = (
            ("external-execution-id", run.external_id),
            ("external-execution-url", run.external_url),
            ("external-execution-summary", run.summary),
            ("error-code", (run.error or {}).get("code")),
        )
        result = {name: value for name, value in found if value}
        if result:
            detail["execution-result"] = result
    _send(execution, "Action", detail)


def _detail(execution: Execution, state: str) -> dict[str, Any]:
    return {
        "pipeline": execution.pipeline,
        "execution-id": execution.id,
        "start-time": execution.start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "state": state,
        "version": float(execution.version),
        "pipeline-execution-attempt": float(max((one.attempts for one in execution.stages.values()), default=1)),
    }


def _send(execution: Execution, what: str, detail: dict[str, Any]) -> None:
    event = {
        "Source": "aws.codepipeline",
        "DetailType": f"CodePipeline {what} Execution State Change",
        "Detail": json.dumps(detail),
        "Resources": [execution.arn],
    }
    events_backends[execution.account][execution.region].put_events([event])
