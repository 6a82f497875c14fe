"""The task sets of services, and their tasks as targets of a target group.

A task is an address of a subnet of its service; nothing answers there. Services that ECS itself deploys have such sets
too, which no answer of the API shows. The caller has the emulator's lock.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

from moto.ec2.models import ec2_backends
from moto.ecs.models import TaskSet, ecs_backends
from moto.elbv2.models import elbv2_backends

from emulator.registry import REGISTRY
from emulator.releases import observers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PRIMARY: Final = "PRIMARY"
_FIRST_ADDRESS: Final = 20
"""AWS has the first four addresses of a subnet, and load balancers and endpoints some more."""
_MOST_ADDRESSES: Final = 65_536
_ANYWHERE: Final = "10.255.0.0/16"
"""The tasks of a service without subnets, which AWS does not accept on Fargate."""

SICK_IMAGES: Final[set[str]] = set()
"""Images whose tasks never pass their health checks, for tests."""
REGISTRY.resets.append(SICK_IMAGES.clear)


def is_deployed_by_codedeploy(service: Any) -> bool:
    """Whether a service of moto has task sets."""
    return (service.deployment_controller or {}).get("type") == "CODE_DEPLOY"


def running(service: Any) -> list[Any]:
    """The task sets of a service, whoever deploys it."""
    if is_deployed_by_codedeploy(service):
        found: list[Any] = service.task_sets
        return found
    own: list[Any] = vars(service).setdefault("own_task_sets", [])
    return own


def start(
    service: Any,
    *,
    task_definition: str,
    target: Mapping[str, Any],
    network: Mapping[str, Any] | None,
    capacity: Sequence[Mapping[str, Any]],
    platform_version: str | None,
) -> Any:
    """Start a task set, and register its tasks in the target group."""
    backend = service._backend  # noqa: SLF001  moto has no public way
    task_set: Any = TaskSet(
        service.name,
        service.cluster_name,
        backend.describe_task_definition(task_definition).arn,
        backend.account_id,
        backend.region_name,
        network_configuration=dict(network or service.network_configuration or {}),
        load_balancers=[dict(target)],
        capacity_provider_strategy=[dict(one) for one in capacity],
        platform_version=platform_version,
    )
    task_set.service_arn, task_set.cluster_arn = service.arn, service.cluster_arn
    task_set.addresses = []
    running(service).append(task_set)
    resize(service, task_set)
    return task_set


def resize(service: Any, task_set: Any) -> None:
    """Give a task set as many tasks as its service wants."""
    group = _group(task_set)
    wanted = int(service.desired_count)
    while len(task_set.addresses) > wanted:
        _deregister(group, task_set.addresses.pop())
    port = int(task_set.load_balancers[0]["containerPort"])
    sick = image(task_set) in SICK_IMAGES
    while len(task_set.addresses) < wanted:
        address = _free_address(task_set)
        task_set.addresses.append(address)
        group.register([{"Id": address, "Port": port}])
        if sick:
            _sick(group).add(address)
    healthy = count_healthy(task_set)
    task_set.computed_desired_count = wanted
    task_set.running_count, task_set.pending_count = healthy, wanted - healthy
    task_set.stability_status = "STEADY_STATE" if healthy == wanted else "STABILIZING"
    service.running_count = sum(count_healthy(one) for one in running(service))
    service.pending_count = 0


def end(service: Any, task_set: Any) -> None:
    """End a task set with its tasks."""
    group = _group(task_set)
    while task_set.addresses:
        _deregister(group, task_set.addresses.pop())
    if task_set in running(service):
        running(service).remove(task_set)
    service.running_count = sum(count_healthy(one) for one in running(service))


def count_healthy(task_set: Any) -> int:
    """How many of its tasks pass their health checks."""
    sick = _sick(_group(task_set))
    return sum(address not in sick for address in task_set.addresses)


def is_steady(service: Any, task_set: Any) -> bool:
    """Whether all tasks that the service wants pass their health checks."""
    return count_healthy(task_set) == int(service.desired_count) == len(task_set.addresses)


def primary(service: Any) -> Any:
    """The task set that has the requests of users; None if the service has none."""
    return next((one for one in running(service) if one.status == PRIMARY), None)


def make_primary(service: Any, task_set: Any) -> None:
    """Let a task set be the one of the service; its target group and revision are those of the service then."""
    for one in running(service):
        one.status = PRIMARY if one is task_set else "ACTIVE"
    service.task_definition, service.load_balancers = task_set.task_definition, task_set.load_balancers


def target_group_arn(task_set: Any) -> str:
    """ARN of the target group of a task set."""
    return str(task_set.load_balancers[0]["targetGroupArn"])


def sick_targets(group: Any) -> frozenset[str]:
    """The targets of a group that fail their health checks."""
    return frozenset(_sick(group))


def image(task_set: Any) -> str:
    """The image of the container that the load balancer asks; others, like a collector, answer no requests."""
    name = task_set.load_balancers[0]["containerName"]
    return next(str(one["image"]) for one in _containers(task_set) if one["name"] == name)


def _containers(task_set: Any) -> list[dict[str, Any]]:
    backend = ecs_backends[task_set.task_set_arn.split(":")[4]][task_set.region_name]
    found: list[dict[str, Any]] = backend.describe_task_definition(task_set.task_definition).container_definitions
    return found


def _group(task_set: Any) -> Any:
    arn = target_group_arn(task_set)
    _, _, _, region, account, *_ = arn.split(":")
    return elbv2_backends[account][region].target_groups[arn]


def _sick(group: Any) -> set[str]:
    found: set[str] = vars(group).setdefault("sick_targets", set())
    return found


def _deregister(group: Any, address: str) -> None:
    if address in group.targets:
        group.deregister([{"Id": address}])
    _sick(group).discard(address)
    observers.tell()


def _free_address(task_set: Any) -> str:
    """An address of the subnets, in turns, that no target has."""
    account, region = task_set.task_set_arn.split(":")[4], task_set.region_name
    used = {target for group in elbv2_backends[account][region].target_groups.values() for target in group.targets}
    network = (task_set.network_configuration or {}).get("awsvpcConfiguration") or {}
    wanted = network.get("subnets") or []
    found = ec2_backends[account][region].describe_subnets(subnet_ids=list(wanted)) if wanted else []
    blocks = [str(subnet.cidr_block) for subnet in found] or [_ANYWHERE]
    networks = [ipaddress.ip_network(block) for block in blocks]
    number = len(task_set.addresses)
    for offset in range(_FIRST_ADDRESS, _MOST_ADDRESSES):
        block = networks[(number + offset) % len(networks)]
        if offset < block.num_addresses - 1 and (address := str(block[offset])) not in used:
            return address
    message = f"the subnets {', '.join(blocks)} have no free address"
    raise ValueError(message)
