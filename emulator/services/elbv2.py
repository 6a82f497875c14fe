"""Elastic Load Balancing: moto accepts one zone for an application load balancer, and drops the default scheme.

Its load balancers of one name have one DNS name in all accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import AvailabilityZone, ELBv2Backend, FakeLoadBalancer, elbv2_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

_LEAST_ZONES = 2
_HTTP_CODES = (200, 499)
_GRPC_CODES = (0, 99)
_NUMBERS = 10**10
_GROUP_SETTINGS = ("protocol", "protocol_version", "port", "vpc_id", "target_type")


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
    for missing in sorted(set(wanted) - {subnet.id for subnet in found}):
        raise AwsError(code="SubnetNotFound", message=f"The subnet ID '{missing}' does not exist")
    zones = [subnet.availability_zone for subnet in found]
    if len(set(zones)) < len(zones):
        raise AwsError(
            code="InvalidConfigurationRequest",
            message="A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    if _kind(params, context) == "application" and len(set(zones)) < _LEAST_ZONES:
        raise AwsError(
            code="ValidationError",
            message="At least two subnets in two different Availability Zones must be specified",
        )


def _kind(params: Shape, context: Context) -> str | None:
    """Return the type of the new or changed load balancer; None if it does not exist."""
    if "LoadBalancerArn" not in params:
        return str(params.get("Type") or "application")
    balancer = context.backend(elbv2_backends).load_balancers.get(params["LoadBalancerArn"])
    return str(balancer.type) if balancer else None


@patch(ELBv2Backend, "modify_listener")
def keep_added_certificates(original: Any, backend: Any, arn: str, *arguments: Any, **named: Any) -> Any:
    """Replace the default certificate only; moto forgets those that were added.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html
    """
    listener = backend.describe_listeners(load_balancer_arn=None, listener_arns=[arn])[0]
    added = [certificate for certificate in listener.certificates if certificate != listener.certificate]
    changed = original(backend, arn, *arguments, **named)
    changed.certificates += [certificate for certificate in added if certificate not in changed.certificates]
    return changed


@patch(ELBv2Backend, "set_subnets")
def move_others_to_one_zone(original: Any, backend: Any, arn: str, subnets: list[str], mappings: list[Shape]) -> Any:
    """Change the subnets of a network or gateway load balancer, for which moto requires two zones as well."""
    balancer = backend.load_balancers.get(arn)
    wanted = [*subnets, *(one["SubnetId"] for one in mappings)]
    if balancer is None or balancer.type == "application" or not wanted:
        return original(backend, arn, subnets, mappings)
    balancer.subnets = [backend.ec2_backend.get_subnet(subnet) for subnet in wanted]
    return [AvailabilityZone(subnet) for subnet in balancer.subnets]


@patch(ELBv2Backend, "create_target_group")
def compare_with_group_of_same_name(original: Any, backend: Any, name: str, **settings: Any) -> Any:
    """Return the group that has the name and the settings already, and refuse others; moto refuses any.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html (idempotent)
    https://github.com/terraform-aws-modules/terraform-aws-alb/issues/251
    """
    group = next((one for one in backend.target_groups.values() if one.name == name), None)
    if group is None:
        return original(backend, name, **settings)
    given = {key: settings[key] for key in _GROUP_SETTINGS if settings.get(key) is not None}
    if any(str(getattr(group, key, None)) != str(value) for key, value in given.items()):
        raise AwsError(
            code="DuplicateTargetGroupName",
            message=f"A target group with the same name '{name}' exists, but with different settings",
        )
    return group


@guard("elbv2", "CreateTargetGroup", "ModifyTargetGroup")
def refuse_wrong_codes(params: Shape, context: Context) -> None:  # noqa: ARG001 (the shape of a guard)
    """Refuse codes that the load balancer cannot wait for; moto keeps any text.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
    """
    matcher = params.get("Matcher") or {}
    for key, name, (least, most) in (("HttpCode", "HTTP", _HTTP_CODES), ("GrpcCode", "GRPC", _GRPC_CODES)):
        text = matcher.get(key)
        if text is None:
            continue
        parts = [part.partition("-") for part in str(text).split(",")]
        numbers = [(first, last if hyphen else first) for first, hyphen, last in parts]
        if not all(a.isdecimal() and b.isdecimal() and least <= int(a) <= int(b) <= most for a, b in numbers):
            message = f"Health check matcher {name} code '{text}' must be within {least}-{most}"
            raise AwsError(code="ValidationError", message=message)


@patch(ELBv2Backend, "modify_rule")
def attach_groups_of_changed_rule(original: Any, backend: Any, rule_arn: str, *args: Any, **kwargs: Any) -> Any:
    """Attach the target groups of a rule's new actions to its load balancer; moto does so for a new rule only."""
    rule = original(backend, rule_arn, *args, **kwargs)
    balancer = next(
        balancer
        for balancer in backend.load_balancers.values()
        for listener in balancer.listeners.values()
        if rule_arn in listener.rules
    )
    for action in rule.actions:
        group = backend.target_groups.get(action.data.get("TargetGroupArn"))
        if group is not None and balancer.arn not in group.load_balancer_arns:
            group.load_balancer_arns.append(balancer.arn)
    return rule


@patch(FakeLoadBalancer, "__init__")
def complete(original: Any, balancer: Any, *args: Any, **kwargs: Any) -> None:
    """Set the scheme of one that was created without: AWS makes it public. Give it a name that no other one has.

    moto's name is the same in each account; AWS's has a number between the load balancer's name and its region:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
    """
    original(balancer, *args, **kwargs)
    balancer.scheme = balancer.scheme or "internet-facing"
    label, _, region = balancer.dns_name.partition(".")
    number = int(balancer.arn.rpartition("/")[2], 16) % _NUMBERS
    balancer.dns_name = f"{label.removesuffix('-1')}-{number}.{region}"
