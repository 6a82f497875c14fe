"""The alarms that can wait for working hours: a service is slow, short of tasks, or near its limits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.alarm import Alarm, Comparison, MissingData
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from config.services import ServiceSettings
    from modules.label import Label
    from modules.metric import Metric, MetricExpression
    from modules.service.service_metrics import ServiceMetrics
    from modules.service.target_groups import TargetGroups
    from modules.topic import Topics

TARGET_P95_SECONDS: Final = 0.2
"""The design's target: 95 of 100 answers within 200 ms."""

_PERIOD_SECONDS: Final = 300
_PERIODS: Final = 3  # a quarter of an hour: longer than a deployment's or a new task's peak
_FULL_PERIODS: Final = 6  # scaling in takes up to a quarter of an hour after a peak; half an hour is not a peak
_MINUTES: Final = _PERIOD_SECONDS // 60

_HIGH_PERCENT: Final = 90
_ABOVE_TARGET: Final = 5


def high_percent(target_percent: int) -> int:
    """The utilization that scaling should have lowered: high, and above the target of auto-scaling, which is up to 90.

    At the target itself the alarm would be on whenever scaling works as it should.
    """
    return max(_HIGH_PERCENT, target_percent + _ABOVE_TARGET)


class WarningAlarms(Construct):
    """Alarms on a service that still works; no deployment watches them.

    - slow: the 95th percentile of the response time is above the design's target.
    - unhealthy: a task does not pass its health checks, again and again.
    - tasks: fewer tasks run than are wanted, so they cannot be placed or do not start. Fargate has no metric of its own
      for either.
    - cpu, memory: the utilization is high although auto-scaling should have lowered it.
    - full: auto-scaling has been at `max_count` for long, so it cannot add tasks.

    Without Container Insights, the load balancer's healthy tasks are compared with the bounds of auto-scaling; then a
    service that takes no requests has neither `tasks` nor `full`.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: ServiceSettings,
        label: Label,
        name: str,
        target: TargetGroups | None,
        metrics: ServiceMetrics,
        topics: Topics,
    ) -> None:
        """Create the alarms.

        Args:
            config: Has the bounds and targets of auto-scaling.
            label: Names them.
            name: The service.
            target: Its target groups; None if it takes no requests.
            metrics: What is measured of its tasks.
            topics: Whom they notify.
        """
        super().__init__(scope, id_)
        self._label, self._name, self._topics = label, name, topics
        slowly = replace(metrics, period_seconds=_PERIOD_SECONDS)
        if target:
            self._add(
                "slow",
                f"has a 95th percentile response time of {round(TARGET_P95_SECONDS * 1000)} ms or more",
                metric=target.significant_p95_seconds,
                threshold=TARGET_P95_SECONDS,
                runbook=Runbook.SERVICE_LATENCY,
            )
            self._add(
                "unhealthy",
                "has had unhealthy tasks for a quarter of an hour",
                metric=target.unhealthy_count,
                threshold=1,
                runbook=Runbook.SERVICE_ABSENCE,
            )
        self._add(
            "cpu",
            "uses almost all of its CPU",
            metric=slowly.cpu_percent,
            threshold=high_percent(config.cpu_target_percent),
            runbook=Runbook.SERVICE_CAPACITY,
        )
        self._add(
            "memory",
            "has a task that uses almost all of its memory",
            metric=slowly.highest_memory_percent,
            threshold=high_percent(config.memory_target_percent),
            runbook=Runbook.SERVICE_CAPACITY,
        )
        self._add_tasks(config, slowly, target)
        if config.max_count > config.min_count:
            self._add_full(config, slowly, target)

    def _add_tasks(self, config: ServiceSettings, metrics: ServiceMetrics, target: TargetGroups | None) -> None:
        what = "has had fewer tasks than it should for a quarter of an hour"
        if metrics.missing_count:
            self._add("tasks", what, metric=metrics.missing_count, threshold=1, runbook=Runbook.SERVICE_CAPACITY)
        elif target and config.min_count > 1:  # one too few of one is absence
            self._add(
                "tasks",
                what,
                metric=target.healthy_count,
                threshold=config.min_count,
                runbook=Runbook.SERVICE_CAPACITY,
                comparison=Comparison.BELOW,
                periods=_PERIODS * _MINUTES,
                fires_asleep=True,  # nothing says that no task is wanted
            )

    def _add_full(self, config: ServiceSettings, metrics: ServiceMetrics, target: TargetGroups | None) -> None:
        watched: Metric | MetricExpression
        if metrics.desired_count:
            watched, periods = metrics.desired_count, _FULL_PERIODS
        elif target:
            watched, periods = target.larger_healthy_count, _FULL_PERIODS * _MINUTES
        else:
            return
        self._add(
            "full",
            f"has had max_count = {config.max_count} tasks for half an hour, so it cannot scale out",
            metric=watched,
            threshold=config.max_count,
            runbook=Runbook.SERVICE_CAPACITY,
            periods=periods,
        )

    def _add(
        self,
        id_: str,
        what: str,
        *,
        metric: Metric | MetricExpression,
        threshold: float,
        runbook: Runbook,
        comparison: Comparison = Comparison.AT_LEAST,
        periods: int = _PERIODS,
        fires_asleep: bool = False,
    ) -> None:
        Alarm(
            self,
            id_,
            label=self._label,
            name=f"{self._name}-{id_}",
            description=f"{self._name} {what}",
            metric=metric,
            threshold=threshold,
            severity=Severity.WARNING,
            # Without tasks or requests there are no data; that no task works is what the alarm on absence reports.
            missing_data=MissingData.NOT_BREACHING,
            runbook=runbook,
            topics=self._topics,
            comparison=comparison,
            periods=periods,
            fires_asleep=fires_asleep,
        )
