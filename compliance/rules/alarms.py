"""Alarms: their metrics exist, late data decide nothing, and a deployment watches the load balancer."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final

from compliance.cloudwatch_metrics import problem_of, region_of
from compliance.metric_math import UnknownSyntaxError, value_without_data
from compliance.rule import Finding, rule
from synthesis.template import blocks, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_FILL: Final = "FILL("
_MINUTE_SECONDS: Final = 60
_LATE_SECONDS: Final = 120
"""By which data of AWS's metrics are usually late."""
_LEAST: Final = 5
"""Values without data that are more than late ones."""
_BREACHES: Final[dict[object, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
_SCALING: Final = ("target_tracking_scaling_policy_configuration", "customized_metric_specification")
_OWN_ERRORS: Final = "HTTPCode_ELB_5XX_Count"
# https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html
_MOST_ALARMS: Final = 10


@rule
def metric_exists(stack: Stack) -> Iterator[Finding]:
    """An alarm or a scaling policy on a metric of AWS uses one that AWS documents, in the region in which it is.

    CloudWatch accepts any name in any region, and the alarm never goes off.
    """
    for resource in stack.all("aws_cloudwatch_metric_alarm", "aws_appautoscaling_policy"):
        for metric in _metrics(resource):
            problem, only = problem_of(**metric), region_of(metric["namespace"], metric["name"])
            region = stack.region_of(resource)
            if problem is None and only not in {None, region}:
                problem = f"is published in {only}, not in {region}"
            if problem:
                yield Finding.about(resource, f"{metric['namespace']} {metric['name']} {problem}")


@rule
def alarm_waits_for_late_data(stack: Stack) -> Iterator[Finding]:
    """An alarm on an expression with FILL goes off, and only when it must: the newest values are the filler."""
    for alarm in stack.all("aws_cloudwatch_metric_alarm"):
        late = _late_periods(alarm)
        if late == 0:  # the newest value has data of some of its minutes
            continue
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
            if False in breaches and window < needed + late:
                yield Finding.about(
                    alarm,
                    f"{needed} of {window} values alarm, and the newest of {expression} are its filler, which does not "
                    f"breach the threshold; evaluation_periods must be {needed + late} or more",
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


def _late_periods(alarm: Resource) -> int:
    """How many of the newest values of an alarm on an expression can be without data."""
    metrics = [{}, *(metric for query in blocks(alarm.get("metric_query")) for metric in blocks(query.get("metric")))]
    return _LATE_SECONDS // max(int(metric.get("period") or _MINUTE_SECONDS) for metric in metrics)


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


def _metrics(resource: Resource) -> Iterator[dict[str, Any]]:
    """The arguments of `problem_of` for each metric that an alarm or a scaling policy reads."""
    if resource.get("metric_name"):
        statistic = resource.get("statistic") or resource.get("extended_statistic")
        yield _metric(resource.arguments, resource.get("dimensions") or {}, statistic)
    for query in blocks(resource.get("metric_query")):
        for metric in blocks(query.get("metric")):
            yield _metric(metric, metric.get("dimensions") or {}, metric.get("stat"))
    for query in blocks(resource.block(*_SCALING).get("metrics")):
        for one in blocks(query.get("metric_stat")):
            for metric in blocks(one.get("metric")):
                pairs = {pair.get("name"): pair.get("value") for pair in blocks(metric.get("dimensions"))}
                yield _metric(metric, pairs, one.get("stat"))


def _metric(metric: Mapping[str, Any], dimensions: Mapping[Any, Any], statistic: object) -> dict[str, Any]:
    return {
        "namespace": str(metric.get("namespace")),
        "name": str(metric.get("metric_name")),
        "dimensions": dimensions,
        "statistic": str(statistic),
    }


def _metric_names(alarm: Resource) -> set[object]:
    queries = (metric for query in blocks(alarm.get("metric_query")) for metric in blocks(query.get("metric")))
    return {one.get("metric_name") for one in (alarm.arguments, *queries)}
