"""The way of an execution through its stages, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from emulator.permissions import role_trusts
from emulator.pipelines import events, rules
from emulator.pipelines.actions import PROVIDERS
from emulator.pipelines.artifacts import ArtifactStore
from emulator.pipelines.errors import ActionError, StoppedError
from emulator.pipelines.execution import (
    ABANDONED,
    EXECUTIONS,
    FAILED,
    IN_PROGRESS,
    ROLLBACK,
    SKIPPED,
    STOPPED,
    SUCCEEDED,
    SUPERSEDED,
    ActionRun,
    Execution,
    StageRun,
)
from emulator.pipelines.line import LINES, Gate, Line
from emulator.pipelines.variables import resolve
from emulator.pipelines.work import Work
from emulator.registry import REGISTRY
from emulator.sessions import Session, assume

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOG = logging.getLogger(__name__)
_POLL_SECONDS: Final = 0.02
_SERVICE: Final = "codepipeline.amazonaws.com"
_STATES: Final = {
    SUCCEEDED: "SUCCEEDED",
    FAILED: "FAILED",
    STOPPED: "STOPPED",
    SUPERSEDED: "SUPERSEDED",
    ABANDONED: "ABANDONED",
}


class Runs:
    """The executions that run."""

    def __init__(self) -> None:
        """Run none."""
        self._lock = threading.Lock()
        self._active: set[Execution] = set()

    def start(self, execution: Execution, *, first: str = "", failed_only: bool = False) -> None:
        """Run an execution in the background.

        Args:
            execution: A new one, or one of which a stage is repeated.
            first: The stage to begin with; the first one without it.
            failed_only: Of that stage, repeat only the actions that have failed.
        """
        with self._lock:
            self._active.add(execution)
        run = Run(execution, first=first, failed_only=failed_only)
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
        self._session: Session | None = None

    def run(self) -> None:
        """Go through the stages."""
        execution = self.execution
        with REGISTRY.lock:
            events.pipeline(execution, "RESUMED" if self._is_retry else "STARTED")
        for stage in self._stages:
            with REGISTRY.lock:
                gate = line_of(execution).gate(stage["name"])
                gate.wait(execution)
            try:
                if not self._enter(gate):
                    return
                status = self._stage(stage)
            finally:
                with REGISTRY.lock:
                    gate.leave(execution)
            if execution.is_reset:
                return
            if status == FAILED:
                self._fail(stage)
                return
            if execution.stopped.is_set():
                self._end(STOPPED)
                return
        self._end(SUCCEEDED)

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
                    self._end(STOPPED)
                    return False
                if gate.may_enter(execution):
                    gate.enter(execution)
                    return True
            execution.stopped.wait(_POLL_SECONDS)

    def _end(self, status: str, summary: str = "") -> None:
        with REGISTRY.lock:
            if not self.execution.is_reset:
                self.execution.change(status, summary)
                events.pipeline(self.execution, _STATES[status])

    def _stage(self, stage: Mapping[str, Any]) -> str:
        """Run a stage, once more if it shall be repeated by itself; return its status."""
        execution, name = self.execution, str(stage["name"])
        with REGISTRY.lock:
            before = execution.stages.get(name)
            run = StageRun(name, attempts=before.attempts + 1 if before else 1)
            if before and self._failed_only:
                run.actions = {key: one for key, one in before.actions.items() if one.status == SUCCEEDED}
            execution.stages[name] = run
            events.stage(execution, run, "RESUMED" if before else "STARTED")
        failed_only, self._failed_only = self._failed_only, False
        status = self._admit(stage, run) if not (execution.kind == ROLLBACK or failed_only) else SUCCEEDED
        if status == SUCCEEDED:
            status = self._actions(stage, run)
            failure = stage.get("onFailure") or {}
            if status == FAILED and failure.get("result") == "RETRY" and not execution.stopped.is_set():
                run = self._again(run, failure)
                status = self._actions(stage, run)
        with REGISTRY.lock:
            run.status = status
            if not execution.is_reset:
                events.stage(execution, run, {SKIPPED: "SUCCEEDED", STOPPED: "STOPPED"}.get(status) or _STATES[status])
        return status

    def _again(self, run: StageRun, failure: Mapping[str, Any]) -> StageRun:
        """Prepare the one repetition that a stage makes by itself.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-retry.html#stage-retry-auto
        """
        everything = (failure.get("retryConfiguration") or {}).get("retryMode") == "ALL_ACTIONS"
        kept = {} if everything else {name: one for name, one in run.actions.items() if one.status == SUCCEEDED}
        with REGISTRY.lock:
            events.stage(self.execution, run, "FAILED")
            again = StageRun(run.name, actions=kept, condition=run.condition, attempts=run.attempts + 1)
            self.execution.stages[run.name] = again
            events.stage(self.execution, again, "RESUMED")
        return again

    def _admit(self, stage: Mapping[str, Any], run: StageRun) -> str:
        """Check the rules before the entry, side by side; return the status that follows."""
        for condition in (stage.get("beforeEntry") or {}).get("conditions") or ():
            rules_ = condition.get("rules") or ()
            with REGISTRY.lock:
                run.condition = {
                    "status": IN_PROGRESS,
                    "summary": "",
                    "rules": {one["name"]: IN_PROGRESS for one in rules_},
                }
            with ThreadPoolExecutor(max(1, len(rules_))) as pool:
                problems = list(pool.map(lambda rule: self._rule(rule, run), rules_))
            if self.execution.stopped.is_set():
                return STOPPED
            failed = [problem for problem in problems if problem]
            with REGISTRY.lock:
                run.condition |= {"status": FAILED if failed else SUCCEEDED, "summary": "; ".join(failed)}
            if failed:
                return SKIPPED if condition.get("result") == "SKIP" else FAILED
        return SUCCEEDED

    def _rule(self, rule: Mapping[str, Any], run: StageRun) -> str:
        """Check a rule; return why it is not met."""
        problem = ""
        try:
            rules.check(self.execution, rule)
        except rules.RuleError as error:
            problem = str(error)
        except StoppedError:
            problem = "stopped"
        with REGISTRY.lock:
            if run.condition is not None:
                run.condition["rules"][rule["name"]] = FAILED if problem else SUCCEEDED
        return problem

    def _actions(self, stage: Mapping[str, Any], run: StageRun) -> str:
        """Run the actions by their order, those of one order side by side; return the status of the stage."""
        actions: Sequence[Mapping[str, Any]] = stage["actions"]
        for order in sorted({int(one.get("runOrder") or 1) for one in actions}):
            if self.execution.stopped.is_set():
                return STOPPED
            group = [
                one
                for one in actions
                if int(one.get("runOrder") or 1) == order
                and (one["name"] not in run.actions or run.actions[one["name"]].status != SUCCEEDED)
            ]
            if not group:
                continue
            with ThreadPoolExecutor(len(group)) as pool:
                statuses = list(pool.map(lambda one: self._action(one, run), group))
            if FAILED in statuses:
                return FAILED
            if ABANDONED in statuses:
                return STOPPED
        return SUCCEEDED

    def _action(self, declaration: Mapping[str, Any], stage: StageRun) -> str:
        execution = self.execution
        run = ActionRun(stage.name, declaration)
        try:
            with REGISTRY.lock:
                stage.actions[run.name] = run
                execution.history.append(run)
                names = [one["name"] for one in declaration.get("inputArtifacts") or ()]
                run.inputs = tuple(execution.artifacts[name] for name in names)
                events.action(execution, run, "STARTED")
            run.configuration = resolve(declaration.get("configuration") or {}, execution, action=run.name)
            session = self._credentials()
            kind = declaration["actionTypeId"]
            provider = PROVIDERS.get((kind["category"], kind["provider"]))
            if provider is None:
                message = f"The emulator has no provider {kind['provider']} of the category {kind['category']}"
                raise ActionError(code="ConfigurationError", message=message)
            store = ArtifactStore(execution.structure, session, region=execution.region)
            provider(Work(execution, run, session, store))
            return self._finish(run, SUCCEEDED)
        except ActionError as error:
            run.error = {"code": error.code, "message": error.message}
            run.summary = run.summary or error.message
            return self._finish(run, FAILED)
        except StoppedError:
            return self._finish(run, ABANDONED)
        except Exception as error:
            if not execution.is_reset:
                LOG.exception("failed in the action %s of %s", run.name, execution.pipeline)
            run.error = {"code": "InternalError", "message": f"The emulator failed: {error!r}"}
            return self._finish(run, FAILED)

    def _finish(self, run: ActionRun, status: str) -> str:
        with REGISTRY.lock:
            run.end(status)
            if status == SUCCEEDED:
                self.execution.artifacts.update({one.name: one for one in run.outputs})
                namespace = run.declaration.get("namespace")
                if namespace:
                    self.execution.namespaces[namespace] = dict(run.variables)
            if not self.execution.is_reset:
                events.action(self.execution, run, _STATES[status])
        return status

    def _credentials(self) -> Session:
        execution = self.execution
        role = str(execution.structure["roleArn"])
        with REGISTRY.lock:
            if not role_trusts(role, _SERVICE):
                message = f"CodePipeline is not authorized to perform AssumeRole on role {role}"
                raise ActionError(code="PermissionError", message=message)
            if self._session is None:
                self._session = assume(role, name=execution.id[:32], account=execution.account, region=execution.region)
            return self._session

    def _fail(self, stage: Mapping[str, Any]) -> None:
        """End without success, and go back if the stage says so and somebody got through it before."""
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
