"""CloudFront's origin access identities, and monitoring subscriptions."""

from __future__ import annotations

import uuid

from moto.cloudfront.models import cloudfront_backends

from emulator.errors import AwsError
from emulator.registry import Context, after, operation
from emulator.services.cloudfront.etag import new_id, require_match
from emulator.store import Kind, Scope, Shape

IDENTITIES: Kind[Shape] = Kind(
    "origin access identity",
    missing="NoSuchCloudFrontOriginAccessIdentity",
    message="The specified origin access identity does not exist.",
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
