"""Sends an environment on the emulator to sleep and wakes it, with the function that Terraform created."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from config.names import NameLimit
from lambdas.sleep_schedule.handler import from_variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment
    from lambdas.sleep_schedule.handler import SleepSchedule

_MOST_RUNS: Final = 6
_BETWEEN_RUNS: Final = timedelta(minutes=5)


def check_the_environment_sleeps_and_wakes(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """The names and ARNs that its function has are those of what sleeps; here it has all permissions.

    The code runs in this process, because a call of the function would run at this time, not at those of its schedule.
    """
    if environment.cost is None or environment.cost.sleep is None:
        return
    name = environment.names.name("sleep-schedule", limit=NameLimit.LAMBDA_FUNCTION)
    functions: Any = session.client("lambda")
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    function = from_variables(variables, schedule=environment.cost.sleep.schedule(), client=session.client)
    now = datetime.now(tz=UTC)
    here = function.schedule.at(now)
    night = now if not here.awake else here.until
    morning = function.schedule.at(night).until if night else None
    if night is None or morning is None:
        yield f"the schedule of {name} never changes"
        return
    before = _counts(function)
    yield from _run(function, night, "asleep")
    yield from (f"{each} wants {count} tasks while it sleeps" for each, count in _counts(function).items() if count)
    for database in function.databases:
        if set(database.statuses()) != {"stopped"}:
            yield f"{database.title} is {', '.join(database.statuses())} while the environment sleeps"
    yield from _run(function, morning, "awake")
    if (after := _counts(function)) != before:
        yield f"the services wanted {before} tasks before they slept, and want {after} afterwards"


def _run(function: SleepSchedule, start: datetime, wanted: str) -> Iterator[str]:
    told: dict[str, Any] = {}
    for number in range(_MOST_RUNS):
        told = function.run(now=start + number * _BETWEEN_RUNS)
        if told["settled"] and told["phase"] == wanted:
            return
        told = function.run(now=start + number * _BETWEEN_RUNS)
    yield f"the environment is not {wanted} after {_MOST_RUNS} runs, but {told['phase']}: {told['doing']}"


def _counts(function: SleepSchedule) -> dict[str, int]:
    return {service.name: service.desired for service in function.services.read()}
