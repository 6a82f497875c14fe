"""CloudFront's VPC origins, which moto lacks: their endpoint, their states, and the security group in the VPC."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, Final

from moto.cloudfront.models import cloudfront_backends
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from emulator.arns import parse_arn
from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.cloudfront.etag import new_id, require_match
from emulator.services.cloudfront.usage import GLOBAL, users_by_origin
from emulator.store import Kind, Scope, Shape
from emulator.tagging import to_map

if TYPE_CHECKING:
    from emulator.arns import Arn

VPC_ORIGINS: Kind[Shape] = Kind(
    "vpc origin",
    missing="EntityNotFound",
    message="The VPC origin was not found.",
    scope=Scope.ACCOUNT,
)

SECURITY_GROUP: Final = "CloudFront-VPCOrigins-Service-SG"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_DEPLOYING, _DEPLOYED = "Deploying", "Deployed"
_LOAD_BALANCERS: Final = ("application", "network")
_IN_USE: Final = (
    "The specified VPC origin is currently associated with one or more distributions. Please disassociate the VPC "
    "origin from all distributions before updating or deleting"
)


@operation("cloudfront", "CreateVpcOrigin")
def create_vpc_origin(params: Shape, context: Context) -> Shape:
    """Start to deploy a VPC origin; its VPC has CloudFront's security group from now on."""
    config = params["VpcOriginEndpointConfig"]
    network = _checked_vpc(config, context)
    identifier = f"vo_{uuid.uuid4().hex[:22]}"
    arn = context.arn(f"vpcorigin/{identifier}", region="")
    origin = {
        "Id": identifier,
        "Arn": arn,
        "AccountId": context.account,
        "Status": _DEPLOYING,
        "CreatedTime": now(),
        "LastModifiedTime": now(),
        "VpcOriginEndpointConfig": config,
        "etag": new_id(),
        "vpc": network,
    }
    context.table(VPC_ORIGINS)[identifier] = origin
    _add_security_group(network, context)
    # CloudFront has one set of tag operations for all its resources, which moto answers.
    tagger = context.backend(cloudfront_backends, GLOBAL).tagger
    tags = to_map((params.get("Tags") or {}).get("Items"))
    tagger.tag_resource(arn, [{"Key": key, "Value": value} for key, value in tags.items()])
    return _answer(origin)


@operation("cloudfront", "GetVpcOrigin")
def get_vpc_origin(params: Shape, context: Context) -> Shape:
    """Return one origin; whoever asks a second time finds it deployed."""
    origin = context.table(VPC_ORIGINS).require(params["Id"])
    answer = _answer(dict(origin))
    origin["Status"] = _DEPLOYED
    return answer


@operation("cloudfront", "ListVpcOrigins")
def list_vpc_origins(_: Shape, context: Context) -> Shape:
    """List the origins."""
    items = [
        {
            **one,
            "OriginEndpointArn": one["VpcOriginEndpointConfig"]["Arn"],
            "Name": one["VpcOriginEndpointConfig"]["Name"],
        }
        for one in context.table(VPC_ORIGINS).values()
    ]
    return {
        "VpcOriginList": {
            "Marker": "",
            "MaxItems": 100,
            "IsTruncated": False,
            "Quantity": len(items),
            "Items": items,
        }
    }


@operation("cloudfront", "UpdateVpcOrigin")
def update_vpc_origin(params: Shape, context: Context) -> Shape:
    """Replace the configuration of an origin that no distribution uses.

    https://github.com/hashicorp/terraform-provider-aws/issues/40905
    """
    origin = context.table(VPC_ORIGINS).require(params["Id"])
    require_match(params, origin["etag"])
    _refuse_if_used(origin, "CannotUpdateEntityWhileInUse", context)
    config = params["VpcOriginEndpointConfig"]
    network = _checked_vpc(config, context, changed=origin)
    former, origin["vpc"] = origin["vpc"], network
    origin.update(VpcOriginEndpointConfig=config, LastModifiedTime=now(), Status=_DEPLOYING, etag=new_id())
    _add_security_group(network, context)
    _remove_unused_security_group(former, context)
    return _answer(origin)


@operation("cloudfront", "DeleteVpcOrigin")
def delete_vpc_origin(params: Shape, context: Context) -> Shape:
    """Delete an origin that no distribution uses.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteVpcOrigin.html
    """
    origin = context.table(VPC_ORIGINS).require(params["Id"])
    require_match(params, origin["etag"])
    _refuse_if_used(origin, "CannotDeleteEntityWhileInUse", context)
    context.table(VPC_ORIGINS).remove(params["Id"])
    _remove_unused_security_group(origin["vpc"], context)
    return _answer({**origin, "Status": _DEPLOYING})


def _refuse_if_used(origin: Shape, code: str, context: Context) -> None:
    """https://github.com/aws/aws-cdk/issues/35765 has the message."""

    def matches(one: Any) -> bool:
        return bool((one.vpc_origin_config or {}).get("VpcOriginId") == origin["Id"])

    if users_by_origin(context, matches):
        raise AwsError(code=code, message=_IN_USE)


def _checked_vpc(config: Shape, context: Context, *, changed: Shape | None = None) -> tuple[str, str]:
    """Return region and id of the endpoint's VPC, or refuse the configuration.

    The documentation has the prerequisites, but not AWS's messages: the code is the one that the API has for them.
    The prerequisites: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    The name: https://github.com/londonaicentre/FLIP (deploy/providers/AWS/cloudfront.tf)
    """
    name = config["Name"]
    if not _NAME.fullmatch(name):
        message = f'The name of the VPC origin "{name}" must have only letters, digits, "-" and "_".'
        raise AwsError(code="InvalidArgument", message=message)
    others = [one for one in context.table(VPC_ORIGINS).values() if one is not changed]
    if any(one["VpcOriginEndpointConfig"]["Name"] == name for one in others):
        raise AwsError(code="EntityAlreadyExists", message="A VPC origin with this name already exists.")
    protocols = config.get("OriginSslProtocols")
    if protocols and protocols["Quantity"] != len(protocols.get("Items") or ()):
        raise AwsError(
            code="InconsistentQuantities",
            message="The value of Quantity and the size of Items don't match.",
        )
    arn = parse_arn(config["Arn"])
    network = _vpc_of_endpoint(arn, config["Arn"], context) if arn else None
    if arn is None or network is None:
        message = (
            f'The resource "{config["Arn"]}" must be an Application Load Balancer, a Network Load Balancer or an EC2 '
            "instance of this account."
        )
        raise AwsError(code="InvalidArgument", message=message)
    gateways = ec2_backends[context.account][arn.region].internet_gateways.values()
    if not any(getattr(gateway.vpc, "id", None) == network for gateway in gateways):
        message = f"The VPC {network} of the VPC origin must have an internet gateway."
        raise AwsError(code="InvalidArgument", message=message)
    return arn.region, network


def _vpc_of_endpoint(arn: Arn, text: str, context: Context) -> str | None:
    """Return the id of the VPC, or None for another resource or one that does not exist."""
    if arn.account != context.account:
        return None
    if arn.service == "elasticloadbalancing":
        balancer = elbv2_backends[context.account][arn.region].load_balancers.get(text)
        return str(balancer.vpc_id) if balancer and balancer.type in _LOAD_BALANCERS else None
    if arn.service == "ec2" and arn.resource.startswith("instance/"):
        wanted = arn.resource.removeprefix("instance/")
        instances = ec2_backends[context.account][arn.region].all_instances()
        return next((str(one.vpc_id) for one in instances if one.id == wanted), None)
    return None


def _add_security_group(network: tuple[str, str], context: Context) -> None:
    """Create the group that CloudFront's network interfaces are in, one in each VPC with an origin."""
    region, vpc = network
    backend = ec2_backends[context.account][region]
    if backend.get_security_group_by_name_or_id(SECURITY_GROUP, vpc) is None:
        backend.create_security_group(SECURITY_GROUP, "CloudFront VPC Origins service security group", vpc_id=vpc)


def _remove_unused_security_group(network: tuple[str, str], context: Context) -> None:
    """Delete the group with the last origin in its VPC; the service deletes what it has created."""
    region, vpc = network
    if any(one["vpc"] == network for one in context.table(VPC_ORIGINS).values()):
        return
    backend = ec2_backends[context.account][region]
    group = backend.get_security_group_by_name_or_id(SECURITY_GROUP, vpc)
    if group is not None:
        del backend.groups[vpc][group.id]


def _answer(origin: Shape) -> Shape:
    return {"VpcOrigin": origin, "ETag": origin["etag"]}
