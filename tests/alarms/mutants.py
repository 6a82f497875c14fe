"""Alarms with one mistake each. A scenario must notice every one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tests.cloudwatch.alarm import MetricAlarm, MetricKey, State
from tests.cloudwatch.composite import CompositeAlarm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_INVERTED: Final = {
    "GreaterThanOrEqualToThreshold": "LessThanThreshold",
    "GreaterThanThreshold": "LessThanOrEqualToThreshold",
    "LessThanOrEqualToThreshold": "GreaterThanThreshold",
    "LessThanThreshold": "GreaterThanOrEqualToThreshold",
}
_FLIPPED: Final = {
    "breaching": "notBreaching",
    "notBreaching": "breaching",
    "ignore": "breaching",
    "missing": "breaching",
}
_FILL: Final = re.compile(r"FILL\(([a-z]\w*), \w+\)")
_COLOR: Final = re.compile(r"_(blue|green)$")

Mutant = tuple[str, MetricAlarm | CompositeAlarm]
"""The name of the mistake, and the alarm with it."""


def mutants(alarm: MetricAlarm, published: Iterable[MetricKey]) -> Iterator[Mutant]:
    """The mistakes that a metric alarm can have."""
    yield "threshold times ten", replace(alarm, threshold=alarm.threshold * 10 or 1)
    yield "comparison inverted", replace(alarm, comparison=_INVERTED[alarm.comparison])
    yield "missing data flipped", replace(alarm, missing_data=_FLIPPED[alarm.missing_data])
    if alarm.datapoints_to_alarm > 1:
        yield "one datapoint less", replace(alarm, datapoints_to_alarm=alarm.datapoints_to_alarm - 1)
    needed = alarm.datapoints_to_alarm + 1
    yield (
        "one datapoint more",
        replace(alarm, datapoints_to_alarm=needed, evaluation_periods=max(needed, alarm.evaluation_periods)),
    )
    if any(query.statistic.startswith("p") for query in alarm.metrics):
        averages = tuple(
            replace(query, statistic="Average") if query.statistic.startswith("p") else query for query in alarm.metrics
        )
        yield "average for a percentile", replace(alarm, metrics=averages)
    filled = tuple((id_, _without_fill(expression)) for id_, expression in alarm.expressions)
    if filled != alarm.expressions:
        yield "FILL removed", replace(alarm, expressions=filled)
    yield from _with_other_metrics(alarm, published)
    yield from _with_other_actions(alarm)


def _without_fill(expression: str) -> str:
    while (shorter := _FILL.sub(r"\1", expression)) != expression:
        expression = shorter
    return expression


def _with_other_metrics(alarm: MetricAlarm, published: Iterable[MetricKey]) -> Iterator[Mutant]:
    """A color is dropped, or a metric is that of another resource; of no resource if there is no other."""
    for color in sorted({match[1] for query in alarm.metrics if (match := _COLOR.search(query.id))}):
        metrics = tuple(
            replace(query, metric=replace(query.metric, dimensions=frozenset())) if query.id.endswith(color) else query
            for query in alarm.metrics
        )
        yield f"{color} dropped", replace(alarm, metrics=metrics)
    for index, query in enumerate(alarm.metrics):
        names = {name for name, _ in query.metric.dimensions}
        used = {other.metric for other in alarm.metrics}
        others = sorted(
            (key for key in published if _is_similar(key, query.metric, names) and key not in used), key=str
        )
        other = others[0] if others else replace(query.metric, dimensions=frozenset({("Wrong", "dimension")}))
        metrics = (*alarm.metrics[:index], replace(query, metric=other), *alarm.metrics[index + 1 :])
        yield f"wrong dimension of {query.id}", replace(alarm, metrics=metrics)


def _is_similar(key: MetricKey, metric: MetricKey, names: set[str]) -> bool:
    """Whether it is the same metric of another resource."""
    return (key.region, key.namespace, key.name) == (metric.region, metric.namespace, metric.name) and {
        name for name, _ in key.dimensions
    } == names


def _with_other_actions(alarm: MetricAlarm) -> Iterator[Mutant]:
    if alarm.actions.get(State.ALARM):
        yield "actions removed", replace(alarm, actions={})
        yield "severity swapped", replace(alarm, actions=_swapped(alarm.actions))


def _swapped(actions: Mapping[State, tuple[str, ...]]) -> dict[State, tuple[str, ...]]:
    other = {"critical": "warning", "warning": "critical", "info": "critical"}
    return {state: tuple(other[severity] for severity in severities) for state, severities in actions.items()}


def composite_mutants(alarm: CompositeAlarm) -> Iterator[Mutant]:
    """The mistakes that a composite alarm can have."""
    yield "actions removed", replace(alarm, actions={})
    yield "severity swapped", replace(alarm, actions=_swapped(alarm.actions))
    for word, other in ((" AND ", " OR "), (" OR ", " AND ")):
        for index in range(alarm.rule.count(word)):
            parts = alarm.rule.split(word)
            rule = word.join(parts[: index + 1]) + other + word.join(parts[index + 1 :])
            yield f"{word.strip()} number {index + 1} is {other.strip()}", replace(alarm, rule=rule)
    if "NOT " in alarm.rule:
        yield "NOT removed", replace(alarm, rule=alarm.rule.replace("NOT ", ""))
    for name in alarm.alarms:
        yield f"{name} never in ALARM", replace(alarm, rule=alarm.rule.replace(f'ALARM("{name}")', "FALSE"))
    if alarm.suppressor:
        yield "suppressor removed", replace(alarm, suppressor=None)


@dataclass(frozen=True)
class Equivalent:
    """A mistake that changes no message, and why."""

    mistake: str
    """A regular expression."""
    alarms: str
    """A regular expression."""
    reason: str
    if_filled: bool = False
    """Whether it is so only of an alarm that has FILL for each of its metrics."""


EQUIVALENT: Final = (
    Equivalent("missing data flipped", ".*", "with FILL for each metric no value is ever missing", if_filled=True),
    Equivalent(
        "FILL removed",
        r"objective-.*-(long|short)|.*-undelivered( in .*)?",
        "one value is enough: without FILL it is missing, which does not breach the threshold, instead of 0, which "
        "does not either; and a missing value beside another one counts as 0",
    ),
    Equivalent(
        "FILL removed",
        r"(backend|frontend)-(full|unhealthy)",
        "the load balancer reports both counts for each target group with tasks, and the other group counts as 0",
    ),
    Equivalent(
        "one datapoint more",
        r"objective-(availability-slow|.*-latency-(fast|slow))-short",
        "the long window shows the share only after more than two short ones have it",
    ),
    Equivalent(
        "wrong dimension of answered_blue",
        r"objective-frontend-latency-.*-short",
        "the long window, whose metrics are right, decides when the composite alarm goes off; a share that is too high "
        "in the short one only ends it later",
    ),
)
"""All that no scenario notices; a test fails if a scenario does notice one of them."""


def equivalent(mistake: str, alarm: MetricAlarm | CompositeAlarm) -> Equivalent | None:
    """The entry of a mistake in an alarm; None if a scenario must notice it."""
    return next(
        (
            one
            for one in EQUIVALENT
            if re.fullmatch(one.mistake, mistake)
            and re.fullmatch(one.alarms, alarm.name)
            and (not one.if_filled or _is_filled(alarm))
        ),
        None,
    )


def _is_filled(alarm: MetricAlarm | CompositeAlarm) -> bool:
    """Whether each metric is only in FILL."""
    if not isinstance(alarm, MetricAlarm) or not alarm.expressions:
        return False
    text = " ".join(expression for _, expression in alarm.expressions)
    return all(len(re.findall(rf"\b{query.id}\b", text)) == text.count(f"FILL({query.id},") for query in alarm.metrics)
