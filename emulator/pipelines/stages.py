"""One stage of an execution: the rules before its entry, and its actions."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from emulator.permissions import role_trusts
from emulator.pipelines import events, rules
from emulator.pipelines.actions import PROVIDERS
from emulator.pipelines.artifacts import ArtifactStore
from emulator.pipelines.errors import ActionError, StoppedError
from emulator.pipelines.execution import (
    ABANDONED,
    FAILED,
    IN_PROGRESS,
    ROLLBACK,
    SKIPPED,
    STOPPED,
    SUCCEEDED,
    ActionRun,
    Execution,
    StageRun,
)
from emulator.pipelines.variables import resolve
from emulator.pipelines.work import Work
from emulator.registry import REGISTRY
from emulator.sessions import Session, assume

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOG = logging.getLogger(__name__)
_SERVICE: Final = "codepipeline.amazonaws.com"


class StageWork:
    """Runs the stages of an execution."""

    def __init__(self, execution: Execution) -> None:
        """Run none yet."""
        self._execution = execution
        self._session: Session | None = None

    def run(self, stage: Mapping[str, Any], *, failed_only: bool) -> str:
        """Run a stage, once more if it repeats on failure; return its status.

        Args:
            stage: Its declaration.
            failed_only: Keep what its actions have done that succeeded before.
        """
        execution, name = self._execution, str(stage["name"])
        with REGISTRY.lock:
            before = execution.stages.get(name)
            run = StageRun(name, attempts=before.attempts + 1 if before else 1)
            if before and failed_only:
                run.actions = {key: one for key, one in before.actions.items() if one.status == SUCCEEDED}
            execution.stages[name] = run
            events.stage(execution, run, "RESUMED" if before else "STARTED")
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
                events.stage(
                    execution, run, {SKIPPED: "SUCCEEDED", STOPPED: "STOPPED"}.get(status) or events.STATES[status]
                )
        return status

    def _again(self, run: StageRun, failure: Mapping[str, Any]) -> StageRun:
        """Prepare the one automatic repetition of a stage.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-retry.html#stage-retry-auto
        """
        everything = (failure.get("retryConfiguration") or {}).get("retryMode") == "ALL_ACTIONS"
        kept = {} if everything else {name: one for name, one in run.actions.items() if one.status == SUCCEEDED}
        with REGISTRY.lock:
            events.stage(self._execution, run, "FAILED")
            again = StageRun(run.name, actions=kept, condition=run.condition, attempts=run.attempts + 1)
            self._execution.stages[run.name] = again
            events.stage(self._execution, again, "RESUMED")
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
            if self._execution.stopped.is_set():
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
            rules.check(self._execution, rule)
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
            if self._execution.stopped.is_set():
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
        execution = self._execution
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
            store = ArtifactStore(execution.structure, session, region=execution.region)
            _provide(Work(execution, run, session, store), kind["category"], kind["provider"])
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
                self._execution.artifacts.update({one.name: one for one in run.outputs})
                namespace = run.declaration.get("namespace")
                if namespace:
                    self._execution.namespaces[namespace] = dict(run.variables)
            if not self._execution.is_reset:
                events.action(self._execution, run, events.STATES[status])
        return status

    def _credentials(self) -> Session:
        execution = self._execution
        role = str(execution.structure["roleArn"])
        with REGISTRY.lock:
            if not role_trusts(role, _SERVICE):
                message = f"CodePipeline is not authorized to perform AssumeRole on role {role}"
                raise ActionError(code="PermissionError", message=message)
            if self._session is None:
                self._session = assume(role, name=execution.id[:32], account=execution.account, region=execution.region)
            return self._session


def _provide(work: Work, category: str, provider: str) -> None:
    """Let the provider of an action do its work."""
    found = PROVIDERS.get((category, provider))
    if found is None:
        work.fail(f"The emulator has no provider {provider} of the category {category}")
    found(work)
