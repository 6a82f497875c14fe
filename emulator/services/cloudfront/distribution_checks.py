"""The settings of a distribution that CloudFront refuses: moto accepts nearly all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.cloudfront.models import cloudfront_backends
from moto.wafv2.models import GLOBAL_REGION, wafv2_backends

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.protocol import service_model
from emulator.registry import Context, guard
from emulator.services.cloudfront.functions import FUNCTIONS, LIVE
from emulator.services.cloudfront.policies import CACHE, ORIGIN_REQUEST, RESPONSE_HEADERS
from emulator.services.cloudfront.usage import GLOBAL, items
from emulator.services.cloudfront.vpc_origins import VPC_ORIGINS

if TYPE_CHECKING:
    from emulator.store import Shape

_BY_MEMBER: Final = {
    "CachePolicyId": CACHE,
    "OriginRequestPolicyId": ORIGIN_REQUEST,
    "ResponseHeadersPolicyId": RESPONSE_HEADERS,
}
# A cache policy has them; https://github.com/aws/aws-sdk-net/issues/1698
_REPLACED_BY_POLICY: Final = ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL")
_ORIGIN_TYPES: Final = ("S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig")
# https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
_ERROR_CODES: Final = {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}


@guard("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def refuse_wrong_settings(params: Shape, context: Context) -> None:
    """Refuse references to missing resources, and settings that contradict each other."""
    config = config_of(params)
    _check_price_class(config.get("PriceClass"))
    for origin in config["Origins"]["Items"]:
        _check_origin(origin, context)
    origins = {origin["Id"] for origin in (*config["Origins"]["Items"], *items(config, "OriginGroups"))}
    for behavior in (config["DefaultCacheBehavior"], *items(config, "CacheBehaviors")):
        _check_behavior(behavior, origins, context)
    for response in items(config, "CustomErrorResponses"):
        _check_error_response(response)
    _check_geo_restriction((config.get("Restrictions") or {}).get("GeoRestriction") or {})
    _check_web_acl(config.get("WebACLId"), context)


def config_of(params: Shape) -> Shape:
    """Return the configuration in a request of the three operations."""
    config: Shape = params.get("DistributionConfig") or params["DistributionConfigWithTags"]["DistributionConfig"]
    return config


def _check_price_class(price_class: str | None) -> None:
    """https://github.com/terraform-aws-modules/terraform-aws-cloudfront/issues/53 has the form of the message."""
    allowed = service_model("cloudfront").shape_for("PriceClass").enum
    if price_class is not None and price_class not in allowed:
        raise AwsError(
            code="MalformedXML",
            message=(
                f"1 validation error detected: Value '{price_class}' at 'distributionConfig.priceClass' failed to "
                f"satisfy constraint: Member must satisfy enum value set: [{', '.join(allowed)}]"
            ),
        )


def _check_origin(origin: Shape, context: Context) -> None:
    """An origin has one type, and an access control is for one type.

    https://github.com/boto/boto3/issues/3804
    https://github.com/aws/aws-cdk/issues/26405
    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
    """
    if not any(origin.get(member) is not None for member in _ORIGIN_TYPES):
        message = "The specified origin server does not exist or is not valid."
        raise AwsError(code="InvalidOrigin", message=message)
    identifier = origin.get("OriginAccessControlId")
    if identifier:
        control = context.backend(cloudfront_backends, GLOBAL).origin_access_controls.get(identifier)
        if control is None:
            raise AwsError(code="InvalidOriginAccessControl", message="The origin access control does not exist.")
        if (control.origin_type == "s3") != (origin.get("S3OriginConfig") is not None):
            message = "Illegal configuration: The origin type and OAC origin type differ."
            raise AwsError(code="InvalidOriginAccessControl", message=message)
        if (origin.get("S3OriginConfig") or {}).get("OriginAccessIdentity"):
            message = "An origin cannot have both an origin access control (OAC) and an origin access identity (OAI)."
            raise AwsError(code="IllegalOriginAccessConfiguration", message=message)
    in_vpc = (origin.get("VpcOriginConfig") or {}).get("VpcOriginId")
    if in_vpc:
        context.table(VPC_ORIGINS).require(in_vpc)


def _check_behavior(behavior: Shape, origins: set[str], context: Context) -> None:
    """A behavior has a cache policy, or settings of its own.

    https://github.com/terraform-aws-modules/terraform-aws-cloudfront/issues/71
    https://github.com/hashicorp/terraform-provider-aws/issues/21828
    """
    if behavior["TargetOriginId"] not in origins:
        message = "One or more of your origins or origin groups do not exist."
        raise AwsError(code="NoSuchOrigin", message=message)
    for member, family in _BY_MEMBER.items():
        if behavior.get(member):
            family.find(behavior[member], context)
    if not behavior.get("CachePolicyId") and behavior.get("ForwardedValues") is None:
        raise AwsError(code="InvalidArgument", message="The parameter ForwardedValues is required.")
    for member in _REPLACED_BY_POLICY:
        if behavior.get("CachePolicyId") and behavior.get(member) is not None:
            message = f"The parameter {member} cannot be used when a cache policy is associated to the cache behavior."
            raise AwsError(code="InvalidArgument", message=message)
    _check_functions(items(behavior, "FunctionAssociations"), context)


def _check_functions(associations: list[Shape], context: Context) -> None:
    """A function is associated once it is published, and one for each type of event.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/associate-function.html
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
    """
    for association in associations:
        arn = parse_arn(association["FunctionARN"])
        name = arn.resource.removeprefix("function/") if arn and arn.account == context.account else ""
        if LIVE not in context.table(FUNCTIONS).get(name, {}):
            message = f"The function {association['FunctionARN']} must exist and must be published to the stage LIVE."
            raise AwsError(code="InvalidFunctionAssociation", message=message)
    events = [association["EventType"] for association in associations]
    if len(set(events)) < len(events):
        message = "A cache behavior must have at most one function for each event type."
        raise AwsError(code="InvalidFunctionAssociation", message=message)


def _check_error_response(response: Shape) -> None:
    """https://github.com/hashicorp/terraform-provider-aws/issues/32431 has the message."""
    if response["ErrorCode"] not in _ERROR_CODES:
        message = f"The error code {response['ErrorCode']} must be one of {sorted(_ERROR_CODES)}."
        raise AwsError(code="InvalidErrorCode", message=message)
    if bool(response.get("ResponsePagePath")) != bool(response.get("ResponseCode")):
        message = "Your request must specify both ResponsePagePath and ResponseCode together or none of them."
        raise AwsError(code="InvalidArgument", message=message)


def _check_geo_restriction(restriction: Shape) -> None:
    """Countries are two letters of ISO 3166-1: "GB", not "UK" (https://github.com/aws/aws-cdk/issues/19022).

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html
    https://github.com/hashicorp/terraform-provider-aws/issues/19243
    """
    countries = restriction.get("Items") or []
    if bool(countries) == (restriction.get("RestrictionType", "none") == "none"):
        message = "Your request contains invalid Restriction parameters."
        raise AwsError(code="InvalidGeoRestrictionParameter", message=message)
    # WAF's model lists the codes; CloudFront's has any text.
    known = service_model("wafv2").shape_for("CountryCode").enum
    if not set(countries) <= set(known):
        raise AwsError(code="InvalidLocationCode", message="The location code specified is not valid.")


def _check_web_acl(arn: str | None, context: Context) -> None:
    """Refuse a web ACL that does not exist in the scope CLOUDFRONT of the account.

    https://github.com/hashicorp/terraform/issues/17544
    https://github.com/fugue/regula/pull/249
    """
    if not arn or arn in context.backend(wafv2_backends, GLOBAL_REGION).wacls:
        return
    parsed = parse_arn(arn)
    message = f"Invalid webACL identifier provided {arn}"
    if parsed is not None and parsed.resource.startswith("global/webacl/"):
        message = "Web ACL is not accessible by the requester."
    raise AwsError(code="InvalidWebACLId", message=message)
