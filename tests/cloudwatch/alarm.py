"""How CloudWatch evaluates a metric alarm.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from compliance.metric_math import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from compliance.metric_math import Series, Value
    from tests.cloudwatch.timeline import Timeline


class State(StrEnum):
    """The state of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


History = list[tuple[int, State]]
"""From which minute on an alarm is in which state; the first entry is of minute 0."""

BREACHES: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}


@dataclass(frozen=True)
class MetricKey:
    """What a metric is known by: an alarm sees those of its own region only."""

    region: str
    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]] = frozenset()

    def __str__(self) -> str:
        dimensions = ", ".join(f"{name}={value}" for name, value in sorted(self.dimensions))
        return f"{self.namespace} {self.name} ({dimensions}) in {self.region}"


@dataclass(frozen=True, kw_only=True)
class Query:
    """A metric of an alarm."""

    id: str
    metric: MetricKey
    statistic: str


@dataclass(frozen=True)
class Retrieval:
    """What CloudWatch gets of the metrics when it evaluates an alarm, which AWS documents only in part."""

    further_periods: int = 2
    """How many periods it looks further back than the alarm's own. AWS's example says 5 of an alarm on 3; in public
    measurements it was 6 minutes of an alarm on 1 or 2 periods of a minute:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    https://github.com/infrahouse/terraform-aws-lambda-monitored
    """
    late_minutes: tuple[int, ...] = (2,)
    """By how many minutes the data are late: the first metric of an alarm by the first number, and so on, again and
    again. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (FILL)
    """


@dataclass(frozen=True, kw_only=True)
class MetricAlarm:
    """An alarm on a metric, or on an expression over some."""

    name: str
    metrics: tuple[Query, ...]
    expressions: tuple[tuple[str, str], ...] = ()
    """Expressions by their id, in an order in which each names only those before it."""
    result: str
    """The id of the metric or expression that is compared."""
    comparison: str
    threshold: float
    period_seconds: int
    evaluation_periods: int
    datapoints_to_alarm: int
    missing_data: str = "missing"
    ignores_few_samples: bool = False
    """Whether a percentile of too few samples leaves the state as it is."""
    actions: Mapping[State, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Whom it notifies when it gets into a state."""

    def history(self, timelines: Mapping[MetricKey, Timeline], minutes: int, retrieval: Retrieval) -> History:
        """Its states from minute 0 until before `minutes`; it has existed for a long time before."""
        lines = [timelines.get(query.metric) for query in self.metrics]
        state = self._state(lines, 0, State.INSUFFICIENT_DATA, retrieval)
        history = [(0, self._state(lines, 0, state, retrieval))]
        for minute in self._minutes(lines, minutes, retrieval):
            state = self._state(lines, minute, history[-1][1], retrieval)
            if state != history[-1][1]:
                history.append((minute, state))
        return history

    def _minutes(self, lines: list[Timeline | None], minutes: int, retrieval: Retrieval) -> Iterable[int]:
        """When its state can change: while a change of a metric is in what it retrieves."""
        known = [line for line in lines if line]
        length = self.period_seconds // 60
        late = max(retrieval.late_minutes)
        found: set[int] = set()
        for interval in set().union(*(line.intervals for line in known)):
            if length % interval:
                return range(1, minutes)
            # At these minutes a value gets into a period, or from one into the next.
            found.update(minute for minute in range(1, minutes) if minute % interval <= late + 1)
        span = (self.evaluation_periods + retrieval.further_periods) * length + late + 2
        # A period of hours changes slowly: not each minute of it is evaluated, to save time.
        step = max(length // 72, 1)
        for line in known:
            for minute in line.minutes:
                found.update(range(max(minute, 1), min(minute + span, minutes), step))
        return sorted(found)

    def _state(self, lines: list[Timeline | None], minute: int, state: State, retrieval: Retrieval) -> State:
        if self.ignores_few_samples and self._has_few_samples(lines, minute, retrieval):
            return state
        values = self._values(lines, minute, retrieval)
        breaches = BREACHES[self.comparison]
        points = [None if value is None else breaches(value, self.threshold) for value in values]
        return next_state(
            points, state, needed=self.datapoints_to_alarm, window=self.evaluation_periods, missing=self.missing_data
        )

    def _values(self, lines: list[Timeline | None], minute: int, retrieval: Retrieval) -> Series:
        """What is compared with the threshold, the newest value last."""
        count = self.evaluation_periods + retrieval.further_periods
        length = self.period_seconds // 60
        late = retrieval.late_minutes
        windows = tuple(
            tuple(
                line.value(
                    query.statistic,
                    minute - (index + 1) * length,
                    min(minute - index * length, minute - late[position % len(late)]),
                )
                for index in reversed(range(count))
            )
            if line
            else (None,) * count
            for position, (query, line) in enumerate(zip(self.metrics, lines, strict=True))
        )
        ids = tuple(query.id for query in self.metrics)
        return _compared(ids, windows, self.expressions, self.result, self.period_seconds)

    def _has_few_samples(self, lines: list[Timeline | None], minute: int, retrieval: Retrieval) -> bool:
        """Whether there are less than 10 / (1 - percentile) samples.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
        """
        statistic = self.metrics[0].statistic
        if not statistic.startswith("p") or lines[0] is None:
            return False
        share = float(statistic[1:]) / 100
        needed = 10 / (1 - share) if share >= 0.5 else 10 / share
        start = minute - self.evaluation_periods * self.period_seconds // 60
        return (lines[0].value("SampleCount", start, minute - retrieval.late_minutes[0]) or 0) < needed


@cache
def _compared(
    ids: tuple[str, ...],
    windows: tuple[Series, ...],
    expressions: tuple[tuple[str, str], ...],
    result: str,
    period_seconds: int,
) -> Series:
    metrics = dict(zip(ids, windows, strict=True))
    others: dict[str, Value] = {}
    for id_, expression in expressions:
        others[id_] = evaluate(
            expression, metrics, others=others, length=len(windows[0]), period_seconds=period_seconds
        )
    value = others[result] if result in others else metrics[result]
    if not isinstance(value, tuple):
        message = f"{dict(expressions)[result]} is not one time series, which AWS requires of what an alarm compares"
        raise TypeError(message)
    return value


def next_state(points: list[bool | None], state: State, *, needed: int, window: int, missing: str) -> State:
    """The state after `state`.

    Args:
        points: All that was retrieved, the newest last: whether it breaches the threshold, None for a missing one.
        state: The state until now.
        needed: How many values must breach the threshold.
        window: Of how many.
        missing: How missing values are treated.
    """
    real = [point for point in points if point is not None]
    if len(real) >= window:
        return State.ALARM if sum(real[-window:]) >= needed else State.OK
    breaching = sum(real)
    if missing == "breaching":
        return State.ALARM if breaching + window - len(real) >= needed else State.OK
    if breaching >= needed:
        return State.ALARM
    if missing == "notBreaching" or not all(real):
        return State.OK
    if missing == "ignore":
        return state
    # Only breaching values, and too few of them: an alarm if the first of them is old enough. The page calls it the
    # premature transition; of younger values, its edition of 2018 has the state in its tables.
    oldest = len(points) - points.index(True) if real else 0
    return State.ALARM if oldest >= needed else State.INSUFFICIENT_DATA
