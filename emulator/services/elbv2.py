"""Elastic Load Balancing: moto takes an application load balancer in one zone, and forgets that one is public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import FakeLoadBalancer

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

_LEAST_ZONES = 2


@guard("elbv2", "CreateLoadBalancer", "SetSubnets")
def refuse_too_few_zones(params: Shape, context: Context) -> None:
    """Refuse fewer than two zones, and two subnets in one zone.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    """
    wanted = [
        *(params.get("Subnets") or ()),
        *(one["SubnetId"] for one in params.get("SubnetMappings") or ()),
    ]
    backend = context.backend(ec2_backends)
    found = backend.describe_subnets(filters={"subnet-id": wanted}) if wanted else []
    zones = [subnet.availability_zone for subnet in found]
    if len(set(zones)) < len(zones):
        raise AwsError(
            code="InvalidConfigurationRequest",
            message="A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    kind = "network" if ":loadbalancer/net/" in params.get("LoadBalancerArn", "") else params.get("Type")
    if kind in {None, "application"} and len(wanted) < _LEAST_ZONES:
        raise AwsError(
            code="ValidationError",
            message="At least two subnets in two different Availability Zones must be specified",
        )


@patch(FakeLoadBalancer, "__init__")
def say_that_it_is_public(original: Any, balancer: Any, *args: Any, **kwargs: Any) -> None:
    """Say the scheme of a load balancer that was asked for without one: AWS makes it public."""
    original(balancer, *args, **kwargs)
    balancer.scheme = balancer.scheme or "internet-facing"
