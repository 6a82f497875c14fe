"""What the platform needs at most, computed from its stacks: the largest scale, and a release of every service at once.

Pure functions: no call, no account.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from compliance.references import places, referred
from preflight.zones import zone_of
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.platform import Placed, Platform
    from synthesis.manifest import Stack
    from synthesis.template import Resource

FARGATE: Final = "FARGATE"
FARGATE_SPOT: Final = "FARGATE_SPOT"
_CPU_UNITS: Final = 1024
_DEFAULT_MAXIMUM_PERCENT: Final = 200
_CODE_DEPLOY: Final = "CODE_DEPLOY"
_SECOND_SET: Final = 2
_PREFIX_LIST_WEIGHTS: Final = {"cloudfront": 55, "route53": 25, "vpc-lattice": 10}
"""How many rules a reference to a managed prefix list counts as; one for S3 and DynamoDB.

https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
"""

_PREFIX_LIST: Final = re.compile(r"data\.aws_ec2_managed_prefix_list\.([\w-]+)")


@dataclass(frozen=True)
class ServicePeak:
    """One ECS service at its largest scale while a release runs."""

    name: str
    vcpu_per_task: float
    """Of the whole task, with its sidecars: Fargate counts the size of the task."""

    tasks: int
    """At the largest scale."""

    release_tasks: int
    """At the largest scale while a release runs."""

    on_demand_tasks: int
    """Those of `release_tasks` that run on demand; the others are Spot."""

    def vcpu(self, provider: str) -> float:
        """The vCPUs of one capacity provider."""
        count = self.on_demand_tasks if provider == FARGATE else self.release_tasks - self.on_demand_tasks
        return count * self.vcpu_per_task


def services(platform: Platform, region: str) -> list[ServicePeak]:
    """Every ECS service on Fargate; one that stands by without tasks at the scale that it has in the other region."""
    every = list(platform.all("aws_ecs_service"))
    found = []
    for placed in every:
        if placed.region != region:
            continue
        same = [one for one in every if one.resource.get("name") == placed.resource.get("name")]
        tasks = _tasks(placed) or max(map(_tasks, same))
        found.append(_service(placed.stack, placed.resource, tasks))
    return found


def fargate_vcpu(platform: Platform, provider: str, region: str) -> float:
    """The vCPUs that all services need of one capacity provider, if each is released at its largest scale."""
    return sum(service.vcpu(provider) for service in services(platform, region))


def nat_gateways(platform: Platform, region: str) -> dict[str, int]:
    """How many NAT gateways are in each zone, which the settings name or have the id of."""
    gateways = list(platform.all("aws_nat_gateway", region=region))
    subnets = [
        subnet for one in gateways for _, subnet in referred(one.resource.get("subnet_id"), one.stack, platform.stacks)
    ]
    return Counter(zone_of(subnet) for subnet in subnets)


def gateway_endpoints(platform: Platform, region: str) -> int:
    """VPC endpoints of the type gateway, which is the default of the type."""
    endpoints = (resource for _, resource in platform.all("aws_vpc_endpoint", region=region))
    return sum((resource.get("vpc_endpoint_type") or "Gateway") == "Gateway" for resource in endpoints)


def database_instances(platform: Platform, region: str) -> int:
    """Instances of PostgreSQL and of DocumentDB, which share a quota."""
    return sum(1 for _ in platform.all("aws_db_instance", "aws_docdb_cluster_instance", region=region))


def database_storage_gib(platform: Platform, region: str) -> int:
    """The storage of all instances at its largest; DocumentDB's belongs to the cluster and does not count."""
    instances = (resource for _, resource in platform.all("aws_db_instance", region=region))
    return sum(_number(one.get("max_allocated_storage")) or _number(one.get("allocated_storage")) for one in instances)


def load_balancers(platform: Platform, region: str) -> int:
    """Application Load Balancers."""
    balancers = (resource for _, resource in platform.all("aws_lb", region=region))
    return sum(one.get("load_balancer_type") in {None, "application"} for one in balancers)


def listener_rules(platform: Platform, region: str) -> int:
    """The rules of the load balancer that has most, of all its listeners; their default actions do not count."""
    counts: Counter[object] = Counter()
    for rule in platform.all("aws_lb_listener_rule", region=region):
        listeners = referred(rule.resource.get("listener_arn"), rule.stack, platform.stacks)
        for stack, listener in listeners:
            for balancer in places(listener.get("load_balancer_arn"), stack, platform.stacks):
                counts[balancer] += 1
    return max(counts.values(), default=0)


def balanced_services(platform: Platform, region: str) -> list[ServicePeak]:
    """The services that a load balancer sends requests to."""
    balanced = {
        str(placed.resource.get("name") or placed.resource.name)
        for placed in platform.all("aws_ecs_service", region=region)
        if blocks(placed.resource.get("load_balancer"))
    }
    return [service for service in services(platform, region) if service.name in balanced]


def security_group_rules(platform: Platform) -> int:
    """The rules of one direction of the group that has most; stacks add rules to groups of other stacks."""
    counts: Counter[tuple[str, object]] = Counter()
    for kind in ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"):
        for placed in platform.all(kind):
            for group in _targets(platform, placed, "security_group_id"):
                counts[kind, group] += _rule_weight(placed)
    return max(counts.values(), default=0)


def network_acl_rules(platform: Platform) -> int:
    """The rules of one direction of the network ACL that has most."""
    counts: Counter[tuple[bool, object]] = Counter()
    for placed in platform.all("aws_network_acl_rule"):
        for acl in _targets(platform, placed, "network_acl_id"):
            counts[placed.resource.is_on("egress"), acl] += 1
    return max(counts.values(), default=0)


def reserving_functions(platform: Platform, region: str) -> dict[str, int]:
    """The functions that reserve concurrent executions, and how many."""
    functions = [resource for _, resource in platform.all("aws_lambda_function", region=region)]
    reserved = {str(one.get("function_name")): _number(one.get("reserved_concurrent_executions")) for one in functions}
    return {name: number for name, number in reserved.items() if number > 0}


def _tasks(placed: Placed) -> int:
    """The tasks of a service at its largest scale."""
    return max([_number(placed.resource.get("desired_count")), *_scaled(placed.stack, placed.resource)])


def _service(stack: Stack, service: Resource, tasks: int) -> ServicePeak:
    release_tasks = _release_tasks(service, tasks)
    return ServicePeak(
        name=str(service.get("name") or service.name),
        vcpu_per_task=_task_vcpu(stack, service),
        tasks=tasks,
        release_tasks=release_tasks,
        on_demand_tasks=release_tasks - _spot_tasks(service, release_tasks),
    )


def _scaled(stack: Stack, service: Resource) -> Iterator[int]:
    for target in stack.all("aws_appautoscaling_target"):
        if service.is_referred_to_by(target.get("resource_id")):
            yield _number(target.get("max_capacity"))


def _release_tasks(service: Resource, tasks: int) -> int:
    """Blue/green runs the new tasks beside all the old ones; a rolling release up to its maximum.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    is_blue_green = service.block("deployment_controller").get("type") == _CODE_DEPLOY or service.block(
        "deployment_configuration"
    ).get("strategy") not in {None, "ROLLING"}
    if is_blue_green:
        return tasks * _SECOND_SET
    percent = _number(service.get("deployment_maximum_percent")) or _DEFAULT_MAXIMUM_PERCENT
    return max(tasks, tasks * percent // 100)


def _task_vcpu(stack: Stack, service: Resource) -> float:
    definitions = [
        one for one in stack.all("aws_ecs_task_definition") if one.is_referred_to_by(service.get("task_definition"))
    ]
    return max((_number(one.get("cpu")) / _CPU_UNITS for one in definitions), default=0.0)


def _spot_tasks(service: Resource, tasks: int) -> int:
    """How many of the tasks run on Spot: `base` first, then by weight, rounded up for on-demand.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html
    """
    strategy = {one.get("capacity_provider"): one for one in blocks(service.get("capacity_provider_strategy"))}
    if FARGATE_SPOT not in strategy:
        return 0
    bases = {name: min(tasks, _number(one.get("base"))) for name, one in strategy.items()}
    weights = {name: _number(one.get("weight")) for name, one in strategy.items()}
    others = max(0, tasks - sum(bases.values()))
    on_demand = ceil(others * weights.get(FARGATE, 0) / (sum(weights.values()) or 1))
    return bases[FARGATE_SPOT] + others - on_demand


def _rule_weight(rule: Placed) -> int:
    found = _PREFIX_LIST.search(str(rule.resource.get("prefix_list_id") or ""))
    lists = rule.stack.document.get("data", {}).get("aws_ec2_managed_prefix_list", {})
    name = str(lists.get(found[1], {}).get("name", "")) if found else ""
    return next((weight for part, weight in _PREFIX_LIST_WEIGHTS.items() if part in name), 1)


def _targets(platform: Platform, placed: Placed, argument: str) -> set[Any]:
    """What an argument refers to; a reference that leads to no resource stands for itself."""
    value = placed.resource.get(argument)
    return set(places(value, placed.stack, platform.stacks)) or {value}


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float | str) and str(value).lstrip("-").isdigit() else 0
