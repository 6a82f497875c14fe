"""`make sleep` and `make wake`; and what refuses to change an environment while it sleeps.

Both call the function of the sleep schedule. It stores what a person asks for, and each call takes the next step; it
goes on every five minutes by itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runner.errors import FAILED, INTERRUPTED, OK, RunnerError
from runner.functions import FunctionFailedError, NotAppliedError, UnreachableError, call_function

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runner.session import Session
    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack

LAYERS: Final = frozenset({"data", "service", "cost"})
"""The layers of what sleeps, and of the schedule that wakes it."""
_RUNBOOK: Final = "docs/runbooks.md#sleep-schedule"
_CALL_SECONDS: Final = 120
_STEP_SECONDS: Final[float] = 15
_LONGEST_SECONDS: Final = 3600
_FUNCTION: Final = "aws_lambda_function"
_PACKAGE: Final = "sleep-schedule.zip"


@dataclass(frozen=True, kw_only=True)
class SleepFunction:
    """The function of an environment's sleep schedule."""

    environment: str
    name: str
    region: str
    saving: str = ""
    """What sleep saves, for people."""

    @staticmethod
    def of(stacks: Mapping[str, Stack]) -> SleepFunction | None:
        """The function of the environment; None if it never sleeps."""
        for stack in stacks.values():
            if stack.sleep_function:
                return SleepFunction(
                    environment=stack.environment,
                    name=stack.sleep_function,
                    region=stack.region,
                    saving=stack.sleep_saving,
                )
        return None

    def call(self, **event: str) -> dict[str, Any]:
        """What the function answers.

        Raises:
            NotAppliedError: There is no such function.
            UnreachableError: There is no AWS CLI, or AWS refused.
            RunnerError: The function failed.
        """
        try:
            return call_function(self.name, event, region=self.region, seconds=_CALL_SECONDS)
        except FunctionFailedError as error:
            raise self._failure(error) from None

    def _failure(self, error: FunctionFailedError) -> RunnerError:
        if error.kind == "ValueError":  # what a person typed
            return RunnerError(f"{error.reason}.")
        return RunnerError(
            f"The sleep schedule of {self.environment} failed: {error.reason}.",
            f"It goes on every five minutes. Its log: aws logs tail /aws/lambda/{self.name} --region {self.region}. "
            f"What to do: {_RUNBOOK}",
            exit_code=FAILED,
        )


def change(
    stacks: Mapping[str, Stack],
    action: str,
    until: str | None,
    *,
    say: Callable[[str], None] = print,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Send an environment to sleep or wake it, and wait until it does.

    Raises:
        RunnerError: It has no sleep schedule, the function cannot be called or failed, or it takes too long.
    """
    environment = next(iter(stacks.values())).environment
    function = SleepFunction.of(stacks)
    if function is None:
        message = f"{environment} has no sleep schedule."
        raise RunnerError(
            message, f"Add [cost.sleep] to environments/{environment}.toml (docs/sleep.md), and apply it."
        )
    try:
        _wait(function, action, until, say=say, pause=pause, clock=clock)
    except NotAppliedError:
        message = f"The sleep schedule of {environment} is not applied yet."
        raise RunnerError(message, f"Apply it first: make apply ENV={environment} LAYER=cost") from None
    except UnreachableError as error:
        message = f"Cannot call the sleep schedule of {environment}: {error}."
        raise RunnerError(message, "It needs the AWS CLI, and credentials that may invoke its function.") from None
    except KeyboardInterrupt:
        say("No longer waiting. The schedule goes on by itself, every five minutes.")
        return INTERRUPTED
    return OK


def _wait(
    function: SleepFunction,
    action: str,
    until: str | None,
    *,
    say: Callable[[str], None],
    pause: Callable[[float], None],
    clock: Callable[[], float],
) -> None:
    began = clock()
    told = function.call(action=action, **({"until": until} if until else {}))
    wanted, said = told["wanted"], ""
    say(f"{function.environment} is to be {wanted} until {told['until']}.")
    if action == "sleep" and function.saving:
        say(f"Its schedule {function.saving}.")
    while not told["settled"]:
        if told["wanted"] != wanted:
            say(f"{function.environment} is now to be {told['wanted']}, until {told['until']}: no longer waiting.")
            return
        minutes = (clock() - began) / 60
        doing = f"{told['phase']}: {told['doing']}" if told["doing"] else told["phase"]
        if doing != said:
            say(f"{minutes:4.0f} min  {doing}")
            said = doing
        if clock() - began > _LONGEST_SECONDS:
            message = f"{function.environment} is still {doing}, after {minutes:.0f} minutes."
            raise RunnerError(message, f"The schedule goes on by itself. What to do: {_RUNBOOK}", exit_code=FAILED)
        pause(_STEP_SECONDS)
        told = function.call(action="run")
    say(f"{function.environment} is {told['phase']}, until {told['until']}.")


def require_awake(session: Session, action: str, *, wake: bool) -> None:
    """Refuse to change what sleeps: AWS changes no stopped database, so Terraform would fail halfway.

    Raises:
        RunnerError: The environment is not awake, or it does not wake.
    """
    function = SleepFunction.of(session.stacks)
    if function is None or not LAYERS & {stack.layer for stack in session.chosen.values()}:
        return
    told = _status(function, session.progress.warn)
    if told is None:
        return
    if _is_awake(told):
        session.progress.warn(f"{function.environment} is awake until {told['until']}.")
    elif wake:
        change(session.stacks, "wake", None, say=session.progress.warn)
    else:
        raise _asleep_error(function, told, repeat=f"make {action} ENV={function.environment} WAKE=1")


def refuse_stopped_databases(stacks: Mapping[str, Stack], *, warn: Callable[[str], None]) -> None:
    """Refuse what needs the databases of an environment while they are stopped.

    Raises:
        RunnerError: The environment is not awake.
    """
    function = SleepFunction.of(stacks)
    told = _status(function, warn) if function else None
    if function and told and not _is_awake(told):
        raise _asleep_error(function, told, why="its databases are stopped")


def _status(function: SleepFunction, warn: Callable[[str], None]) -> dict[str, Any] | None:
    """What the function says; None if it does not exist yet, or, after a warning, if it cannot be called."""
    try:
        return function.call(action="status")
    except NotAppliedError:
        return None
    except UnreachableError as error:
        warn(f"Cannot see whether {function.environment} sleeps ({error}). If it does, a change of a database fails.")
        return None


def _is_awake(told: Mapping[str, Any]) -> bool:
    return bool(told["phase"] == told["wanted"] == "awake")


def refuse_loss_of_schedule(stack: Stack, terraform: Terraform, plan: Plan) -> None:
    """Refuse to delete the schedule of an environment that sleeps: nothing would wake it.

    Raises:
        RunnerError: The plan deletes it, and the environment is not awake.
    """
    if stack.layer != "cost":
        return
    for each in terraform.destroyed_by(plan):
        if each.type == _FUNCTION and str(each.values.get("filename", "")).endswith(_PACKAGE):
            name = str(each.values.get("function_name"))
            function = SleepFunction(environment=stack.environment, name=name, region=stack.region)
            try:
                told = function.call(action="status")
            except (NotAppliedError, UnreachableError):
                return
            if told["phase"] != "awake":
                wake = f"put [cost.sleep] back, run `make wake ENV={stack.environment}`, then remove it"
                raise _asleep_error(function, told, wake=wake)


def _asleep_error(
    function: SleepFunction,
    told: Mapping[str, Any],
    *,
    why: str = "AWS changes no stopped database, and an apply would fail halfway",
    repeat: str = "",
    wake: str = "",
) -> RunnerError:
    name = function.environment
    state = told["phase"] if told["phase"] != "awake" else "about to fall asleep"
    both = f". Or both at once: {repeat}" if repeat else ""
    return RunnerError(
        f"{name} is {state}, so nothing is changed: {why}.",
        f"To wake it: {wake}." if wake else f"To wake it: make wake ENV={name}{both}",
    )
