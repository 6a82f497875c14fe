"""The way of an execution through its stages, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from emulator.pipelines import events
from emulator.pipelines.execution import (
    EXECUTIONS,
    FAILED,
    ROLLBACK,
    STOPPED,
    SUCCEEDED,
    SUPERSEDED,
    Execution,
)
from emulator.pipelines.line import LINES, Gate, Line
from emulator.pipelines.stages import StageWork
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG = logging.getLogger(__name__)
_POLL_SECONDS: Final = 0.02


class Runs:
    """The executions that run."""

    def __init__(self) -> None:
        """Run none."""
        self._lock = threading.Lock()
        self._active: set[Execution] = set()

    def start(self, execution: Execution, *, first: str = "", failed_only: bool = False) -> None:
        """Run an execution in the background; the caller has the lock.

        Args:
            execution: A new one, or one of which a stage is repeated.
            first: The stage to begin with; the first one without it.
            failed_only: Of that stage, repeat only the actions that have failed.
        """
        run = Run(execution, first=first, failed_only=failed_only)
        run.queue()
        with self._lock:
            self._active.add(execution)
        threading.Thread(target=self._run, args=(run,), name=f"pipeline {execution.pipeline}", daemon=True).start()

    def stop(self) -> None:
        """End all of them where they are; the caller may have the emulator's lock, so it does not wait."""
        with self._lock:
            for execution in self._active:
                execution.is_reset = True
                execution.stopped.set()
            self._active.clear()

    def _run(self, run: Run) -> None:
        try:
            run.run()
        except Exception as error:
            if run.execution.is_reset:
                return
            LOG.exception("failed in an execution of the pipeline %s", run.execution.pipeline)
            with REGISTRY.lock:
                run.execution.change(FAILED, f"The emulator failed: {error!r}")
        finally:
            with self._lock:
                self._active.discard(run.execution)


RUNS: Final = Runs()
REGISTRY.resets.append(RUNS.stop)


def line_of(execution: Execution) -> Line:
    """The stages of the execution's pipeline; the caller has the lock."""
    table = REGISTRY.store.table(LINES, execution.account, execution.region)
    return table.setdefault(execution.pipeline, Line())


def begin(execution: Execution, *, first: str = "", failed_only: bool = False) -> None:
    """Store an execution and run it; the caller has the lock."""
    REGISTRY.store.table(EXECUTIONS, execution.account, execution.region)[execution.id] = execution
    RUNS.start(execution, first=first, failed_only=failed_only)


class Run:
    """An execution from a stage on."""

    def __init__(self, execution: Execution, *, first: str, failed_only: bool) -> None:
        """Prepare it."""
        self.execution = execution
        stages: list[Mapping[str, Any]] = list(execution.structure["stages"])
        index = next((index for index, stage in enumerate(stages) if stage["name"] == first), 0)
        # A rollback repeats its stage and no other: https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
        self._stages = stages[index : index + 1] if execution.kind == ROLLBACK else stages[index:]
        self._failed_only = failed_only
        self._is_retry = bool(first) and execution.kind != ROLLBACK
        self._work = StageWork(execution)

    def queue(self) -> None:
        """Take the place at the entry of the first stage; the caller has the lock."""
        self._gate(0).wait(self.execution)

    def run(self) -> None:
        """Go through the stages."""
        execution = self.execution
        with REGISTRY.lock:
            events.pipeline(execution, "RESUMED" if self._is_retry else "STARTED")
        for index, stage in enumerate(self._stages):
            with REGISTRY.lock:
                gate = self._gate(index)
            status = STOPPED
            try:
                if self._enter(gate):
                    status = self._work.run(stage, failed_only=self._failed_only)
                    self._failed_only = False
            finally:
                # In one step, so that no execution comes in between: one behind it, or before the way back.
                with REGISTRY.lock:
                    goes_on = self._conclude(index, status)
                    gate.leave(execution)
            if not goes_on:
                return

    def _conclude(self, index: int, status: str) -> bool:
        """Decide what follows a stage, and return whether a stage does; the caller has the lock."""
        execution = self.execution
        if execution.is_reset or not execution.is_active:
            return False
        if status == FAILED:
            self._fail(self._stages[index])
        elif execution.stopped.is_set():
            self._end(STOPPED)
        elif index + 1 < len(self._stages):
            self._gate(index + 1).wait(execution)
            return True
        else:
            self._end(SUCCEEDED)
        return False

    def _gate(self, index: int) -> Gate:
        """The entry of a stage; the caller has the lock."""
        return line_of(self.execution).gate(self._stages[index]["name"])

    def _enter(self, gate: Gate) -> bool:
        """Wait for the turn of the execution; return whether it came."""
        execution = self.execution
        while True:
            with REGISTRY.lock:
                if execution.is_reset:
                    return False
                if execution.status == SUPERSEDED:
                    events.pipeline(execution, "SUPERSEDED")
                    return False
                if execution.stopped.is_set():
                    return False
                if gate.may_enter(execution):
                    gate.enter(execution)
                    return True
            execution.stopped.wait(_POLL_SECONDS)

    def _end(self, status: str, summary: str = "") -> None:
        with REGISTRY.lock:
            if not self.execution.is_reset:
                self.execution.change(status, summary)
                events.pipeline(self.execution, events.STATES[status])

    def _fail(self, stage: Mapping[str, Any]) -> None:
        """End without success, and roll back if the stage says so and an earlier run got through it."""
        execution = self.execution
        self._end(FAILED)
        if (stage.get("onFailure") or {}).get("result") != ROLLBACK or execution.kind == ROLLBACK:
            return
        with REGISTRY.lock:
            table = REGISTRY.store.table(EXECUTIONS, execution.account, execution.region)
            target = next(
                (one for one in reversed(table.values()) if can_return(one, execution, str(stage["name"]))), None
            )
            if target is not None:
                roll_back(target, str(stage["name"]), trigger="AutomatedRollback", failed=execution.id)


def can_return(target: Execution, execution: Execution, stage: str) -> bool:
    """Whether a stage can go back to an execution: it got through the stage, in the same version of the pipeline.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html#stage-rollback-considerations
    """
    return (
        target.pipeline == execution.pipeline
        and target.version == execution.version
        and target.kind != ROLLBACK
        and target.passed(stage)
    )


def roll_back(target: Execution, stage: str, *, trigger: str, failed: str = "") -> Execution:
    """Start an execution that repeats a stage with what an earlier one had; the caller has the lock."""
    back = Execution(
        account=target.account,
        region=target.region,
        structure=target.structure,
        trigger_type=trigger,
        trigger_detail=failed or target.id,
        variables=dict(target.variables),
        kind=ROLLBACK,
        target=target.id,
        artifacts=dict(target.artifacts),
        namespaces={name: dict(values) for name, values in target.namespaces.items()},
    )
    begin(back, first=stage)
    return back
