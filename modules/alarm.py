"""The only kind of CloudWatch alarm here: every alarm has a topic, a runbook and a rule for missing data.

An alarm is added beside the resource whose metric it watches: docs/notifications.md says how.
"""

from __future__ import annotations

import operator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from constructs import Construct

from modules.errors import WiringError
from modules.label import Label, NameLimit
from modules.metric import Metric, MetricExpression

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cdktf import TerraformResource

    from modules.runbook import Runbook
    from modules.topic import Severity, Topics

_RESULT: Final = "value"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
_MOST_METRICS: Final = 10
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html (Period): a day with
# periods of less than an hour, else a week
_HOUR_SECONDS: Final = 3600
_DAY_SECONDS: Final = 86_400
_WEEK_SECONDS: Final = 604_800
_LATE_SECONDS: Final = 120
"""In which of the newest values the filler of FILL can be all there is: metrics of AWS arrive a minute or two late.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (FILL)
"""
_LEAST_PERIODS: Final = 5
"""Values that must breach the threshold if the filler does: more of them than data are late by."""


class MissingData(StrEnum):
    """How an alarm treats a period without data.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"
    MISSING = "missing"


class Comparison(StrEnum):
    """How a value is compared with the threshold."""

    AT_LEAST = "GreaterThanOrEqualToThreshold"
    ABOVE = "GreaterThanThreshold"
    AT_MOST = "LessThanOrEqualToThreshold"
    BELOW = "LessThanThreshold"

    def breaches(self, value: float, threshold: float) -> bool:
        """Whether a value breaches a threshold."""
        return _BREACHES[self](value, threshold)


_BREACHES: Final[dict[Comparison, Callable[[float, float], bool]]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.ABOVE: operator.gt,
    Comparison.AT_MOST: operator.le,
    Comparison.BELOW: operator.lt,
}


class Alarm(Construct):
    """An alarm on a metric or a metric expression that notifies the topic of its severity.

    The metric and the topic of an alarm must be in the alarm's own region:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        name: str,
        description: str,
        metric: Metric | MetricExpression,
        threshold: float,
        severity: Severity,
        missing_data: MissingData,
        runbook: Runbook,
        topics: Topics,
        comparison: Comparison = Comparison.AT_LEAST,
        periods: int = 1,
        spare_periods: int = 0,
        notifies: bool = True,
        notifies_recovery: bool = True,
        fires_asleep: bool = False,
        depends_on: Sequence[TerraformResource] = (),
    ) -> None:
        """Create the alarm.

        Args:
            label: Names it.
            name: Component of its name.
            description: What has happened when the alarm is in the state ALARM: a sentence without a full stop.
            metric: The metric to watch.
            threshold: In the unit of the metric.
            severity: `critical` needs a person at once, `warning` during working hours.
            missing_data: How it treats a period without data.
            runbook: What a person must do.
            topics: The topics of the alarm's region.
            comparison: How a value is compared with the threshold.
            periods: How many consecutive values must breach the threshold. Of an expression with FILL, whose newest
                values are its filler until the data arrive: as many of a longer window, or, if the filler
                breaches the threshold itself, at least five.
            spare_periods: How many values more its window has: for an expression without FILL over metrics that do not
                arrive together, of which the newest value is not yet right.
            notifies: Whether it notifies by itself; False if it is only a part of a composite alarm that does.
            notifies_recovery: Whether it also notifies when the state returns to OK; not useful for single events.
            fires_asleep: Whether it also goes off because the environment sleeps; then it notifies through a composite
                alarm, which is silent meanwhile (`modules/suppressor.py`).
            depends_on: What publishes its first values, if it takes a missing one for a breach.

        Raises:
            WiringError: The metric or the topics are in another region, or CloudWatch does not accept the metric.
        """
        super().__init__(scope, id_)
        for what, region in (("metric", metric.region), ("topics", topics.region)):
            if region != label.region:
                message = f"an alarm in {label.region} cannot use the {what} in {region}; create the alarm in {region}"
                raise WiringError(self, message)
        needed, window = _datapoints(metric, periods=periods, comparison=comparison, threshold=threshold)
        window += spare_periods
        if (problem := _problem_of(metric, window=window)) is not None:
            raise WiringError(self, problem)
        suppressor = topics.suppressor if fires_asleep and notifies else None
        receivers = [topics.by_severity[severity].arn] if notifies and not suppressor else None
        self.full_name: str = label.name(name, limit=NameLimit.ALARM)
        self._alarm = CloudwatchMetricAlarm(
            self,
            "Default",
            alarm_name=self.full_name,
            alarm_description=f"{description}. Runbook: {runbook.link}",
            comparison_operator=comparison,
            threshold=threshold,
            evaluation_periods=window,
            datapoints_to_alarm=needed,
            treat_missing_data=missing_data,
            alarm_actions=receivers,
            ok_actions=receivers if notifies_recovery else None,
            tags={"Severity": severity.value},
            depends_on=list(depends_on) or None,
            **(_metric_arguments(metric) if isinstance(metric, Metric) else _expression_arguments(metric)),
        )
        if suppressor:
            suppressor.notify_through_composite(self, self, label=label, severity=severity, topics=topics)

    @property
    def name(self) -> str:
        """A token for its name, for a deployment or a composite alarm that watches it."""
        return self._alarm.alarm_name

    @property
    def arn(self) -> str:
        """ARN of the alarm."""
        return self._alarm.arn


def _datapoints(
    metric: Metric | MetricExpression, *, periods: int, comparison: Comparison, threshold: float
) -> tuple[int, int]:
    """How many values must breach the threshold, of how many.

    Without FILL a late value is a missing one, and CloudWatch looks further back itself:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    if isinstance(metric, Metric) or metric.late_value is None:
        return periods, periods
    late_periods = _LATE_SECONDS // metric.period_seconds
    if late_periods == 0:  # the newest value has data of some of its minutes
        return periods, periods
    if comparison.breaches(metric.late_value, threshold):
        needed = max(periods, _LEAST_PERIODS)
        return needed, needed
    return periods, periods + late_periods


def _problem_of(metric: Metric | MetricExpression, *, window: int) -> str | None:
    """Why CloudWatch refuses an alarm on so many values of a metric; None if it does not."""
    if isinstance(metric, MetricExpression) and len(metric.metrics) > _MOST_METRICS:
        return f"it reads {len(metric.metrics)} metrics; CloudWatch allows {_MOST_METRICS}: split it into two alarms"
    seconds = window * metric.period_seconds
    most = _DAY_SECONDS if metric.period_seconds < _HOUR_SECONDS else _WEEK_SECONDS
    if seconds > most:
        return (
            f"it looks back {seconds} seconds; CloudWatch allows {most} with a period of {metric.period_seconds}: "
            "use fewer periods"
        )
    return None


def _metric_arguments(metric: Metric) -> dict[str, Any]:
    statistic = "extended_statistic" if metric.is_extended else "statistic"
    return {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": dict(metric.dimensions) or None,
        "period": metric.period_seconds,
        statistic: metric.statistic,
    }


def _expression_arguments(expression: MetricExpression) -> dict[str, Any]:
    result = CloudwatchMetricAlarmMetricQuery(
        id=_RESULT, expression=expression.expression, label=expression.label, return_data=True
    )
    queries = [
        CloudwatchMetricAlarmMetricQuery(
            id=id_,
            return_data=False,
            metric=CloudwatchMetricAlarmMetricQueryMetric(
                namespace=metric.namespace,
                metric_name=metric.name,
                period=metric.period_seconds,
                stat=metric.statistic,
                dimensions=dict(metric.dimensions),
            ),
        )
        for id_, metric in expression.metrics.items()
    ]
    return {"metric_query": [result, *queries]}
