"""The same resources with one thing changed, to see what it saves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pricing.resource import Inventory

if TYPE_CHECKING:
    from collections.abc import Callable

    from pricing.charge import Site
    from pricing.resource import Billable


def changed(site: Site, change: Callable[[Billable], Billable | None]) -> Site:
    """The site after a change of each resource; None leaves it out."""
    resources = [after for each in site.inventory.resources if (after := change(each)) is not None]
    return replace(site, inventory=Inventory(tuple(resources)))


def of_architecture(site: Site, architecture: str) -> Site:
    """With all tasks on this architecture: ARM64 or X86_64."""

    def change(resource: Billable) -> Billable:
        if resource.kind != "aws_ecs_task_definition":
            return resource
        platform = {**resource.block("runtime_platform"), "cpu_architecture": architecture}
        return _with(resource, runtime_platform=platform)

    return changed(site, change)


def on_capacity(site: Site, provider: str) -> Site:
    """With all tasks of services on Fargate on this capacity provider: FARGATE or FARGATE_SPOT."""

    def change(resource: Billable) -> Billable:
        if resource.kind != "aws_ecs_service" or not resource.blocks("capacity_provider_strategy"):
            return resource
        return _with(resource, capacity_provider_strategy=[{"capacity_provider": provider, "weight": 1}])

    return changed(site, change)


def at_most_tasks(site: Site) -> Site:
    """With as many tasks as scaling may start, always."""

    def change(resource: Billable) -> Billable:
        if resource.kind != "aws_appautoscaling_target":
            return resource
        return _with(resource, min_capacity=resource.get("max_capacity"))

    return changed(site, change)


def in_one_zone(site: Site) -> Site:
    """Without the standby of a database."""

    def change(resource: Billable) -> Billable:
        return _with(resource, multi_az=False) if resource.kind == "aws_db_instance" else resource

    return changed(site, change)


def with_one_nat_gateway(site: Site) -> Site:
    """With one NAT gateway and its address in each region."""
    seen: set[tuple[str, str]] = set()
    left_out: set[tuple[str, str]] = set()
    for gateway in site.inventory.all("aws_nat_gateway"):
        key = (gateway.region, gateway.stack)
        if key in seen:
            left_out.add((gateway.stack, gateway.address))
            addresses = site.inventory.referred(gateway, "allocation_id", "aws_eip")
            left_out |= {(one.stack, one.address) for one in addresses}
        seen.add(key)
    return changed(site, lambda one: None if (one.stack, one.address) in left_out else one)


def _with(resource: Billable, **arguments: Any) -> Billable:  # noqa: ANN401 - JSON is of any type
    return replace(resource, arguments={**resource.arguments, **arguments})
