"""Amazon EC2: moto accepts any zone and endpoint service, deletes groups in use, and drops rule descriptions."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.vpcs import VPCBackend

from emulator.errors import AwsError
from emulator.permissions import allowed_actions
from emulator.registry import Context, guard, operation, patch
from emulator.store import Kind
from emulator.zones import zone_ids, zone_names

if TYPE_CHECKING:
    from emulator.store import Shape

# Services with an endpoint on AWS that moto's list lacks.
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
_SNAPSHOT_SHARING: Kind[str] = Kind("snapshot sharing", missing="InvalidParameterValue")
_OPEN = "unblocked"
_ACL_RULES = 20
# The number of the rule that denies what no other allows.
_LAST_ACL_RULE = 32_767
# AWS also asks for CreateLogGroup, which a group that exists does not need.
_LOG_DELIVERY = ("logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents")
# The part before the region and the id in the name of a customer's own endpoint service.
_OWN_SERVICES = "com.amazonaws.vpce."
# All other AWS services have interface endpoints only:
# https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
_GATEWAYS = ("dynamodb", "s3", "s3express")


@guard("ec2", "CreateSubnet", "CreateDefaultSubnet")
def refuse_foreign_zone(params: Shape, context: Context) -> None:
    """Refuse a subnet in a zone of another region."""
    for member, known in (("AvailabilityZone", zone_names), ("AvailabilityZoneId", zone_ids)):
        value = params.get(member)
        if value and value not in known(context):
            raise AwsError(
                code="InvalidParameterValue",
                message=(
                    f"Value ({value}) for parameter a{member[1:]} is invalid. Subnets can currently only be "
                    f"created in the following availability zones: {', '.join(zone_names(context))}."
                ),
            )


@guard("ec2", "CreateVolume")
def refuse_volume_in_foreign_zone(params: Shape, context: Context) -> None:
    """Refuse a volume in a zone of another region."""
    for member, known in (("AvailabilityZone", zone_names), ("AvailabilityZoneId", zone_ids)):
        value = params.get(member)
        if value and value not in known(context):
            raise AwsError(code="InvalidZone.NotFound", message=f"The zone '{value}' does not exist.")


@guard("ec2", "CreateNetworkAclEntry")
def refuse_too_many_acl_rules(params: Shape, context: Context) -> None:
    """Refuse more rules of one direction than the default quota; AWS's own last rule counts too.

    https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls
    """
    acl = context.backend(ec2_backends).network_acls.get(params["NetworkAclId"])
    entries = acl.network_acl_entries if acl else ()
    own = [entry for entry in entries if entry.egress == params["Egress"] and entry.rule_number != _LAST_ACL_RULE]
    if len(own) + 1 >= _ACL_RULES:
        raise AwsError(
            code="NetworkAclEntryLimitExceeded",
            message=f"The network ACL '{params['NetworkAclId']}' has reached the limit of {_ACL_RULES} entries.",
        )


@guard("ec2", "DeleteSecurityGroup")
def refuse_while_referred_to(params: Shape, context: Context) -> None:
    """Refuse to delete a group that a rule of another group refers to; moto deletes it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
    """
    backend = context.backend(ec2_backends)
    named = params.get("GroupId") or params.get("GroupName")
    group = backend.get_security_group_by_name_or_id(named) if named else None
    if group is None:
        return
    others = (other for groups in backend.groups.values() for other in groups.values() if other is not group)
    rules = (rule for other in others for rule in (*other.ingress_rules, *other.egress_rules))
    if any(rule.source_group.get("GroupId") == group.id for rule in rules):
        raise AwsError(code="DependencyViolation", message=f"resource {group.id} has a dependent object")


@patch(SecurityGroupRule, "__init__")
def keep_prefix_list(original: Any, rule: Any, *args: Any, **kwargs: Any) -> None:
    """Store the description and the owner of a prefix list in a rule; moto stores only its id."""
    original(rule, *args, **kwargs)
    bound = inspect.signature(original).bind(rule, *args, **kwargs)
    rule.prefix_list = bound.arguments.get("prefix_list_id") or {}


@patch(SecurityGroupRule, "description")
def describe_rule(original: Any, rule: Any) -> str | None:
    """Return the description of a rule for a group or a prefix list; moto returns only those of CIDR blocks."""
    described: str | None = (
        original(rule) or rule.source_group.get("Description") or rule.prefix_list.get("Description")
    )
    return described


@guard("ec2", "CreateVpcEndpoint")
def refuse_unknown_endpoint_service(params: Shape, context: Context) -> None:
    """Refuse a service without an endpoint in the region, or of another type; the default type is gateway."""
    name = params.get("ServiceName")
    if not name:
        return
    if name.startswith(_OWN_SERVICES):
        if not _offered(name, params.get("ServiceRegion") or context.region, context):
            raise _unknown_service(name)
        return
    backend = context.backend(ec2_backends)
    listed = backend._collect_default_endpoint_services(context.account, context.region)  # noqa: SLF001  as moto's own describe
    known = {service["ServiceName"] for service in listed}
    known |= {f"com.amazonaws.{context.region}.{service}" for service in _MORE_ENDPOINTS}
    if name not in known:
        raise _unknown_service(name)
    gateways = {f"com.amazonaws.{context.region}.{service}" for service in _GATEWAYS}
    if (params.get("VpcEndpointType") or "Gateway") == "Gateway" and name not in gateways:
        raise AwsError(
            code="InvalidParameter",
            message="Endpoint type (Gateway) does not match available service types ([Interface]).",
        )


@guard("ec2", "DescribeFlowLogs")
def report_undelivered_logs(_: Shape, context: Context) -> None:
    """Report an access error for a flow log whose role lacks what the service needs; moto always reports success.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    for flow_log in context.backend(ec2_backends).flow_logs.values():
        role = flow_log.deliver_logs_permission_arn
        if role:
            delivers = set(_LOG_DELIVERY) <= allowed_actions(role, _LOG_DELIVERY, context)
            flow_log.deliver_logs_status = "SUCCESS" if delivers else "FAILED"
            flow_log.deliver_logs_error_message = None if delivers else "Access error"


@operation("ec2", "EnableSnapshotBlockPublicAccess")
def close_snapshots(params: Shape, context: Context) -> Shape:
    """Store the region's block on public sharing of snapshots."""
    context.table(_SNAPSHOT_SHARING)["state"] = params["State"]
    return {"State": params["State"]}


@operation("ec2", "DisableSnapshotBlockPublicAccess")
def open_snapshots(_: Shape, context: Context) -> Shape:
    """Remove the block, the default of an account."""
    context.table(_SNAPSHOT_SHARING).pop("state", None)
    return {"State": _OPEN}


@operation("ec2", "GetSnapshotBlockPublicAccessState")
def read_snapshot_sharing(_: Shape, context: Context) -> Shape:
    """Return the block."""
    return {"State": context.table(_SNAPSHOT_SHARING).get("state", _OPEN)}


@patch(NatGatewayBackend, "delete_nat_gateway")
def delete_interface_of_gateway(original: Any, backend: Any, nat_gateway_id: str) -> Any:
    """Delete the gateway's interface and its address; moto never deletes them."""
    gateway = original(backend, nat_gateway_id)
    interface = gateway._eni  # noqa: SLF001  moto's only link from the gateway to it
    for address in list(backend.addresses):
        if address.eni is interface:
            backend.disassociate_address(association_id=address.association_id)
    backend.delete_network_interface(interface.id)
    return gateway


@patch(VPCBackend, "delete_vpc")
def delete_default_acl_of_vpc(original: Any, backend: Any, vpc_id: str) -> Any:
    """Delete the default network ACL of a VPC; moto never deletes it."""
    deleted = original(backend, vpc_id)
    for acl_id in [acl.id for acl in backend.network_acls.values() if acl.vpc_id == vpc_id]:
        del backend.network_acls[acl_id]
    return deleted


def _unknown_service(name: str) -> AwsError:
    return AwsError(code="InvalidServiceName", message=f"The Vpc Endpoint Service '{name}' does not exist")


def _offered(name: str, region: str, context: Context) -> bool:
    """Return whether any account offers the service to the caller; its owner may always use it."""
    for account, regions in ec2_backends.items():
        if region not in dict.keys(regions):  # `in` alone is also true for regions without a backend
            continue
        for service in regions[region].configurations.values():
            if service.service_name == name:
                allowed = any(one == "*" or f":{context.account}:" in one for one in service.principals)
                return allowed or account == context.account
    return False
