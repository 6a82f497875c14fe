"""The error lines in the log of a service: counted, and an alarm on many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from modules.alarm import Alarm, MissingData
from modules.metric import Metric
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from config.services import ServiceSettings
    from modules.label import Label
    from modules.log_group import LogGroup
    from modules.topic import Topics

_PERIOD_SECONDS: Final = 300
_PERIODS: Final = 3  # a burst of errors is one event; what lasts for a quarter of an hour does not end by itself


class ErrorLines(Construct):
    """A metric with the number of error lines, and an alarm: work in the background fails without any response."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: ServiceSettings,
        label: Label,
        name: str,
        log_group: LogGroup,
        topics: Topics | None,
    ) -> None:
        """Create the metric and the alarm.

        Args:
            config: Which lines are errors, and how many are too many.
            label: Names them.
            name: The service.
            log_group: Its log.
            topics: Whom the alarm notifies; without them there is none.
        """
        super().__init__(scope, id_)
        self.count = Metric(
            namespace=f"{label.prefix}/service",
            name=f"{name}-error-lines",
            statistic="Sum",
            dimensions={},  # a metric with a default value cannot have any
            region=label.region,
            period_seconds=_PERIOD_SECONDS,
        )
        """Error lines in five minutes; 0 while there are other lines only, and no value without any line."""
        CloudwatchLogMetricFilter(
            self,
            "Default",
            name="error-lines",
            log_group_name=log_group.id,
            pattern=config.error_pattern,
            metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                name=self.count.name, namespace=self.count.namespace, value="1", default_value="0"
            ),
        )
        if topics:
            Alarm(
                self,
                "alarm",
                label=label,
                name=f"{name}-error-lines",
                description=f"{name} logs {config.max_error_lines} or more error lines in five minutes",
                metric=self.count,
                threshold=config.max_error_lines,
                severity=Severity.WARNING,
                missing_data=MissingData.NOT_BREACHING,  # no line at all is not an error; absence has its own alarm
                runbook=Runbook.ERROR_LINES,
                topics=topics,
                periods=_PERIODS,
            )
