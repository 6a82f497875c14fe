"""A scenario: what happens in an environment, and whom CloudWatch must notify of it.

What it expects is written from the design's sections 7.1, 7.2 and 11.1, not from what the alarms do: a database failure
or a service outage is critical, high utilization and slow answers are a warning, and nothing else notifies anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tests.alarms import measure_edge, measure_events, measure_services
from tests.alarms.world import both, healthy
from tests.cloudwatch.alarm import State
from tests.cloudwatch.timeline import NOTHING, Timeline
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.alarms.environment import Environment
    from tests.alarms.read import Alarms
    from tests.alarms.world import Change
    from tests.cloudwatch.alarm import History, MetricKey, Retrieval
    from tests.cloudwatch.timeline import Published

_MEASURES = (measure_services.measure, measure_edge.measure, measure_events.measure)


@dataclass(frozen=True)
class Message:
    """What a topic gets."""

    minute: int
    severity: str
    alarm: str
    state: State

    def __str__(self) -> str:
        text = f"{self.severity}: {self.alarm}"
        return text if self.state is State.ALARM else f"{text} is {self.state}"


@dataclass(frozen=True)
class Expected:
    """A message that must come, as a pattern of `fnmatch`: `critical: backend-errors`."""

    pattern: str
    by: int | None = None
    """The minute by which it must be there."""
    only: tuple[str, ...] = ENVIRONMENTS
    """The environments that have what sends it."""

    def is_met_by(self, message: Message) -> bool:
        """Whether a message is this one, and in time."""
        return fnmatchcase(str(message), self.pattern) and (self.by is None or message.minute <= self.by)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What happens, and the messages of it."""

    name: str
    steps: tuple[tuple[int, Change], ...]
    """From which minute on what is different from a healthy environment; each step is all of it."""
    always: Change = field(default_factory=both)
    """What is so all the time, also before."""
    expected: tuple[Expected, ...] = ()
    minutes: int = 120
    """How long it lasts."""
    only: tuple[str, ...] = ENVIRONMENTS
    """The environments in which it can happen."""

    def __str__(self) -> str:
        return self.name

    def timelines(self, environment: Environment) -> dict[MetricKey, Timeline]:
        """What each metric gets."""
        steps = [(0, both()), *self.steps]
        published = [(minute, _published(environment, both(self.always, change))) for minute, change in steps]
        keys = dict.fromkeys(key for _, known in published for key in known)
        return {key: Timeline([(minute, known.get(key, NOTHING)) for minute, known in published]) for key in keys}

    def problems(self, messages: Iterable[Message], environment: str) -> list[str]:
        """What is wrong with the messages of an environment."""
        sent = sorted(messages, key=lambda message: message.minute)
        expected = [one for one in self.expected if environment in one.only]
        alarming = [message for message in sent if message.state is State.ALARM]
        problems = [
            f"no message {one.pattern}{'' if one.by is None else f' until minute {one.by}'}"
            for one in expected
            if not any(one.is_met_by(message) for message in alarming)
        ]
        seen: set[str] = set()
        for message in sent:
            if message.state is State.ALARM:
                if not any(fnmatchcase(str(message), one.pattern) for one in expected):
                    problems.append(f"{message} in minute {message.minute}, which nobody must get")
                if str(message) in seen:
                    problems.append(f"{message} once more in minute {message.minute}")
                seen.add(str(message))
            elif f"{message.severity}: {message.alarm}" not in seen:
                problems.append(f"{message} in minute {message.minute}, without an alarm before")
        return problems


def _published(environment: Environment, change: Change) -> dict[MetricKey, Published]:
    world = change(healthy(environment))
    if world.is_silent:
        return {}
    return dict(measured for measure in _MEASURES for measured in measure(environment, world))


@dataclass
class Run:
    """One scenario in one environment."""

    scenario: Scenario
    environment: Environment
    alarms: Alarms
    retrieval: Retrieval
    timelines: Mapping[MetricKey, Timeline] = field(init=False)
    histories: dict[str, History] = field(init=False)
    messages: dict[str, list[Message]] = field(init=False)
    """By alarm."""

    def __post_init__(self) -> None:
        self.timelines = self.scenario.timelines(self.environment)
        self.histories = {
            name: alarm.history(self.timelines, self.scenario.minutes, self.retrieval)
            for name, alarm in self.alarms.metric.items()
        }
        for name, composite in self.alarms.composite.items():
            self.histories[name] = composite.history(self.histories)
        self.messages = {name: self.messages_of(self.alarms, self.histories, name) for name in self.histories}

    def messages_of(self, alarms: Alarms, histories: Mapping[str, History], name: str) -> list[Message]:
        """The messages of an alarm."""
        history = histories[name]
        composite = alarms.composite.get(name)
        alarm = composite or alarms.metric[name]
        transitions = composite.performed(history, histories, self.scenario.minutes) if composite else history[1:]
        return [
            Message(minute, severity, name, state)
            for minute, state in transitions
            for severity in alarm.actions.get(state, ())
        ]

    @property
    def problems(self) -> list[str]:
        """What is wrong with the messages."""
        messages = [message for sent in self.messages.values() for message in sent]
        return self.scenario.problems(messages, self.environment.name)

    def problems_with(self, alarms: Alarms, changed: str) -> list[str]:
        """What is wrong with the messages if one alarm is another one."""
        histories = dict(self.histories)
        if changed in alarms.metric:
            histories[changed] = alarms.metric[changed].history(self.timelines, self.scenario.minutes, self.retrieval)
        else:
            histories[changed] = alarms.composite[changed].history(histories)
        others = alarms.composites_of(changed)
        for name in others:
            histories[name] = alarms.composite[name].history(histories)
        messages = {
            **self.messages,
            **{name: self.messages_of(alarms, histories, name) for name in (changed, *others)},
        }
        sent = [message for one in messages.values() for message in one]
        return self.scenario.problems(sent, self.environment.name)
