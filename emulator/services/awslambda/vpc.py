"""AWS Lambda: functions in a VPC, whose subnets, groups and rights moto does not check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.ec2.models import ec2_backends

from emulator.errors import AwsError
from emulator.permissions import role_actions
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
_RIGHTS: Final = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
_INVALID: Final = "InvalidParameterValueException"


@guard("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def refuse_impossible_place(params: Shape, context: Context) -> None:
    """Refuse unknown subnets and groups, those of different VPCs, and a role that may not create network interfaces.

    https://github.com/aws/aws-sdk-js/issues/1293 (one of the two lists alone)
    https://github.com/serverless/serverless/issues/2973 (an unknown group)
    https://github.com/smoketurner/serverless-vpc-plugin/issues/765 (groups of another VPC)
    https://github.com/webiny/webiny-js/issues/2580 (a role without rights)
    """
    config = params.get("VpcConfig") or {}
    subnets, groups = config.get("SubnetIds") or [], config.get("SecurityGroupIds") or []
    if bool(subnets) != bool(groups):
        message = "SubnetIds and SecurityIds must coexist or be both empty list."
        raise AwsError(code=_INVALID, message=message)
    if not subnets:
        return
    role = params.get("Role") or _find_function(params["FunctionName"], context).role
    allowed = role_actions(role, _RIGHTS)
    for right in _RIGHTS:
        if right not in allowed:
            message = (
                f"The provided execution role does not have permissions to call {right.removeprefix('ec2:')} on EC2"
            )
            raise AwsError(code=_INVALID, message=message)
    vpcs = _vpcs_of_subnets(subnets, context)
    if vpcs[1:]:  # AWS does not publish the text of this refusal
        message = f"Subnets are required to be in the same VPC; these are in {', '.join(vpcs)}."
        raise AwsError(code=_INVALID, message=message)
    if _vpcs_of_groups(groups, context) != vpcs:
        message = "Security Groups are required to be in the same VPC."
        raise AwsError(code=_INVALID, message=message)


@guard("ec2", "DeleteSecurityGroup")
def refuse_group_of_function(params: Shape, context: Context) -> None:
    """Refuse to delete a group of a function that exists, because its network interfaces have it.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-attached
    """
    group = params.get("GroupId")
    if any(group in config["SecurityGroupIds"] for config in _places(context)):
        raise AwsError(code="DependencyViolation", message=f"resource {group} has a dependent object")


@guard("ec2", "DeleteSubnet")
def refuse_subnet_of_function(params: Shape, context: Context) -> None:
    """Refuse to delete a subnet of a function that exists (the same page)."""
    subnet = params["SubnetId"]
    if any(subnet in config["SubnetIds"] for config in _places(context)):
        message = f"The subnet '{subnet}' has dependencies and cannot be deleted."
        raise AwsError(code="DependencyViolation", message=message)


@patch(LambdaFunction, "vpc_config")
def name_vpc(_: Any, function: Any) -> dict[str, Any] | None:
    """Return the VPC of the subnets; moto always returns the same id."""
    config = dict(function._vpc_config or {})  # noqa: SLF001  what the property returns
    if not config.get("SubnetIds"):
        return {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""} if config else None
    found = ec2_backends[function.account_id][function.region].describe_subnets(subnet_ids=config["SubnetIds"])
    return {**config, "VpcId": found[0].vpc_id}


def _vpcs_of_subnets(subnets: list[str], context: Context) -> list[str]:
    known = {subnet.id: subnet.vpc_id for subnet in context.backend(ec2_backends).describe_subnets()}
    for subnet in subnets:
        if subnet not in known:
            raise _missing_subnet(subnet)
    return sorted({known[subnet] for subnet in subnets})


def _vpcs_of_groups(groups: list[str], context: Context) -> list[str]:
    backend, vpcs = context.backend(ec2_backends), set()
    for group in groups:
        found = backend.get_security_group_from_id(group)
        if found is None:
            raise _missing_group(group)
        vpcs.add(found.vpc_id)
    return sorted(vpcs)


def _places(context: Context) -> list[dict[str, Any]]:
    functions = context.backend(lambda_backends).list_functions()
    configs = [function.vpc_config or {} for function in functions]
    return [config for config in configs if config.get("SubnetIds")]


def _find_function(name: str, context: Context) -> Any:
    return context.backend(lambda_backends).get_function(name)


def _missing_subnet(subnet: str) -> AwsError:
    message = (
        "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet "
        f"ID '{subnet}' does not exist"
    )
    return AwsError(code=_INVALID, message=message)


def _missing_group(group: str) -> AwsError:
    message = (
        "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The "
        f"security group '{group}' does not exist"
    )
    return AwsError(code=_INVALID, message=message)
