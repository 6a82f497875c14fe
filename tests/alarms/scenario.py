"""A scenario: what happens in an environment, and whom CloudWatch must notify of it.

What it expects is written from the design's sections 7.1, 7.2 and 11.1, not from what the alarms do: a database failure
or a service outage is critical, high utilization and slow answers are a warning, and nothing else notifies anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tests.alarms.world import both
from tests.cloudwatch.alarm import State
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.alarms.world import Change


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
    after: int = 0
    """The minute before which it must not be there."""

    def is_met_by(self, message: Message) -> bool:
        """Whether a message is this one, and in time."""
        in_time = self.after <= message.minute and (self.by is None or message.minute <= self.by)
        return in_time and fnmatchcase(str(message), self.pattern)


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
    if_late: bool = False
    """Whether it is so only if data are late by two minutes, in which FILL's filler counts."""
    only: tuple[str, ...] = ENVIRONMENTS
    """The environments in which it can happen."""

    def __str__(self) -> str:
        return self.name

    def problems(self, messages: Iterable[Message], environment: str) -> list[str]:
        """What is wrong with the messages of an environment."""
        sent = sorted(messages, key=lambda message: message.minute)
        expected = [one for one in self.expected if environment in one.only]
        problems = [
            f"no message {one.pattern}{'' if one.by is None else f' until minute {one.by}'}"
            for one in expected
            if not any(one.is_met_by(message) for message in sent)
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
