"""Deployments by CodeDeploy: each service has its group, which shifts its traffic in steps that AWS accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule
from config.deployment import MOST_KEPT_MINUTES, MOST_PERCENT, MOST_SHIFT_MINUTES
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_GROUP: Final = "aws_codedeploy_deployment_group"
_PAIR: Final = 2
_ROLLBACKS: Final = ("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM")


@rule
def codedeploy_service_has_one_deployment_group(stack: Stack) -> Iterator[Finding]:
    """One deployment group of the same stack names a service that CodeDeploy deploys: nothing else can release it.

    AWS accepts no second one (ECSServiceMappingLimitExceededException).
    """
    for service in stack.all("aws_ecs_service"):
        if not _is_deployed_by_codedeploy(service):
            continue
        groups = [group for group in stack.all(_GROUP) if _names(group, service)]
        if not groups:
            yield Finding.about(service, "no deployment group names it, so no release of it is possible")
        elif len(groups) > 1:
            yield Finding.about(service, f"{', '.join(group.address for group in groups)} name it; AWS accepts one")


@rule
def deployment_group_names_one_service(stack: Stack) -> Iterator[Finding]:
    """A deployment group names one service of its own stack, which CodeDeploy deploys: AWS refuses one that rolls."""
    for group in stack.all(_GROUP):
        named = [service for service in stack.all("aws_ecs_service") if _names(group, service)]
        if not named:
            yield Finding.about(group, "names no service of this stack; each service and its group are in one stack")
        for service in named:
            if not _is_deployed_by_codedeploy(service):
                yield Finding.about(group, f"names {service.address}, whose deployment_controller is not CODE_DEPLOY")


@rule
def deployment_group_has_the_traffic_of_its_service(stack: Stack) -> Iterator[Finding]:
    """A deployment group names two target groups, that of the service among them, and listeners that forward to it."""
    for group in stack.all(_GROUP):
        pair = group.block("load_balancer_info", "target_group_pair_info")
        targets = [one.get("name") for one in blocks(pair.get("target_group"))]
        if len(targets) != _PAIR or targets[0] == targets[1]:
            yield Finding.about(group, f"names {len(set(map(str, targets)))} target groups; CodeDeploy needs two")
        for service in stack.all("aws_ecs_service"):
            if _names(group, service):
                yield from _problems_with_traffic(stack, group, service)


@rule
def deployment_group_rolls_back(stack: Stack) -> Iterator[Finding]:
    """A deployment that fails, or that an alarm stops, goes back to the version before, whose tasks are still there."""
    for group in stack.all(_GROUP):
        rollback = group.block("auto_rollback_configuration")
        missing = [event for event in _ROLLBACKS if event not in (rollback.get("events") or ())]
        if not rollback.get("enabled") or missing:
            yield Finding.about(group, f"does not roll back on {', '.join(missing or _ROLLBACKS)}")
        alarms = group.block("alarm_configuration")
        if not alarms.get("enabled") or not alarms.get("alarms"):
            yield Finding.about(group, "watches no alarm, so a bad version gets all requests")
        end = group.block("blue_green_deployment_config", "terminate_blue_instances_on_deployment_success")
        minutes = end.get("termination_wait_time_in_minutes") or 0
        if end.get("action") != "TERMINATE" or not 1 <= int(minutes) <= MOST_KEPT_MINUTES:
            yield Finding.about(
                group, f"keeps the old tasks for {minutes} minutes; it must be 1 to {MOST_KEPT_MINUTES}"
            )


@rule
def deployment_configuration_is_accepted(stack: Stack) -> Iterator[Finding]:
    """The steps of a shift are those that CodeDeploy takes: the provider sends any percentage and any interval."""
    for configuration in stack.all("aws_codedeploy_deployment_config"):
        for kind in ("time_based_canary", "time_based_linear"):
            for steps in blocks(configuration.block("traffic_routing_config").get(kind)):
                percent, minutes = int(steps.get("percentage") or 0), int(steps.get("interval") or 0)
                if not 1 <= percent <= MOST_PERCENT:
                    yield Finding.about(configuration, f"shifts {percent} %; it must be 1 to {MOST_PERCENT}")
                if not 1 <= minutes <= MOST_SHIFT_MINUTES:
                    yield Finding.about(configuration, f"waits {minutes} minutes; it must be 1 to {MOST_SHIFT_MINUTES}")


def _is_deployed_by_codedeploy(service: Resource) -> bool:
    return service.block("deployment_controller").get("type") == "CODE_DEPLOY"


def _names(group: Resource, service: Resource) -> bool:
    return service.is_referred_to_by(group.block("ecs_service").get("service_name"))


def _problems_with_traffic(stack: Stack, group: Resource, service: Resource) -> Iterator[Finding]:
    pair = group.block("load_balancer_info", "target_group_pair_info")
    for target in stack.all("aws_lb_target_group"):
        if not target.is_referred_to_by(service.get("load_balancer")):
            continue
        if not target.is_referred_to_by(pair.get("target_group")):
            yield Finding.about(group, f"does not name {target.address}, in which {service.address} is")
        for route in ("prod_traffic_route", "test_traffic_route"):
            arns = group.block("load_balancer_info", "target_group_pair_info", route).get("listener_arns") or []
            forwards = [
                forward
                for forward in stack.all("aws_lb_listener_rule", "aws_lb_listener")
                if target.is_referred_to_by(forward.get("action") or forward.get("default_action"))
                and (forward.get("listener_arn") in arns or forward.is_referred_to_by(arns))
            ]
            if not forwards:
                yield Finding.about(group, f"{route} has no listener that forwards to {target.address}")
