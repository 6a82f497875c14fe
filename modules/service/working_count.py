"""How many tasks of a service work, by what its cluster and its load balancer measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.metric import Metric, MetricExpression

if TYPE_CHECKING:
    from modules.service.cluster import Cluster
    from modules.service.target_groups import TargetGroups


def working_count(
    *, cluster: Cluster, service: str, region: str, target: TargetGroups | None, may_be_empty: bool
) -> MetricExpression | None:
    """Tasks that are healthy behind the load balancer, else those that run; 1 while none is wanted.

    With Container Insights the cluster measures how many are wanted: none, while a schedule has stopped the service.
    Without, a service that may be empty is absent only if the load balancer sees unhealthy tasks; of one that takes no
    requests either, nothing says whether a task is missing, and there is no metric.
    """
    dimensions = {"ClusterName": cluster.name, "ServiceName": service}
    if may_be_empty and not cluster.has_insights:
        return target.healthy_count_of_any if target else None
    working = target.healthy_count if target else _running(dimensions, region)
    if not cluster.has_insights:
        return working
    desired = Metric(
        namespace="ECS/ContainerInsights",
        name="DesiredTaskCount",
        statistic="Maximum",
        dimensions=dimensions,
        region=region,
    )
    return MetricExpression(
        # Container Insights is late by minutes, so the last value counts; before the first one, a task is wanted. After
        # a scheduled stop the tasks are missed until it reports that none is wanted: the alarm waits longer than that.
        expression=f"IF(FILL(FILL(desired, REPEAT), 1) > 0, {working.expression}, 1)",
        metrics={**working.metrics, "desired": desired},
        label=working.label,
        late_value=working.late_value,
    )


def _running(dimensions: dict[str, str], region: str) -> MetricExpression:
    """Each task reports its CPU once a minute.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html (service running task count)
    """
    cpu = Metric(
        namespace="AWS/ECS", name="CPUUtilization", statistic="SampleCount", dimensions=dimensions, region=region
    )
    return MetricExpression(
        expression="FILL(reporting, 0)", metrics={"reporting": cpu}, label="running tasks", late_value=0
    )
