"""CloudFront distributions: moto changes some settings, and accepts references to missing resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.acm.models import acm_backends
from moto.cloudfront.models import DefaultCacheBehaviour, Origin, ViewerCertificate, cloudfront_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch
from emulator.services.cloudfront.origins import VPC_ORIGINS
from emulator.services.cloudfront.policies import CACHE, ORIGIN_REQUEST, RESPONSE_HEADERS

if TYPE_CHECKING:
    from emulator.store import Shape

_CERTIFICATE_REGION = "us-east-1"
_BY_MEMBER = {
    "CachePolicyId": CACHE,
    "OriginRequestPolicyId": ORIGIN_REQUEST,
    "ResponseHeadersPolicyId": RESPONSE_HEADERS,
}
_ASSOCIATIONS = {
    "function_associations": "FunctionAssociations",
    "lambda_function_associations": "LambdaFunctionAssociations",
}


@patch(DefaultCacheBehaviour, "__init__")
def keep_behaviour(original: Any, behaviour: Any, config: dict[str, Any]) -> None:
    """Store function associations and gRPC, and return no forwarded values beside a cache policy."""
    forwards = "ForwardedValues" in config
    original(behaviour, config)
    if not forwards:
        behaviour.forwarded_values = None
    for attribute, member in _ASSOCIATIONS.items():
        items = (config.get(member) or {}).get("Items") or []
        setattr(behaviour, attribute, {"Quantity": len(items), **({"Items": items} if items else {})})
    behaviour.grpc_config = config.get("GrpcConfig") or {"Enabled": False}


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


@guard("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def refuse_dangling_references(params: Shape, context: Context) -> None:
    """Refuse a policy, an access control, a VPC origin or a certificate that does not exist."""
    config = params.get("DistributionConfig") or params["DistributionConfigWithTags"]["DistributionConfig"]
    behaviours = [config["DefaultCacheBehavior"], *((config.get("CacheBehaviors") or {}).get("Items") or ())]
    for behaviour in behaviours:
        for member, family in _BY_MEMBER.items():
            if behaviour.get(member):
                family.find(behaviour[member], context)
    controls = context.backend(cloudfront_backends, "aws").origin_access_controls
    for origin in config["Origins"]["Items"]:
        control = origin.get("OriginAccessControlId")
        if control and control not in controls:
            raise AwsError(code="InvalidOriginAccessControl", message="The origin access control does not exist.")
        in_vpc = (origin.get("VpcOriginConfig") or {}).get("VpcOriginId")
        if in_vpc:
            context.table(VPC_ORIGINS).require(in_vpc)
    _check_certificate((config.get("ViewerCertificate") or {}).get("ACMCertificateArn"), context)


def _check_certificate(arn: str | None, context: Context) -> None:
    """Refuse a certificate outside us-east-1, the only region that CloudFront reads."""
    if arn and arn not in context.backend(acm_backends, _CERTIFICATE_REGION)._certificates:  # noqa: SLF001
        raise AwsError(
            code="InvalidViewerCertificate",
            message=(
                "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or "
                "doesn't include a valid certificate chain."
            ),
        )
