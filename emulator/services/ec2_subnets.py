"""Amazon EC2: what has a network interface in a subnet, which moto deletes all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.services.rds_subnets import instances_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_GONE = {"deleted", "failed"}


@guard("ec2", "DeleteSubnet")
def refuse_subnet_in_use(params: Shape, context: Context) -> None:
    """Refuse to delete a subnet that something has a network interface in; functions are in `awslambda/vpc.py`.

    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html#requester-managed-eni
    """
    subnet = params["SubnetId"]
    if any(_inside(subnet, context)):
        message = f"The subnet '{subnet}' has dependencies and cannot be deleted."
        raise AwsError(code="DependencyViolation", message=message)


def _inside(subnet: str, context: Context) -> Iterator[bool]:
    ec2 = context.backend(ec2_backends)
    for gateway in ec2.nat_gateways.values():
        yield gateway.subnet_id == subnet and gateway.state not in _GONE
    for endpoint in ec2.vpc_end_points.values():
        yield subnet in (endpoint.subnet_ids or ()) and endpoint.state not in _GONE
    for balancer in context.backend(elbv2_backends).load_balancers.values():
        yield subnet in [one.id for one in balancer.subnets]
    rds = context.backend(rds_backends)
    for proxy in rds.db_proxies.values():
        yield subnet in (proxy.vpc_subnet_ids or ())
    for group in rds.subnet_groups.values():
        yield any(subnet == one.id and any(instances_in(one, group, context)) for one in group._subnets)  # noqa: SLF001
    for service in context.backend(ecs_backends).services.values():
        network = (service.network_configuration or {}).get("awsvpcConfiguration") or {}
        yield subnet in (network.get("subnets") or ()) and service.status == "ACTIVE" and bool(service.desired_count)
