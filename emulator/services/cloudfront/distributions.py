"""CloudFront distributions: moto changes some settings, keeps one version, and deletes what is enabled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudfront.models import (
    CloudFrontBackend,
    DefaultCacheBehaviour,
    DistributionConfig,
    Origin,
    ViewerCertificate,
    cloudfront_backends,
)

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch
from emulator.services.cloudfront.etag import new_id, require_match
from emulator.services.cloudfront.usage import GLOBAL, items

if TYPE_CHECKING:
    from emulator.store import Shape

_ASSOCIATIONS = {
    "function_associations": "FunctionAssociations",
    "lambda_function_associations": "LambdaFunctionAssociations",
}


@patch(DefaultCacheBehaviour, "__init__")
def keep_behaviour(original: Any, behaviour: Any, config: dict[str, Any]) -> None:
    """Store function associations and gRPC, and return no settings that a cache policy replaces.

    The provider sends what it has read when it disables a distribution, and AWS refuses these settings then.
    """
    forwards = "ForwardedValues" in config
    original(behaviour, config)
    if not forwards:
        behaviour.forwarded_values = None
    if config.get("CachePolicyId"):
        behaviour.min_ttl = behaviour.default_ttl = behaviour.max_ttl = None
    for attribute, member in _ASSOCIATIONS.items():
        found = items(config, member)
        setattr(behaviour, attribute, {"Quantity": len(found), **({"Items": found} if found else {})})
    behaviour.grpc_config = config.get("GrpcConfig") or {"Enabled": False}


@patch(DistributionConfig, "__init__")
def accept_group_as_default(original: Any, distribution: Any, config: dict[str, Any]) -> None:
    """Let an origin group answer the default behavior: moto looks for its target among the origins only."""
    behavior = config["DefaultCacheBehavior"]
    target = behavior["TargetOriginId"]
    first = config["Origins"]["Items"][0]["Id"]
    is_group = target in {group["Id"] for group in items(config, "OriginGroups")}
    original(
        distribution, {**config, "DefaultCacheBehavior": {**behavior, "TargetOriginId": first if is_group else target}}
    )
    distribution.DefaultCacheBehavior.target_origin_id = target


@patch(ViewerCertificate, "__init__")
def keep_certificate(original: Any, certificate: Any, config: dict[str, Any]) -> None:
    """Set the default certificate to false beside another certificate, and leave out the unused one."""
    original(certificate, config)
    certificate.iam_certificate_id = certificate.iam_certificate_id or None
    certificate.acm_certificate_arn = certificate.acm_certificate_arn or None
    if certificate.acm_certificate_arn or certificate.iam_certificate_id:
        certificate.cloud_front_default_certificate = False


@patch(Origin, "__init__")
def keep_origin(original: Any, origin: Any, config: dict[str, Any]) -> None:
    """Store access control and a VPC origin, which moto drops."""
    original(origin, config)
    origin.origin_access_control_id = config.get("OriginAccessControlId") or ""
    origin.s3_origin_config = config.get("S3OriginConfig")
    origin.vpc_origin_config = config.get("VpcOriginConfig")


@patch(CloudFrontBackend, "update_distribution")
def renew_etag(original: Any, backend: Any, **arguments: Any) -> tuple[Any, str, str]:
    """Give a changed distribution a new version; moto keeps the first one."""
    distribution, location, _ = original(backend, **arguments)
    distribution.etag = new_id()
    return distribution, location, distribution.etag


@guard("cloudfront", "UpdateDistribution", "DeleteDistribution")
def require_current_version(params: Shape, context: Context) -> None:
    """Refuse a change that is not based on the current version; moto accepts any version.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html
    """
    distribution = context.backend(cloudfront_backends, GLOBAL).distributions.get(params["Id"])
    if distribution is not None:
        require_match(params, distribution.etag)


@guard("cloudfront", "DeleteDistribution")
def refuse_enabled_distribution(params: Shape, context: Context) -> None:
    """Refuse to delete a distribution that is enabled.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowToDeleteDistribution.html
    """
    distribution = context.backend(cloudfront_backends, GLOBAL).distributions.get(params["Id"])
    if distribution is not None and distribution.distribution_config.Enabled:
        raise AwsError(
            code="DistributionNotDisabled",
            message="The distribution you are trying to delete has not been disabled.",
        )
