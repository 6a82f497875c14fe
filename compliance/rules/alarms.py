"""Alarms: late data decide nothing, and a deployment watches the load balancer."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final

from compliance.metric_math import UnknownSyntaxError, value_without_data
from compliance.rule import Finding, rule
from synthesis.template import blocks, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_FILL: Final = "FILL("
_LATE: Final = 2
"""Minutes by which data of AWS's metrics are usually late."""
_LEAST: Final = 5
"""Values without data that are more than late ones."""
_BREACHES: Final[dict[object, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
_OWN_ERRORS: Final = "HTTPCode_ELB_5XX_Count"
# https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html
_MOST_ALARMS: Final = 10


@rule
def alarm_waits_for_late_data(stack: Stack) -> Iterator[Finding]:
    """An alarm on an expression with FILL goes off, and only when it must: the newest values are the filler."""
    for alarm in stack.all("aws_cloudwatch_metric_alarm"):
        needed = int(alarm.get("datapoints_to_alarm") or alarm.get("evaluation_periods") or 1)
        window = int(alarm.get("evaluation_periods") or 1)
        for expression in _results(alarm):
            breaches = _filler_breaches(alarm, expression)
            if True in breaches and needed < _LEAST:
                yield Finding.about(
                    alarm,
                    f"{needed} of {window} values alarm, and the filler of {expression} breaches the threshold, so "
                    f"late data alarm; datapoints_to_alarm must be {_LEAST} or more",
                )
            if False in breaches and window < needed + _LATE:
                yield Finding.about(
                    alarm,
                    f"{needed} of {window} values alarm, and the newest of {expression} are its filler, which does not "
                    f"breach the threshold; evaluation_periods must be {needed + _LATE} or more",
                )


@rule
def scaling_waits_for_late_data(stack: Stack) -> Iterator[Finding]:
    """The metric of a scaling policy has no FILL: the newest value is the filler, and AWS's alarm needs high ones."""
    for policy in stack.all("aws_appautoscaling_policy"):
        for _, text in texts(dict(policy.arguments)):
            if _FILL in text:
                yield Finding.about(policy, f"{text} is its filler in the newest minute, so it never scales out")


@rule
def deployment_watches_the_load_balancer(stack: Stack) -> Iterator[Finding]:
    """A deployment rolls back on what the load balancer answers with 5xx itself: old tasks can still be healthy."""
    own = [alarm for alarm in stack.all("aws_cloudwatch_metric_alarm") if _OWN_ERRORS in _metric_names(alarm)]
    for kind, where, argument in (
        ("aws_ecs_service", "alarms", "alarm_names"),
        ("aws_codedeploy_deployment_group", "alarm_configuration", "alarms"),
    ):
        for resource in stack.all(kind):
            watched = resource.block(where).get(argument) or []
            if len(watched) > _MOST_ALARMS:
                yield Finding.about(resource, f"watches {len(watched)} alarms, AWS accepts at most {_MOST_ALARMS}")
            if not watched or not (resource.get("load_balancer") or resource.get("load_balancer_info")):
                continue
            if not any(alarm.is_referred_to_by(watched) for alarm in own):
                yield Finding.about(resource, f"{where} has no alarm on {_OWN_ERRORS} of its load balancer")


def _results(alarm: Resource) -> list[str]:
    """The expression that an alarm compares, if it is one with FILL."""
    return [
        str(query.get("expression"))
        for query in blocks(alarm.get("metric_query"))
        if query.get("return_data") and _FILL in str(query.get("expression"))
    ]


def _filler_breaches(alarm: Resource, expression: str) -> set[bool]:
    """Whether the value without data breaches the threshold: both are possible if it cannot be computed."""
    breaches = _BREACHES.get(alarm.get("comparison_operator"))
    threshold = alarm.get("threshold")
    try:
        value = value_without_data(expression)
    except UnknownSyntaxError:
        return {True, False}
    if value is None:
        return set()
    if breaches is None or not isinstance(threshold, int | float):
        return {True, False}
    return {breaches(value, threshold)}


def _metric_names(alarm: Resource) -> set[object]:
    queries = (metric for query in blocks(alarm.get("metric_query")) for metric in blocks(query.get("metric")))
    return {one.get("metric_name") for one in (alarm.arguments, *queries)}
