"""Watches one run of an environment's pipeline: approves it when asked, and waits for its end."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_POLL_SECONDS: Final = 0.2
_MOST_SECONDS: Final = 420.0
"""Of one run; on a quiet machine it takes less than a minute."""
_ENDED: Final = {"Succeeded", "Failed", "Stopped", "Superseded", "Cancelled"}


@dataclass(frozen=True)
class PipelineRuns:
    """The runs of one pipeline."""

    client: Any
    """Of CodePipeline."""

    name: str
    most_seconds: float = _MOST_SECONDS
    cancelled: Callable[[], bool] = lambda: False

    def listed(self) -> list[dict[str, Any]]:
        """All runs, the newest first."""
        pages = self.client.get_paginator("list_pipeline_executions").paginate(pipelineName=self.name)
        found = [run for page in pages for run in page["pipelineExecutionSummaries"]]
        return sorted(found, key=lambda run: str(run["startTime"].isoformat()), reverse=True)

    def ids(self) -> set[str]:
        """The ids of all runs."""
        return {str(run["pipelineExecutionId"]) for run in self.listed()}

    def wait_for_new(self, known: set[str], *, rollback: bool = False) -> str:
        """The id of a run that was not there before; with `rollback`, of one that AWS has started to go back.

        Raises:
            TimeoutError: None has started.
        """
        for _ in self._until(f"a {'rollback' if rollback else 'run'} of {self.name} starts"):
            for run in self.listed():
                is_rollback = run.get("executionType") == "ROLLBACK"
                if run["pipelineExecutionId"] not in known and is_rollback == rollback:
                    return str(run["pipelineExecutionId"])
        return ""

    def wait_for_source(self) -> str:
        """The id of the newest run that has found its source; each that starts before there is one fails.

        Raises:
            TimeoutError: None has.
        """
        for _ in self._until(f"a run of {self.name} finds its source"):
            for run in self.listed():
                if run["status"] != "Failed" and run.get("sourceRevisions"):
                    return str(run["pipelineExecutionId"])
        return ""

    def status(self, id_: str) -> str:
        """The state of a run."""
        found = self.client.get_pipeline_execution(pipelineName=self.name, pipelineExecutionId=id_)
        return str(found["pipelineExecution"]["status"])

    def wait(self, id_: str) -> str:
        """Wait for the end of a run; return its state.

        Raises:
            TimeoutError: It does not end.
        """
        for _ in self._until(f"the run {id_} of {self.name} ends"):
            if (status := self.status(id_)) in _ENDED:
                return status
        return ""

    def wait_for_approval(self, id_: str) -> tuple[str, str, str] | None:
        """Stage, action and token of the approval for which a run waits; None if it ends without one.

        Raises:
            TimeoutError: Neither comes.
        """
        for _ in self._until(f"the run {id_} of {self.name} waits for its approval"):
            for stage in self.state():
                if (stage.get("latestExecution") or {}).get("pipelineExecutionId") != id_:
                    continue
                for action in stage["actionStates"]:
                    if token := (action.get("latestExecution") or {}).get("token"):
                        return str(stage["stageName"]), str(action["actionName"]), str(token)
            if self.status(id_) in _ENDED:
                return None
        return None

    def approve(self, approval: tuple[str, str, str]) -> None:
        """Approve it."""
        self._answer(approval, "Approved")

    def reject(self, approval: tuple[str, str, str]) -> None:
        """Reject it, which ends the run."""
        self._answer(approval, "Rejected")

    def start(self, *, commit: str = "") -> str:
        """Start a run by hand, of another commit than the newest if it is named; return its id."""
        wanted = {"actionName": "source", "revisionType": "COMMIT_ID", "revisionValue": commit}
        more = {"sourceRevisions": [wanted]} if commit else {}
        return str(self.client.start_pipeline_execution(name=self.name, **more)["pipelineExecutionId"])

    def roll_back(self, stage: str, *, target: str) -> str:
        """Let a stage go back to a run that got through it; return the id of the rollback."""
        back = self.client.rollback_stage(pipelineName=self.name, stageName=stage, targetPipelineExecutionId=target)
        return str(back["pipelineExecutionId"])

    def _answer(self, approval: tuple[str, str, str], status: str) -> None:
        stage, action, token = approval
        self.client.put_approval_result(
            pipelineName=self.name,
            stageName=stage,
            actionName=action,
            token=token,
            result={"status": status, "summary": "Rehearsed"},
        )

    def state(self) -> list[dict[str, Any]]:
        """The stages as GetPipelineState returns them."""
        stages: list[dict[str, Any]] = self.client.get_pipeline_state(name=self.name)["stageStates"]
        return stages

    def stage_of(self, id_: str) -> str:
        """The last stage that a run has entered."""
        inside = [
            str(stage["stageName"])
            for stage in self.state()
            if (stage.get("latestExecution") or {}).get("pipelineExecutionId") == id_
        ]
        return inside[-1] if inside else ""

    def failures(self, id_: str) -> Iterator[str]:
        """What the actions of a run that failed say."""
        pages = self.client.get_paginator("list_action_executions").paginate(
            pipelineName=self.name, filter={"pipelineExecutionId": id_}
        )
        for page in pages:
            for action in page["actionExecutionDetails"]:
                if action["status"] == "Failed":
                    result = action["output"]["executionResult"]
                    details = result.get("errorDetails") or {}
                    said = details.get("message") or result.get("externalExecutionSummary")
                    yield f"{action['stageName']}/{action['actionName']}: {said}"

    def _until(self, what: str) -> Iterator[None]:
        end = time.monotonic() + self.most_seconds
        while not self.cancelled():
            yield
            if time.monotonic() > end:
                message = f"{what}: not within {self.most_seconds:.0f} seconds"
                raise TimeoutError(message)
            time.sleep(_POLL_SECONDS)
