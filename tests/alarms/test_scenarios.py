"""Every alarm of the JSON in every scenario: who gets a message, and that nobody else does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.alarms.scenarios import SCENARIOS
from tests.cloudwatch.alarm import Retrieval, State
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from tests.alarms.scenario import Scenario
    from tests.alarms.stage import Run, Stage

LATE: Final = Retrieval()
# The same must come of data that arrive at once or one by one, and if CloudWatch looks further back.
RETRIEVALS: Final = {"late data": LATE, "each metric at another time": Retrieval(5, (0, 1, 2))}


def runs(stage: Stage, retrieval: Retrieval) -> list[Run]:
    """All scenarios that can happen there."""
    return [
        stage.run(scenario, retrieval)
        for scenario in SCENARIOS
        if stage.environment.name in scenario.only and (retrieval == LATE or not scenario.if_late)
    ]


def test_each_scenario_has_a_name_of_its_own() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.seconds(10)
@pytest.mark.parametrize("retrieval", RETRIEVALS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_scenario_notifies_those_who_must_know_and_nobody_else(
    stages: dict[str, Stage], environment: str, retrieval: str
) -> None:
    problems = {
        str(run.scenario): run.problems for run in runs(stages[environment], RETRIEVALS[retrieval]) if run.problems
    }
    assert not problems


@pytest.mark.seconds(5)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_alarm_goes_off_in_a_scenario_and_is_silent_while_all_is_well(
    stages: dict[str, Stage], environment: str
) -> None:
    stage = stages[environment]
    all_runs = runs(stage, LATE)
    never = sorted(
        name
        for name in all_runs[0].histories
        if not any(state is State.ALARM for run in all_runs for _, state in run.histories[name])
    )
    assert not never, (
        f"no scenario sets off {', '.join(never)}: add one to tests/alarms/scenarios_*.py, and what its resource "
        "publishes to tests/alarms/measure_*.py if that is not there yet (docs/observability.md)"
    )
    (healthy,) = [run for run in all_runs if run.scenario.name == "a healthy day"]
    assert not [name for name, sent in healthy.messages.items() if sent]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_metric_of_an_alarm_is_published_by_a_resource(stages: dict[str, Stage], environment: str) -> None:
    stage = stages[environment]
    known = {key for scenario in SCENARIOS if environment in scenario.only for key in stage.timelines(scenario)}
    unknown = sorted(
        f"{alarm.name}: {query.metric}"
        for alarm in stage.alarms.metric.values()
        for query in alarm.metrics
        if query.metric not in known
    )
    assert not unknown, (
        f"{unknown}: no resource of the JSON publishes it; correct the alarm, or add it to tests/alarms/measure_*.py"
    )


def test_a_message_that_is_missing_too_much_twice_or_late_is_a_problem(stages: dict[str, Stage]) -> None:
    (run,) = [run for run in runs(stages["dev"], LATE) if run.scenario.name == "postgres: cpu, for 15 minutes"]
    scenario: Scenario = run.scenario
    message, recovery = run.messages["postgres-cpu"]
    assert not scenario.problems([message, recovery], "dev")
    assert scenario.problems([], "dev") == ["no message warning: postgres-cpu until minute 55"]
    for changed, text in (
        ({"minute": 56}, "no message warning: postgres-cpu until minute 55"),
        ({"severity": "critical"}, f"critical: postgres-cpu in minute {message.minute}, which nobody must get"),
        ({"state": State.OK}, f"warning: postgres-cpu is OK in minute {message.minute}, without an alarm before"),
    ):
        assert text in scenario.problems([type(message)(**{**vars(message), **changed})], "dev")
    assert scenario.problems([message, message], "dev") == [
        f"warning: postgres-cpu once more in minute {message.minute}"
    ]
