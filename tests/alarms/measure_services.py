"""What the load balancer and the tasks publish.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from synthesis.template import blocks
from tests.alarms.measure import Measured, counted, gauge, of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.alarms.environment import Environment, Place
    from tests.alarms.world import Service, World

_ELB: Final = "AWS/ApplicationELB"
_ECS: Final = "AWS/ECS"
_INSIGHTS: Final = "ECS/ContainerInsights"


def measure(environment: Environment, world: World) -> Iterator[Measured]:
    """The metrics of all services and of their load balancer."""
    for balancer in environment.all("aws_lb"):
        yield from _of_balancer(environment, balancer, world)
    for place in environment.all("aws_ecs_service"):
        service = world.services[place.path[0].removesuffix("-service")]
        yield from _of_groups(environment, place, service)
        yield from _of_tasks(environment, place, service)


def _of_balancer(environment: Environment, balancer: Place, world: World) -> Iterator[Measured]:
    """Of all target groups together. A request for which there is no task is not in RequestCount."""
    dimensions = {"LoadBalancer": environment.of(balancer, "arn_suffix")}
    services = world.services.values()
    for name, value in {
        "RequestCount": sum(service.requests for service in services),
        "HTTPCode_Target_5XX_Count": sum(service.failed for service in services),
        "HTTPCode_ELB_5XX_Count": sum(service.unanswered for service in services),
        "TargetConnectionErrorCount": sum(service.refused for service in services),
        "RejectedConnectionCount": world.rejected_connections,
    }.items():
        yield of(balancer, _ELB, name, dimensions, counted(value))
    times = tuple(sample for service in services for sample in service.times)
    yield of(balancer, _ELB, "TargetResponseTime", dimensions, times)


def _of_groups(environment: Environment, place: Place, service: Service) -> Iterator[Measured]:
    """Of each target group: nothing of one without tasks, and no count that is zero."""
    (balancer,) = environment.all("aws_lb")
    groups = [one for one in environment.all("aws_lb_target_group") if one.path[0] == place.path[0]]
    for index, group in enumerate(sorted(groups, key=lambda one: one.path)):
        is_live = index == service.live % len(groups)
        dimensions = {
            "LoadBalancer": environment.of(balancer, "arn_suffix"),
            "TargetGroup": environment.of(group, "arn_suffix"),
        }
        for name, value in {
            "RequestCount": service.requests,
            "HTTPCode_Target_5XX_Count": service.failed,
            "TargetConnectionErrorCount": service.refused,
        }.items():
            yield of(group, _ELB, name, dimensions, counted(value if is_live else 0))
        yield of(group, _ELB, "TargetResponseTime", dimensions, service.times if is_live else ())
        healthy, unhealthy = (service.healthy, service.unhealthy) if is_live else (service.waiting, 0)
        if healthy or unhealthy:
            yield of(group, _ELB, "HealthyHostCount", dimensions, gauge(healthy))
            yield of(group, _ELB, "UnHealthyHostCount", dimensions, gauge(unhealthy))


def _of_tasks(environment: Environment, place: Place, service: Service) -> Iterator[Measured]:
    """The utilization of the running tasks, and the number of tasks if the cluster has Container Insights."""
    (cluster,) = environment.all("aws_ecs_cluster")
    dimensions = {
        "ClusterName": environment.of(cluster, "name"),
        "ServiceName": environment.of(place, "name"),
    }
    if service.running:
        yield of(place, _ECS, "CPUUtilization", dimensions, ((service.cpu_percent, service.running),))
        memory = ((service.memory_percent, service.running - 1), (service.highest_memory_percent, 1))
        yield of(place, _ECS, "MemoryUtilization", dimensions, memory)
    insights = {one["value"] for one in blocks(cluster.get("setting")) if one["name"] == "containerInsights"}
    if insights & {"enabled", "enhanced"}:
        for name, value in {
            "DesiredTaskCount": service.desired,
            "RunningTaskCount": service.running,
            "PendingTaskCount": max(service.desired - service.running, 0),
        }.items():
            yield of(place, _INSIGHTS, name, dimensions, gauge(value))
