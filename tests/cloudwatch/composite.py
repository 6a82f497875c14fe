"""How CloudWatch evaluates a composite alarm, and when another alarm keeps it silent.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.cloudwatch.alarm import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.cloudwatch.alarm import History

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<word>AND|OR|NOT|TRUE|FALSE|[()])|(?P<state>ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s()\"]+))\s*\))"
)


@dataclass(frozen=True)
class Suppressor:
    """The alarm that keeps a composite alarm silent."""

    alarm: str
    wait_minutes: int
    extension_minutes: int


@dataclass(frozen=True, kw_only=True)
class CompositeAlarm:
    """An alarm on the states of others."""

    name: str
    rule: str
    suppressor: Suppressor | None = None
    actions: Mapping[State, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def alarms(self) -> tuple[str, ...]:
        """The alarms that its rule names."""
        return tuple(match["quoted"] or match["bare"] for match in _TOKEN.finditer(self.rule) if match["state"])

    @property
    def collects(self) -> bool:
        """Whether it only sends the messages of the alarms of its rule, and is silent while another is in ALARM."""
        return self.suppressor is not None and not re.search(r"\b(AND|NOT)\b|OK\(", self.rule)

    def history(self, histories: Mapping[str, History]) -> History:
        """Its states, from those of the alarms of its rule.

        Raises:
            KeyError: The rule names an alarm that is not there.
        """
        named = {name: histories[name] for name in self.alarms}
        history: History = []
        for minute in sorted({minute for states in named.values() for minute, _ in states} | {0}):
            states = {name: state_at(states, minute) for name, states in named.items()}
            state = State.ALARM if holds(self.rule, states) else State.OK
            if not history or history[-1][1] != state:
                history.append((minute, state))
        return history

    def performed(self, history: History, histories: Mapping[str, History], minutes: int) -> History:
        """When it performs the actions of which state.

        While the suppressor is in ALARM it performs none. A transition waits for the suppressor; after the suppressor
        everything waits. At the end of either period it performs the actions of its state, whichever that was before.
        """
        if self.suppressor is None:
            return history[1:]
        suppressing = histories[self.suppressor.alarm]
        own, others = ({minute for minute, _ in states[1:]} for states in (history, suppressing))
        found: History = []
        due = minutes
        for minute in (*sorted(own | others), minutes):
            if due < minute or (due == minute and minute not in own | others):
                found.append((due, state_at(history, due)))
                due = minutes
            if state_at(suppressing, minute) is State.ALARM:
                due = minutes
            elif minute in own:
                due = minute + self.suppressor.wait_minutes
            elif minute in others and state_at(suppressing, minute - 1) is State.ALARM:
                due = minute + self.suppressor.extension_minutes
        return [(minute, state) for minute, state in found if minute < minutes]


def state_at(history: History, minute: int) -> State:
    """The state of a minute."""
    return history[max(bisect_right([start for start, _ in history], minute) - 1, 0)][1]


def holds(rule: str, states: Mapping[str, State]) -> bool:
    """Whether a rule is fulfilled: NOT binds more than AND, AND more than OR.

    Raises:
        ValueError: It is not a valid rule.
    """
    return _Rule(rule, states).value()


class _Rule:
    def __init__(self, rule: str, states: Mapping[str, State]) -> None:
        self._rule, self._states = rule, states
        self._tokens: list[bool | str] = []
        position = 0
        while rule[position:].strip():
            match = _TOKEN.match(rule, position)
            if match is None:
                raise self._error()
            self._tokens.append(match["word"] or states[match["quoted"] or match["bare"]] == State(match["state"]))
            position = match.end()
        self._tokens.reverse()

    def value(self) -> bool:
        found = self._or()
        if self._tokens:
            raise self._error()
        return found

    def _or(self) -> bool:
        return any(self._joined("OR", self._and))

    def _and(self) -> bool:
        return all(self._joined("AND", self._not))

    def _joined(self, word: str, part: Callable[[], bool]) -> list[bool]:
        found = [part()]
        while self._tokens and self._tokens[-1] == word:
            self._tokens.pop()
            found.append(part())
        return found

    def _not(self) -> bool:
        if not self._tokens:
            raise self._error()
        match self._tokens.pop():
            case bool(value):
                return value
            case "TRUE":
                return True
            case "FALSE":
                return False
            case "NOT":
                return not self._not()
            case "(":
                found = self._or()
                if not self._tokens or self._tokens.pop() != ")":
                    raise self._error()
                return found
        raise self._error()

    def _error(self) -> ValueError:
        return ValueError(f"{self._rule}: not a valid rule of a composite alarm")
