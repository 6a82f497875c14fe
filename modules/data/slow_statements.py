"""Counts slow statements in the logs, where no metric is a query time, and warns of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from modules.data.database_alarm import add_alarm
from modules.data.instance_metrics import FIVE_MINUTES
from modules.metric import Metric
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.data.database_alarm import Subject
    from modules.label import Label
    from modules.log_group import LogGroup

POSTGRES_PATTERN: Final = '"]:LOG:  duration: "'
"""What RDS's log_line_prefix ends with, and how PostgreSQL begins the line of a slow statement.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html
"""
MANY: Final = 60
"""Slow statements in five minutes: one every five seconds is no single report."""
_PERIODS: Final = 3


def documentdb_pattern(milliseconds: int) -> str:
    """The lines of the profiler, which are JSON, from a duration on.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/profiling.html
    """
    return f"{{ $.millis >= {milliseconds} }}"


class SlowStatements(Construct):
    """A metric of the slow statements of one database, and its alarm."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        subject: Subject,
        logs: Mapping[str, LogGroup],
        pattern: str,
        value: str,
        milliseconds: int,
    ) -> None:
        """Create the metric and the alarm.

        Args:
            subject: The database.
            logs: Its logs, by the id of their filter.
            pattern: The filter pattern of their lines.
            value: What a line adds to the metric: its duration, or a number.
            milliseconds: From when on a statement is slow.
        """
        super().__init__(scope, id_)
        self._name = f"{subject.name}-slow-statements"
        self._label = subject.label
        for filter_id, group in logs.items():
            CloudwatchLogMetricFilter(
                self,
                filter_id,
                name=self._name,
                log_group_name=group.id,
                pattern=pattern,
                metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                    name=self._name, namespace=database_namespace(self._label), value=value
                ),
            )
        add_alarm(
            self,
            "slow-statements",
            subject=subject,
            states=f"logged {MANY} or more statements of {milliseconds} ms and longer in five minutes",
            metric=self.count,
            threshold=MANY,
            severity=Severity.WARNING,
            runbook=Runbook.SLOW_QUERIES,
            periods=_PERIODS,
        )

    @property
    def count(self) -> Metric:
        """Slow statements in five minutes; no data means none."""
        return Metric(
            namespace=database_namespace(self._label),
            name=self._name,
            statistic="SampleCount",
            dimensions={},
            region=self._label.region,
            period_seconds=FIVE_MINUTES,
        )


def database_namespace(label: Label) -> str:
    """The namespace of the metrics that are made of the databases' logs."""
    return f"{label.prefix}/databases"
