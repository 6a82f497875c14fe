"""What the listeners of a load balancer do with requests, and how a deployment changes it.

The caller has the emulator's lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.elbv2.models import FakeAction, elbv2_backends

from emulator.releases import observers
from emulator.releases.errors import DeploymentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ALL: Final = 100
_NOT_UPDATED: Final = "The ELB could not be updated due to the following error:"


def find_listener(arn: str) -> Any:
    """The listener of moto; None if there is none."""
    _, _, _, region, account, *_ = arn.split(":")
    balancers = elbv2_backends[account][region].load_balancers.values()
    return next((balancer.listeners[arn] for balancer in balancers if arn in balancer.listeners), None)


def weights(actions: Any) -> dict[str, int]:
    """The weight of each target group that actions forward to."""
    for action in actions:
        data = action.data
        if data.get("Type") != "forward":
            continue
        groups = (data.get("ForwardConfig") or {}).get("TargetGroups")
        if groups:
            return {group["TargetGroupArn"]: int(group.get("Weight", 1)) for group in groups}
        return {data["TargetGroupArn"]: 1}
    return {}


def require_forward(listener_arn: str, group_arn: str) -> None:
    """Require that a listener forwards to the target group of the tasks that run.

    Raises:
        DeploymentError: It does not.
    """
    if not any(weights(owner.actions).get(group_arn) for owner in _owners(listener_arn)):
        raise DeploymentError(
            code="ELASTIC_LOAD_BALANCING_INVALID",
            message=f"{_NOT_UPDATED} Primary taskset target group must be behind listener {listener_arn}",
        )


def shift(listener_arn: str, new: Mapping[str, int]) -> None:
    """Set the weights of two target groups wherever the listener forwards to one of them.

    A group without requests stays with the weight 0:
    https://github.com/traveloka/terraform-aws-alb-single-listener/pull/47
    """
    for owner in _owners(listener_arn):
        if not set(weights(owner.actions)) & set(new):
            continue
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in new.items()]
        owner.actions = [
            FakeAction({"Type": "forward", "ForwardConfig": {"TargetGroups": groups}})
            if action.data.get("Type") == "forward"
            else action
            for action in owner.actions
        ]
        _attach(listener_arn, new)
    observers.tell()


def current(listener_arn: str, pair: tuple[str, str]) -> dict[str, int]:
    """The weights of two target groups on a listener."""
    for owner in _owners(listener_arn):
        found = weights(owner.actions)
        if set(found) & set(pair):
            return {arn: found.get(arn, 0) for arn in pair}
    return dict.fromkeys(pair, 0)


def _owners(listener_arn: str) -> Iterator[Any]:
    """The rules of a listener, the default one too."""
    listener = find_listener(listener_arn)
    if listener is None:
        raise DeploymentError(
            code="ELASTIC_LOAD_BALANCING_INVALID",
            message=f"{_NOT_UPDATED} One or more listeners not found: {listener_arn}",
        )
    yield from listener.rules.values()


def _attach(listener_arn: str, groups: Mapping[str, int]) -> None:
    _, _, _, region, account, *_ = listener_arn.split(":")
    balancer = find_listener(listener_arn).load_balancer_arn
    for arn in groups:
        group = elbv2_backends[account][region].target_groups[arn]
        if balancer not in group.load_balancer_arns:
            group.load_balancer_arns.append(balancer)
