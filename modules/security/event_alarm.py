"""An alarm for each event of a log group that matches a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)

from modules.alarm import Alarm, MissingData
from modules.metric import Metric

if TYPE_CHECKING:
    from constructs import Construct

    from modules.label import Label
    from modules.log_group import LogGroup
    from modules.runbook import Runbook
    from modules.topic import Severity, Topics

_PERIOD_SECONDS: Final = 300


def add_event_alarm(
    scope: Construct,
    id_: str,
    *,
    label: Label,
    name: str,
    namespace: str,
    log_group: LogGroup,
    pattern: str,
    description: str,
    severity: Severity,
    runbook: Runbook,
    topics: Topics,
) -> None:
    """Add a metric filter and the alarm on its metric.

    Args:
        name: Component of the alarm's name.
        namespace: The namespace of the metric.
        log_group: The log group of the events.
        pattern: The filter pattern of the events that raise the alarm.
    """
    CloudwatchLogMetricFilter(
        scope,
        id_,
        name=id_,
        log_group_name=log_group.id,
        pattern=pattern,
        metric_transformation=CloudwatchLogMetricFilterMetricTransformation(name=id_, namespace=namespace, value="1"),
    )
    Alarm(
        scope,
        f"{id_}-alarm",
        label=label,
        name=name,
        description=description,
        metric=Metric(
            namespace=namespace,
            name=id_,
            statistic="Sum",
            dimensions={},
            region=label.region,
            period_seconds=_PERIOD_SECONDS,
        ),
        threshold=1,
        severity=severity,
        missing_data=MissingData.NOT_BREACHING,  # no event, no data
        runbook=runbook,
        topics=topics,
        notifies_recovery=False,
    )
