"""CloudFront's origin access identities, VPC origins, and monitoring subscriptions."""

from __future__ import annotations

import uuid

from moto.cloudfront.models import cloudfront_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, after, operation
from emulator.services.cloudfront.etag import new_id, require_match
from emulator.store import Kind, Scope, Shape
from emulator.tagging import to_map

IDENTITIES: Kind[Shape] = Kind(
    "origin access identity",
    missing="NoSuchCloudFrontOriginAccessIdentity",
    message="The specified origin access identity does not exist.",
    scope=Scope.ACCOUNT,
)
VPC_ORIGINS: Kind[Shape] = Kind(
    "vpc origin",
    missing="EntityNotFound",
    message="The VPC origin was not found.",
    scope=Scope.ACCOUNT,
)
MONITORING: Kind[Shape] = Kind(
    "monitoring subscription",
    missing="NoSuchMonitoringSubscription",
    message="A monitoring subscription does not exist for the specified distribution.",
    scope=Scope.ACCOUNT,
)


@operation("cloudfront", "CreateCloudFrontOriginAccessIdentity")
def create_identity(params: Shape, context: Context) -> Shape:
    """Store an origin access identity."""
    identity = {
        "Id": new_id(),
        "S3CanonicalUserId": uuid.uuid4().hex * 2,
        "CloudFrontOriginAccessIdentityConfig": params["CloudFrontOriginAccessIdentityConfig"],
        "etag": new_id(),
    }
    context.table(IDENTITIES)[identity["Id"]] = identity
    return _identity(identity)


@operation("cloudfront", "GetCloudFrontOriginAccessIdentity")
def get_identity(params: Shape, context: Context) -> Shape:
    """Return one identity."""
    return _identity(context.table(IDENTITIES).require(params["Id"]))


@operation("cloudfront", "UpdateCloudFrontOriginAccessIdentity")
def update_identity(params: Shape, context: Context) -> Shape:
    """Change the comment."""
    identity = context.table(IDENTITIES).require(params["Id"])
    require_match(params, identity["etag"])
    config = params["CloudFrontOriginAccessIdentityConfig"]
    identity.update(CloudFrontOriginAccessIdentityConfig=config, etag=new_id())
    return _identity(identity)


@operation("cloudfront", "DeleteCloudFrontOriginAccessIdentity")
def delete_identity(params: Shape, context: Context) -> Shape:
    """Delete an identity."""
    require_match(params, context.table(IDENTITIES).require(params["Id"])["etag"])
    context.table(IDENTITIES).remove(params["Id"])
    return {}


@operation("cloudfront", "CreateVpcOrigin")
def create_vpc_origin(params: Shape, context: Context) -> Shape:
    """Store a VPC origin; it is deployed at once."""
    config = params["VpcOriginEndpointConfig"]
    held = context.table(VPC_ORIGINS).values()
    if any(one["VpcOriginEndpointConfig"]["Name"] == config["Name"] for one in held):
        raise AwsError(code="EntityAlreadyExists", message="A VPC origin with this name already exists.")
    identifier = f"vo_{uuid.uuid4().hex[:22]}"
    arn = context.arn(f"vpcorigin/{identifier}", region="")
    origin = {
        "Id": identifier,
        "Arn": arn,
        "AccountId": context.account,
        "Status": "Deployed",
        "CreatedTime": now(),
        "LastModifiedTime": now(),
        "VpcOriginEndpointConfig": config,
        "etag": new_id(),
    }
    context.table(VPC_ORIGINS)[identifier] = origin
    # CloudFront has one set of tag operations for all its resources, which moto answers.
    tagger = context.backend(cloudfront_backends, "aws").tagger
    tags = to_map((params.get("Tags") or {}).get("Items"))
    tagger.tag_resource(arn, [{"Key": key, "Value": value} for key, value in tags.items()])
    return _vpc_origin(origin)


@operation("cloudfront", "GetVpcOrigin")
def get_vpc_origin(params: Shape, context: Context) -> Shape:
    """Return one origin."""
    return _vpc_origin(context.table(VPC_ORIGINS).require(params["Id"]))


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
    """Replace the configuration."""
    origin = context.table(VPC_ORIGINS).require(params["Id"])
    require_match(params, origin["etag"])
    config = params["VpcOriginEndpointConfig"]
    origin.update(VpcOriginEndpointConfig=config, LastModifiedTime=now(), etag=new_id())
    return _vpc_origin(origin)


@operation("cloudfront", "DeleteVpcOrigin")
def delete_vpc_origin(params: Shape, context: Context) -> Shape:
    """Delete an origin."""
    require_match(params, context.table(VPC_ORIGINS).require(params["Id"])["etag"])
    return _vpc_origin(context.table(VPC_ORIGINS).remove(params["Id"]))


@operation("cloudfront", "CreateMonitoringSubscription")
def create_monitoring(params: Shape, context: Context) -> Shape:
    """Turn the additional metrics of a distribution on or off."""
    if params["DistributionId"] not in context.backend(cloudfront_backends, "aws").distributions:
        raise AwsError(code="NoSuchDistribution", message="The specified distribution does not exist.")
    context.table(MONITORING)[params["DistributionId"]] = params["MonitoringSubscription"]
    return {"MonitoringSubscription": params["MonitoringSubscription"]}


@operation("cloudfront", "GetMonitoringSubscription")
def get_monitoring(params: Shape, context: Context) -> Shape:
    """Return whether a distribution has additional metrics."""
    return {"MonitoringSubscription": context.table(MONITORING).require(params["DistributionId"])}


@operation("cloudfront", "DeleteMonitoringSubscription")
def delete_monitoring(params: Shape, context: Context) -> Shape:
    """Delete the subscription."""
    context.table(MONITORING).remove(params["DistributionId"])
    return {}


@after("cloudfront", "DeleteDistribution")
def forget_monitoring(params: Shape, context: Context) -> None:
    """Delete the subscription of a deleted distribution."""
    context.table(MONITORING).pop(params["Id"], None)


def _identity(identity: Shape) -> Shape:
    return {"CloudFrontOriginAccessIdentity": identity, "ETag": identity["etag"]}


def _vpc_origin(origin: Shape) -> Shape:
    return {"VpcOrigin": origin, "ETag": origin["etag"]}
