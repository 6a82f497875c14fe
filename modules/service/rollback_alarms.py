"""The alarms that take a deployment back: users see errors, or wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from constructs import Construct

from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from config.deployment import DeploymentSettings
    from modules.service.target_groups import TargetGroups

_PERIOD_SECONDS: Final = 60
_PERIODS: Final = 3  # one bad minute is a hiccup, three are the release
_MS_PER_SECOND: Final = 1000


class RollbackAlarms(Construct):
    """Two alarms over all target groups of a service: the share of 5xx answers, and the 95th percentile of the time.

    No request is no alarm. They have no action of their own: a deployment watches them.
    """

    def __init__(
        self, scope: Construct, id_: str, *, config: DeploymentSettings, label: Label, name: str, target: TargetGroups
    ) -> None:
        super().__init__(scope, id_)
        self._target = target
        colors = list(target.arn_suffixes)
        self._alarms = [
            self._alarm(
                "errors",
                name=label.name(f"{name}-errors", limit=NameLimit.ALARM),
                description=f"{name} answers {config.max_error_percent} % of its requests or more with 5xx",
                threshold=config.max_error_percent,
                expression=f"100 * ({_sum('errors', colors)}) / ({_sum('requests', colors)})",
                queries=[
                    *(self._query(f"errors_{c}", c, "HTTPCode_Target_5XX_Count", "Sum") for c in colors),
                    *(self._query(f"requests_{c}", c, "RequestCount", "Sum") for c in colors),
                ],
            ),
            self._alarm(
                "latency",
                name=label.name(f"{name}-latency", limit=NameLimit.ALARM),
                description=f"{name} takes {config.max_p95_ms} ms or more for the slowest 5 % of its requests",
                threshold=config.max_p95_ms / _MS_PER_SECOND,
                expression=f"MAX([{', '.join(f'FILL(time_{c}, 0)' for c in colors)}])",
                queries=[self._query(f"time_{c}", c, "TargetResponseTime", "p95") for c in colors],
            ),
        ]

    @property
    def names(self) -> list[str]:
        """For what watches them during a deployment."""
        return [alarm.alarm_name for alarm in self._alarms]

    def _alarm(
        self,
        id_: str,
        *,
        name: str,
        description: str,
        threshold: float,
        expression: str,
        queries: list[CloudwatchMetricAlarmMetricQuery],
    ) -> CloudwatchMetricAlarm:
        return CloudwatchMetricAlarm(
            self,
            id_,
            alarm_name=name,
            alarm_description=description,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=threshold,
            evaluation_periods=_PERIODS,
            datapoints_to_alarm=_PERIODS,
            treat_missing_data="notBreaching",
            metric_query=[
                CloudwatchMetricAlarmMetricQuery(
                    id="value", expression=expression, label=description, return_data=True
                ),
                *queries,
            ],
        )

    def _query(self, id_: str, color: str, metric: str, statistic: str) -> CloudwatchMetricAlarmMetricQuery:
        return CloudwatchMetricAlarmMetricQuery(
            id=id_,
            return_data=False,
            metric=CloudwatchMetricAlarmMetricQueryMetric(
                namespace="AWS/ApplicationELB",
                metric_name=metric,
                period=_PERIOD_SECONDS,
                stat=statistic,
                dimensions={
                    "LoadBalancer": self._target.load_balancer.arn_suffix,
                    "TargetGroup": self._target.arn_suffixes[color],
                },
            ),
        )


def _sum(kind: str, colors: list[str]) -> str:
    return " + ".join(f"FILL({kind}_{color}, 0)" for color in colors)
