"""The metrics of a service's tasks are of its cluster and service, and of Container Insights only where that is on."""

from __future__ import annotations

from dataclasses import replace

from modules.metric import Metric
from modules.service.service_metrics import ServiceMetrics
from tests.modules.service.parts import Parts, cluster_settings


def metrics(insights: str = "enabled") -> ServiceMetrics:
    parts = Parts.make(cluster=cluster_settings(container_insights=insights))
    return ServiceMetrics(cluster=parts.cluster, service="api", region="us-east-1")


def test_each_is_of_one_service_in_one_cluster() -> None:
    found = metrics()
    for metric in (found.cpu_percent, found.memory_percent, found.highest_memory_percent, found.desired_count):
        assert isinstance(metric, Metric)
        assert set(metric.dimensions) == {"ClusterName", "ServiceName"}
        assert metric.dimensions["ServiceName"] == "api"


def test_the_task_that_uses_most_memory_is_not_the_average() -> None:
    found = metrics()
    assert (found.memory_percent.statistic, found.highest_memory_percent.statistic) == ("Average", "Maximum")
    assert found.memory_percent.name == found.highest_memory_percent.name == "MemoryUtilization"


def test_a_task_is_missing_if_it_was_wanted_all_the_time_and_never_ran() -> None:
    missing = replace(metrics(), period_seconds=300).missing_count
    assert missing is not None
    assert missing.expression == "desired - running"
    found = {id_: (m.namespace, m.name, m.statistic, m.period_seconds) for id_, m in missing.metrics.items()}
    assert found == {
        "desired": ("ECS/ContainerInsights", "DesiredTaskCount", "Minimum", 300),
        "running": ("ECS/ContainerInsights", "RunningTaskCount", "Maximum", 300),
    }


def test_without_container_insights_nothing_says_how_many_are_wanted() -> None:
    found = metrics("disabled")
    assert (found.desired_count, found.running_count, found.missing_count) == (None, None, None)
    assert found.cpu_percent.namespace == "AWS/ECS"
