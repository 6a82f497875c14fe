"""Elastic Load Balancing: moto takes an application load balancer in one zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.ec2.models import ec2_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard

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
