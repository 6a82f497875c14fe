"""Amazon EC2: moto takes any zone for a subnet and any service for an endpoint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.vpcs import VPCBackend

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

# Services that AWS offers an endpoint for and moto's list lacks.
_MORE_ENDPOINTS = {
    "aps-workspaces",
    "backup",
    "codeconnections.api",
    "codestar-connections.api",
    "ecs-agent",
    "ecs-telemetry",
    "guardduty-data",
    "inspector2",
    "lambda",
    "scheduler",
    "securityhub",
    "ssm-contacts",
    "ssmmessages",
    "ec2messages",
    "xray",
}
_OWN_SERVICE = re.compile(r"com\.amazonaws\.vpce\.[a-z0-9-]+\.vpce-svc-[0-9a-f]+")


@guard("ec2", "CreateSubnet")
def refuse_foreign_zone(params: Shape, context: Context) -> None:
    """Refuse a zone of another region; moto looks it up in every region."""
    zones = RegionsAndZonesBackend.zones[context.region]
    offered = ", ".join(zone.name for zone in zones)
    for member, parameter, known in (
        ("AvailabilityZone", "availabilityZone", {zone.name for zone in zones}),
        ("AvailabilityZoneId", "availabilityZoneId", {zone.zone_id for zone in zones}),
    ):
        value = params.get(member)
        if value and value not in known:
            raise AwsError(
                code="InvalidParameterValue",
                message=(
                    f"Value ({value}) for parameter {parameter} is invalid. Subnets can currently only be "
                    f"created in the following availability zones: {offered}."
                ),
            )


@guard("ec2", "CreateVpcEndpoint")
def refuse_unknown_endpoint_service(params: Shape, context: Context) -> None:
    """Refuse a service that has no endpoint in the region."""
    name = params.get("ServiceName")
    if not name or _OWN_SERVICE.fullmatch(name):
        return
    backend = context.backend(ec2_backends)
    listed = backend._collect_default_endpoint_services(context.account, context.region)  # noqa: SLF001  as moto's own describe
    known = {service["ServiceName"] for service in listed}
    known |= {f"com.amazonaws.{context.region}.{service}" for service in _MORE_ENDPOINTS}
    if name not in known:
        raise AwsError(code="InvalidServiceName", message=f"The Vpc Endpoint Service '{name}' does not exist")


@patch(NatGatewayBackend, "delete_nat_gateway")
def delete_interface_of_gateway(original: Any, backend: Any, nat_gateway_id: str) -> Any:
    """Take the gateway's interface away with it, and its address off that; moto leaves both for ever."""
    gateway = original(backend, nat_gateway_id)
    interface = gateway._eni  # noqa: SLF001  moto's only link from the gateway to it
    for address in list(backend.addresses):
        if address.eni is interface:
            backend.disassociate_address(association_id=address.association_id)
    backend.delete_network_interface(interface.id)
    return gateway


@patch(VPCBackend, "delete_vpc")
def delete_default_acl_of_vpc(original: Any, backend: Any, vpc_id: str) -> Any:
    """Take the default network ACL away with its VPC; moto leaves it for ever."""
    deleted = original(backend, vpc_id)
    for acl_id in [acl.id for acl in backend.network_acls.values() if acl.vpc_id == vpc_id]:
        del backend.network_acls[acl_id]
    return deleted
