"""The scenarios in an environment: what its metrics get, the states of its alarms, and the messages of them."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from tests.alarms import (
    measure_copies,
    measure_databases,
    measure_drills,
    measure_edge,
    measure_events,
    measure_services,
)
from tests.alarms.read import read_alarms
from tests.alarms.scenario import Message
from tests.alarms.world import both, healthy
from tests.cloudwatch.alarm import State
from tests.cloudwatch.timeline import NOTHING, Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.alarms.environment import Environment
    from tests.alarms.read import Alarms
    from tests.alarms.scenario import Scenario
    from tests.alarms.world import Change
    from tests.cloudwatch.alarm import History, MetricAlarm, MetricKey, Retrieval
    from tests.cloudwatch.composite import CompositeAlarm
    from tests.cloudwatch.timeline import Published

_MEASURES: Final = (
    measure_services.measure,
    measure_edge.measure,
    measure_databases.measure,
    measure_events.measure,
    measure_copies.measure,
    measure_drills.measure,
)
_TWO_DAYS: Final = 2 * 24 * 60


class Stage:
    """One environment and its alarms."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.alarms = read_alarms(environment)
        self.timelines = cache(self._timelines)
        """What each metric gets in a scenario."""
        self.run = cache(self._run)
        """A scenario, of which CloudWatch gets the data in some way."""
        self._quiet_states = cache(self._states_without_a_change)

    @cached_property
    def healthy(self) -> Mapping[MetricKey, Published]:
        """What each metric gets while everything works."""
        return self._published(both())

    def history(self, alarm: MetricAlarm, scenario: Scenario, retrieval: Retrieval) -> History:
        """The states of an alarm."""
        return alarm.history(self.timelines(scenario), scenario.minutes, retrieval)

    def _run(self, scenario: Scenario, retrieval: Retrieval) -> Run:
        """Only the alarms whose metrics change have to be evaluated."""
        quiet = self._quiet_states(retrieval)
        changed = {
            key
            for key, line in self.timelines(scenario).items()
            if line.minutes or line.first != self.healthy.get(key, NOTHING)
        }
        histories = {
            name: self.history(alarm, scenario, retrieval)
            if any(query.metric in changed for query in alarm.metrics)
            else [(0, quiet[name])]
            for name, alarm in self.alarms.metric.items()
        }
        for name, composite in self.alarms.composite.items():
            histories[name] = composite.history(histories)
        return Run(self, scenario, retrieval, histories)

    def _states_without_a_change(self, retrieval: Retrieval) -> dict[str, State]:
        """The state of each alarm while everything works; it must not change."""
        lines = {key: Timeline([(0, published)]) for key, published in self.healthy.items()}
        states: dict[str, State] = {}
        for name, alarm in self.alarms.metric.items():
            history = alarm.history(lines, _TWO_DAYS, retrieval)
            assert len(history) == 1, f"{name} changes while nothing happens: {history[:4]}"
            states[name] = history[0][1]
        return states

    def _timelines(self, scenario: Scenario) -> dict[MetricKey, Timeline]:
        changes = [
            (0, scenario.always),
            *((minute, both(scenario.always, change)) for minute, change in scenario.steps),
        ]
        published = [(minute, self._published(change)) for minute, change in changes]
        keys = dict.fromkeys(key for _, known in published for key in known)
        return {key: Timeline([(minute, known.get(key, NOTHING)) for minute, known in published]) for key in keys}

    def _published(self, change: Change) -> dict[MetricKey, Published]:
        world = change(healthy(self.environment))
        if world.is_silent:
            return {}
        return dict(measured for measure in _MEASURES for measured in measure(self.environment, world))


class Run:
    """One scenario, with the data as CloudWatch gets them."""

    def __init__(
        self, stage: Stage, scenario: Scenario, retrieval: Retrieval, histories: Mapping[str, History]
    ) -> None:
        self._stage, self.scenario, self._retrieval = stage, scenario, retrieval
        self.histories = histories
        self.messages = {name: self._messages(stage.alarms, histories, name) for name in histories}
        """By alarm."""

    @property
    def problems(self) -> list[str]:
        """What is wrong with the messages."""
        return self._problems(self.messages)

    def problems_with(self, alarms: Alarms, changed: str) -> list[str]:
        """What is wrong with the messages if one alarm is another one."""
        histories = dict(self.histories)
        if alarm := alarms.metric.get(changed):
            histories[changed] = self._stage.history(alarm, self.scenario, self._retrieval)
        else:
            histories[changed] = alarms.composite[changed].history(histories)
        others = alarms.composites_of(changed)
        for name in others:
            histories[name] = alarms.composite[name].history(histories)
        messages = {name: self._messages(alarms, histories, name) for name in (changed, *others)}
        if all(self.messages[name] == sent for name, sent in messages.items()):
            return []
        return self._problems({**self.messages, **messages})

    def _messages(self, alarms: Alarms, histories: Mapping[str, History], name: str) -> list[Message]:
        history = histories[name]
        composite = alarms.composite.get(name)
        if composite and composite.collects:
            return self._collected(composite, histories)
        alarm = composite or alarms.metric[name]
        performed = composite.performed(history, histories, self.scenario.minutes) if composite else history[1:]
        return [
            Message(minute, severity, name, state)
            for minute, state in performed
            for severity in alarm.actions.get(state, ())
        ]

    def _collected(self, composite: CompositeAlarm, histories: Mapping[str, History]) -> list[Message]:
        """As messages of the alarms that it collects, which a person finds in its message.

        A recovery without a message before is one of its own.
        """
        found: list[Message] = []
        open_: list[Message] = []
        performed = composite.performed(histories[composite.name], histories, self.scenario.minutes)
        ends = [minute for minute, _ in performed[1:]]
        for (minute, state), end in zip(performed, [*ends, self.scenario.minutes], strict=False):
            severities = composite.actions.get(state, ())
            if state is State.ALARM:
                open_ = [
                    Message(max(minute, start), severity, name, state)
                    for name in composite.alarms
                    for start, own in alarm_times(histories[name])
                    if own > minute and start < end
                    for severity in severities
                ]
                found += open_
            else:
                names = dict.fromkeys(message.alarm for message in open_) or [composite.name]
                found += [Message(minute, severity, name, state) for severity in severities for name in names]
                open_ = []
        return found

    def _problems(self, messages: Mapping[str, list[Message]]) -> list[str]:
        sent = [message for one in messages.values() for message in one]
        return self.scenario.problems(sent, self._stage.environment.name)


def alarm_times(history: History) -> list[tuple[int, int]]:
    """From when until when it is in ALARM, at the end for ever."""
    ends = [minute for minute, _ in history[1:]]
    return [(minute, end) for (minute, state), end in zip(history, [*ends, 10**9], strict=True) if state is State.ALARM]
