"""Tasks on Fargate, Container Insights, and Lambda functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pricing.charge import Charge, Gap, Item, Site, prices
from pricing.prices import SPOT_SHARE
from pricing.resource import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.resource import Billable

_CPU_UNITS: Final = 1024
_MIB: Final = 1024
_FREE_DISK_GIB: Final = 20
"""https://aws.amazon.com/fargate/pricing/"""
_TASKS: Final = "Fargate tasks"


def task_count(service: Billable, site: Site) -> float | None:
    """The tasks that always run: the least that scaling may set, else what the service asks for."""
    bounds = [
        target.number("min_capacity")
        for target in site.inventory.all("aws_appautoscaling_target")
        if target.stack == service.stack and _scales(target, service)
    ]
    if bounds:
        return bounds[0]
    return None if "desired_count" in service.unknown else service.number("desired_count") or 0


def on_spot(service: Billable, tasks: float) -> float:
    """How many of the tasks are on Fargate Spot.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
    """
    base = {True: 0.0, False: 0.0}
    weight = {True: 0.0, False: 0.0}
    for one in service.blocks("capacity_provider_strategy"):
        is_spot = one.get("capacity_provider") == "FARGATE_SPOT"
        base[is_spot] += number(one.get("base")) or 0
        weight[is_spot] += number(one.get("weight")) or 0
    on_demand = min(tasks, base[False])
    spot = min(tasks - on_demand, base[True])
    weights = sum(weight.values())
    return spot + (tasks - on_demand - spot) * (weight[True] / weights if weights else 0)


@prices("aws_ecs_service")
def service(resource: Billable, site: Site) -> Iterator[Item]:
    """Its tasks, by architecture, size and Spot."""
    definitions = site.inventory.referred(resource, "task_definition", "aws_ecs_task_definition")
    providers = {str(one.get("capacity_provider")) for one in resource.blocks("capacity_provider_strategy")}
    tasks = task_count(resource, site)
    if not definitions:
        yield Gap(component=_TASKS, reason="its task definition is not among the resources")
        return
    definition = definitions[0]
    if providers - {"FARGATE", "FARGATE_SPOT"} or (not providers and resource.get("launch_type") != "FARGATE"):
        yield Gap(component=_TASKS, reason="its tasks do not run on Fargate")
        return
    platform = definition.block("runtime_platform")
    if not str(platform.get("operating_system_family") or "LINUX").startswith("LINUX"):
        yield Gap(component=_TASKS, reason="its tasks run on Windows")
        return
    vcpus, memory = definition.number("cpu"), definition.number("memory")
    if vcpus is None or memory is None or tasks is None:
        yield Gap(component=_TASKS, reason="the size or number of its tasks is not known")
        return
    start = "fargate_arm" if platform.get("cpu_architecture") == "ARM64" else "fargate_x86"
    spot = on_spot(resource, tasks)
    for count, is_spot in ((tasks - spot, False), (spot, True)):
        if count:
            share = site.awake_share * (SPOT_SHARE if is_spot else 1)
            for name, size in (("vcpu", vcpus / _CPU_UNITS), ("memory", memory / _MIB)):
                price = f"{start}_{name}"
                yield Charge(component=_TASKS, price=price, quantity=count * size, share=share, is_spot=is_spot)
    disk = number(definition.block("ephemeral_storage").get("size_in_gib")) or 0
    if disk > _FREE_DISK_GIB:
        yield Charge(
            component=_TASKS, price="fargate_disk", quantity=tasks * (disk - _FREE_DISK_GIB), share=site.awake_share
        )
    if resource.block("network_configuration").get("assign_public_ip") is True:
        yield Charge(component="public IPv4 addresses", price="public_ipv4", quantity=tasks, share=site.awake_share)


@prices("aws_ecs_cluster")
def cluster(resource: Billable, site: Site) -> Iterator[Item]:
    """The metrics of Container Insights, which are custom metrics.

    https://aws.amazon.com/cloudwatch/pricing/
    """
    modes = {one.get("value") for one in resource.blocks("setting") if one.get("name") == "containerInsights"}
    services = site.inventory.referring(resource, "cluster", "aws_ecs_service")
    if modes & {"enabled", "enhanced"}:
        metrics = (1 + len(services)) * site.usage.insights_metrics_per_service
        if "enhanced" in modes:
            metrics += sum(task_count(one, site) or 0 for one in services) * site.usage.insights_metrics_per_task
        yield Charge(component="Container Insights", price="metric", quantity=metrics, is_usage=True)


@prices("aws_lambda_function")
def function(resource: Billable, site: Site) -> Iterator[Item]:
    """Its runs and their seconds, by memory and architecture."""
    architectures = resource.get("architectures")
    name = "arm" if isinstance(architectures, list) and "arm64" in architectures else "x86"
    memory = resource.number("memory_size") or 128
    seconds = site.usage.function_runs * site.usage.function_milliseconds / 1000
    component = "Lambda"
    yield Charge(component=component, price="function_requests", quantity=site.usage.function_runs / 1e6, is_usage=True)
    yield Charge(component=component, price=f"function_{name}", quantity=seconds * memory / _MIB, is_usage=True)


def _scales(target: Billable, service: Billable) -> bool:
    if target.text("service_namespace") != "ecs":
        return False
    if service.address.split("[")[0] in target.references.get("resource_id", ()):
        return True
    return bool(service.text("name")) and target.text("resource_id").rpartition("/")[2] == service.text("name")
