"""The alarms of the synthesized JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.metric_syntax import names, parse
from synthesis.manifest import STATE_LAYER
from synthesis.template import blocks
from tests.cloudwatch.alarm import MetricAlarm, MetricKey, Query, State
from tests.cloudwatch.composite import CompositeAlarm, Suppressor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.alarms.environment import Environment, Place

_ACTIONS = {
    "alarm_actions": State.ALARM,
    "ok_actions": State.OK,
    "insufficient_data_actions": State.INSUFFICIENT_DATA,
}


@dataclass(frozen=True)
class Alarms:
    """The alarms of an environment, by their name without the environment's prefix, and with the region if need be."""

    metric: Mapping[str, MetricAlarm]
    composite: Mapping[str, CompositeAlarm]
    """Each after those that it names."""

    def composites_of(self, name: str) -> list[str]:
        """The composite alarms that depend on an alarm, also by others between them."""
        found = [name]
        for composite in self.composite.values():
            needed = (*composite.alarms, *((composite.suppressor.alarm,) if composite.suppressor else ()))
            if set(needed) & set(found):
                found.append(composite.name)
        return found[1:]


def read_alarms(environment: Environment) -> Alarms:
    """All alarms of an environment."""
    topics = {
        environment.of(topic, "arn"): topic.get("name").rpartition("-")[2] for topic in environment.all("aws_sns_topic")
    }
    metric = [_metric_alarm(environment, place, topics) for place in environment.all("aws_cloudwatch_metric_alarm")]
    composite = [
        _composite_alarm(environment, place, topics) for place in environment.all("aws_cloudwatch_composite_alarm")
    ]
    found = {alarm.name: alarm for alarm in metric}
    assert len(found) == len(metric), "two alarms of one environment have the same name"
    return Alarms(found, _ordered({alarm.name: alarm for alarm in composite}))


def _metric_alarm(environment: Environment, place: Place, topics: Mapping[str, str]) -> MetricAlarm:
    queries = blocks(place.get("metric_query"))
    metrics = [(query["id"], query["metric"]) for query in queries if query.get("metric")]
    if not queries:
        metrics = [("value", place.resource.arguments)]
    periods = {int(metric["period"]) for _, metric in metrics}
    assert len(periods) == 1, f"{place}: all metrics of an alarm must have one period, not {periods}"
    return MetricAlarm(
        name=_name(environment, place),
        metrics=tuple(_query(environment, place, id_, metric) for id_, metric in metrics),
        expressions=_expressions(queries),
        result=next((query["id"] for query in queries if query.get("return_data")), "value"),
        comparison=place.get("comparison_operator"),
        threshold=float(place.get("threshold")),
        period_seconds=periods.pop(),
        evaluation_periods=int(place.get("evaluation_periods")),
        datapoints_to_alarm=int(place.get("datapoints_to_alarm") or place.get("evaluation_periods")),
        missing_data=place.get("treat_missing_data") or "missing",
        ignores_few_samples=place.get("evaluate_low_sample_count_percentiles") == "ignore",
        actions=_actions(environment, place, topics),
    )


def _query(environment: Environment, place: Place, id_: str, metric: Mapping[str, Any]) -> Query:
    dimensions = metric.get("dimensions") or {}
    return Query(
        id=id_,
        metric=MetricKey(
            place.stack.region,
            metric["namespace"],
            metric["metric_name"],
            frozenset((name, environment.text(place.stack, value)) for name, value in dimensions.items()),
        ),
        statistic=metric.get("stat") or metric.get("statistic") or metric["extended_statistic"],
    )


def _expressions(queries: list[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """The expressions, each after those that it names."""
    left = {query["id"]: query["expression"] for query in queries if query.get("expression")}
    found: list[tuple[str, str]] = []
    while left:
        ready = [id_ for id_, text in left.items() if not names(parse(text)) & set(left)]
        assert ready, f"expressions that name each other: {left}"
        found += [(id_, left.pop(id_)) for id_ in ready]
    return tuple(found)


def _composite_alarm(environment: Environment, place: Place, topics: Mapping[str, str]) -> CompositeAlarm:
    block = place.resource.block("actions_suppressor")
    suppressor = None
    if block:
        suppressor = Suppressor(
            alarm=environment.text(place.stack, block["alarm"]).removeprefix(environment.prefix),
            wait_minutes=block["wait_period"] // 60,
            extension_minutes=block["extension_period"] // 60,
        )
    return CompositeAlarm(
        name=_name(environment, place),
        rule=environment.text(place.stack, place.get("alarm_rule")).replace(f'"{environment.prefix}', '"'),
        suppressor=suppressor,
        actions=_actions(environment, place, topics),
    )


def _name(environment: Environment, place: Place) -> str:
    """Its name without the prefix, and with its region if there is one of that name in the environment's own region."""
    name = environment.text(place.stack, place.get("alarm_name")).removeprefix(environment.prefix)
    home = environment.stacks[f"{environment.name}-{STATE_LAYER}"].region
    if place.stack.region == home:
        return name
    at_home = {
        environment.text(other.stack, other.get("alarm_name")).removeprefix(environment.prefix)
        for other in environment.all(place.resource.kind)
        if other.stack.region == home
    }
    return f"{name} in {place.stack.region}" if name in at_home else name


def _actions(environment: Environment, place: Place, topics: Mapping[str, str]) -> dict[State, tuple[str, ...]]:
    """The severities that get a message of each state."""
    if place.get("actions_enabled") is False:
        return {}
    return {
        state: tuple(topics[environment.text(place.stack, action)] for action in place.get(argument) or ())
        for argument, state in _ACTIONS.items()
    }


def _ordered(alarms: dict[str, CompositeAlarm]) -> dict[str, CompositeAlarm]:
    """Each after those that it names."""
    left = dict(alarms)
    found: dict[str, CompositeAlarm] = {}
    while left:
        ready = [
            name
            for name, alarm in left.items()
            if not {*alarm.alarms, *([alarm.suppressor.alarm] if alarm.suppressor else [])} & set(left)
        ]
        assert ready, f"composite alarms that name each other: {sorted(left)}"
        found |= {name: left.pop(name) for name in ready}
    return found
