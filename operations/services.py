"""The services of a stack as the JSON names them: in the settings, in ECS, and their logs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from operations.choice import allowed, listed
from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service."""

    name: str
    """Its name in the settings, which is that of its container."""
    full_name: str
    """Its name in ECS."""
    log_group: str


def services(stack: Stack) -> dict[str, Service]:
    """The services of a stack, by name."""
    definitions = list(stack.all("aws_ecs_task_definition"))
    found = {}
    for resource in stack.all("aws_ecs_service"):
        for definition in definitions:
            if definition.is_referred_to_by(resource.get("task_definition")):
                name, log_group = _first_container(definition)
                found[name] = Service(name=name, full_name=str(resource.get("name")), log_group=log_group)
    return found


def cluster_name(stack: Stack) -> str:
    """Name of the cluster of a stack with services."""
    (cluster,) = stack.all("aws_ecs_cluster")
    return str(cluster.get("name"))


def choose_services(stack: Stack, name: str | None) -> list[Service]:
    """One service, or all.

    Raises:
        RunnerError: There is no such service.
    """
    every = services(stack)
    if not name:
        return list(every.values())
    if name not in every:
        message = f"SERVICE={name} is not a service of {stack.environment}; {allowed(name, every)}."
        raise RunnerError(message, f"Leave it out for all of them: {listed(every)}.")
    return [every[name]]


def _first_container(definition: Resource) -> tuple[str, str]:
    containers: list[Mapping[str, Any]] = json.loads(definition.get("container_definitions"))
    return str(containers[0]["name"]), str(containers[0]["logConfiguration"]["options"]["awslogs-group"])
