"""A scenario notices every mistake in an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.alarms.mutants import composite_mutants, equivalent, mutants
from tests.alarms.read import Alarms
from tests.alarms.test_scenarios import LATE, runs
from tests.cloudwatch.alarm import MetricAlarm, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.alarms.stage import Run, Stage
    from tests.cloudwatch.composite import CompositeAlarm

# An alarm that is the same in an environment before is not examined again.
ORDER: Final = ("staging", "prod", "dev")


def described(stage: Stage, alarm: MetricAlarm | CompositeAlarm) -> str:
    """An alarm, without the name of its environment."""
    return repr(alarm).replace(f"{stage.environment.name}-", "")


def own_alarms(stages: dict[str, Stage], environment: str) -> Iterator[MetricAlarm | CompositeAlarm]:
    """The alarms that no environment before has."""
    before = [stages[name] for name in ORDER[: ORDER.index(environment)]]
    known = {described(stage, alarm) for stage in before for alarm in all_alarms(stage)}
    stage = stages[environment]
    return (alarm for alarm in all_alarms(stage) if described(stage, alarm) not in known)


def all_alarms(stage: Stage) -> list[MetricAlarm | CompositeAlarm]:
    return [*stage.alarms.metric.values(), *stage.alarms.composite.values()]


def is_noticed(stage: Stage, mutant: MetricAlarm | CompositeAlarm, all_runs: list[Run]) -> bool:
    metric, composite = dict(stage.alarms.metric), dict(stage.alarms.composite)
    if isinstance(mutant, MetricAlarm):
        metric[mutant.name] = mutant
    else:
        composite[mutant.name] = mutant
    alarms = Alarms(metric, composite)
    return any(run.problems_with(alarms, mutant.name) for run in all_runs)


@pytest.mark.seconds(20)
@pytest.mark.parametrize("environment", ORDER)
def test_each_mistake_in_an_alarm_is_noticed(stages: dict[str, Stage], environment: str) -> None:
    stage = stages[environment]
    all_runs = runs(stage, LATE)
    unnoticed: list[str] = []
    not_equivalent: list[str] = []
    for alarm in own_alarms(stages, environment):
        # Those first that set it off: most mistakes are noticed there.
        ordered = sorted(
            all_runs, key=lambda run: all(state is not State.ALARM for _, state in run.histories[alarm.name])
        )
        found = mutants(alarm, stage.healthy) if isinstance(alarm, MetricAlarm) else composite_mutants(alarm)
        for mistake, mutant in found:
            noticed = is_noticed(stage, mutant, ordered)
            known = equivalent(mistake, alarm)
            if not noticed and not known:
                unnoticed.append(f"{alarm.name}: {mistake}")
            if noticed and known:
                not_equivalent.append(f"{alarm.name}: {mistake}: {known.reason}")
    assert not unnoticed, "add a scenario that notices it, or a reason to EQUIVALENT in tests/alarms/mutants.py"
    assert not not_equivalent, "a scenario notices it: remove it from EQUIVALENT in tests/alarms/mutants.py"
