"""What CloudWatch measures of a service's tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from modules.metric import Metric, MetricExpression

if TYPE_CHECKING:
    from modules.service.cluster import Cluster

_INSIGHTS: Final = "ECS/ContainerInsights"


@dataclass(frozen=True, kw_only=True)
class ServiceMetrics:
    """The metrics of one service; those of Container Insights are None where the cluster has it disabled.

    Only running tasks are measured, so a service without tasks has no utilization:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
    """

    cluster: Cluster
    service: str
    region: str
    period_seconds: int = 60

    @property
    def cpu_percent(self) -> Metric:
        """CPU utilization of all tasks, on average."""
        return self._metric("CPUUtilization", "Average")

    @property
    def memory_percent(self) -> Metric:
        """Memory utilization of all tasks, on average."""
        return self._metric("MemoryUtilization", "Average")

    @property
    def highest_memory_percent(self) -> Metric:
        """Memory utilization of the task that uses most: requests are spread, but a leak is of one task."""
        return self._metric("MemoryUtilization", "Maximum")

    @property
    def desired_count(self) -> Metric | None:
        """The lowest number of tasks that were wanted in a period."""
        return self._insight("DesiredTaskCount", "Minimum")

    @property
    def running_count(self) -> Metric | None:
        """The highest number of tasks that ran in a period."""
        return self._insight("RunningTaskCount", "Maximum")

    @property
    def missing_count(self) -> MetricExpression | None:
        """Tasks that were wanted in the whole period, and never ran.

        Both are of the same record of Container Insights, so one is never there without the other.
        """
        desired, running = self.desired_count, self.running_count
        if desired is None or running is None:
            return None
        return MetricExpression(
            expression="desired - running", metrics={"desired": desired, "running": running}, label="missing tasks"
        )

    def _metric(self, name: str, statistic: str, *, namespace: str = "AWS/ECS") -> Metric:
        return Metric(
            namespace=namespace,
            name=name,
            statistic=statistic,
            dimensions={"ClusterName": self.cluster.name, "ServiceName": self.service},
            region=self.region,
            period_seconds=self.period_seconds,
        )

    def _insight(self, name: str, statistic: str) -> Metric | None:
        return self._metric(name, statistic, namespace=_INSIGHTS) if self.cluster.has_insights else None
