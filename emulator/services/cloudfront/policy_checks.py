"""The settings of CloudFront's policies that are refused, and the deletion of a policy in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.services.cloudfront.usage import items, users_by_behavior

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

# https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html
_DEFAULT_TTL: Final = 86_400
_MOST_TTL: Final = 31_536_000
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-policies
_MOST_CSP_CHARACTERS: Final = 1_783
_MOST_CUSTOM_HEADERS: Final = 10
_MOST_REMOVED_HEADERS: Final = 10
# https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-cloudfront/lib/origin-request-policy.ts
_HEADERS_OF_CACHE_POLICIES: Final = {"authorization", "accept-encoding"}
_ATTRIBUTES: Final = {
    "CachePolicy": ("cache_policy_id", "cache policy"),
    "OriginRequestPolicy": ("origin_request_policy_id", "origin request policy"),
    "ResponseHeadersPolicy": ("response_headers_policy_id", "response headers policy"),
}


@guard("cloudfront", "DeleteCachePolicy", "DeleteOriginRequestPolicy", "DeleteResponseHeadersPolicy")
def refuse_used_policy(params: Shape, context: Context) -> None:
    """Refuse to delete a policy that a cache behavior has.

    https://github.com/anomalyco/ion/issues/443 has the message.
    """
    name = context.operation.removeprefix("Delete")
    attribute, words = _ATTRIBUTES[name]
    if users_by_behavior(context, lambda behavior: getattr(behavior, attribute) == params["Id"]):
        raise AwsError(
            code=f"{name}InUse",
            message=(
                f"The specified {words} is currently associated with a cache behavior. Please disassociate the policy "
                "before deleting."
            ),
        )


@guard("cloudfront", "CreateCachePolicy", "UpdateCachePolicy")
def refuse_wrong_cache_policy(params: Shape, _: Context) -> None:
    """Refuse times in another order, and a cache key without a cache.

    https://github.com/ballPointPenguin/artificial-u/pull/116 has a message.
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/571
    """
    config = params["CachePolicyConfig"]
    least = config["MinTTL"]
    default = config.get("DefaultTTL", max(_DEFAULT_TTL, least))
    most = config.get("MaxTTL", max(_MOST_TTL, default))
    if not least <= default <= most:
        message = (
            "MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL less than or "
            "equal to MaxTTL"
        )
        raise AwsError(code="InvalidArgument", message=message)
    if most == 0:
        for member in _parts_of_key(config.get("ParametersInCacheKeyAndForwardedToOrigin") or {}):
            message = f"The parameter {member} is invalid for policy with caching disabled."
            raise AwsError(code="InvalidArgument", message=message)


@guard("cloudfront", "CreateOriginRequestPolicy", "UpdateOriginRequestPolicy")
def refuse_headers_of_cache_policies(params: Shape, _: Context) -> None:
    """Refuse the headers that only a cache policy can forward.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
    """
    config = params["OriginRequestPolicyConfig"]["HeadersConfig"]
    for header in items(config, "Headers"):
        if config["HeaderBehavior"] == "whitelist" and header.lower() in _HEADERS_OF_CACHE_POLICIES:
            message = f"The parameter Headers contains {header} that is not allowed."
            raise AwsError(code="InvalidArgument", message=message)


@guard("cloudfront", "CreateResponseHeadersPolicy", "UpdateResponseHeadersPolicy")
def refuse_wrong_response_headers(params: Shape, _: Context) -> None:
    """Refuse more and longer headers than the quotas allow, and CORS settings that browsers refuse.

    https://github.com/aws/aws-cdk/pull/35308 has the message about credentials,
    https://github.com/awsdocs/aws-cloudformation-user-guide/issues/1179 the refusal of an empty list.
    """
    config = params["ResponseHeadersPolicyConfig"]
    security = (config.get("SecurityHeadersConfig") or {}).get("ContentSecurityPolicy") or {}
    if len(security.get("ContentSecurityPolicy", "")) > _MOST_CSP_CHARACTERS:
        message = (
            "The length of the Content-Security-Policy header value in the response headers policy exceeds the maximum."
        )
        raise AwsError(code="TooLongCSPInResponseHeadersPolicy", message=message)
    if len(items(config, "CustomHeadersConfig")) > _MOST_CUSTOM_HEADERS:
        message = "The number of custom headers in the response headers policy exceeds the maximum."
        raise AwsError(code="TooManyCustomHeadersInResponseHeadersPolicy", message=message)
    if len(items(config, "RemoveHeadersConfig")) > _MOST_REMOVED_HEADERS:
        message = "The number of headers in RemoveHeadersConfig in the response headers policy exceeds the maximum."
        raise AwsError(code="TooManyRemoveHeadersInResponseHeadersPolicy", message=message)
    cors = config.get("CorsConfig")
    if cors:
        for problem in _problems_of_cors(cors):
            raise AwsError(code="InvalidArgument", message=problem)


def _problems_of_cors(cors: Shape) -> Iterator[str]:
    headers = items(cors, "AccessControlAllowHeaders")
    if not headers:
        yield "The parameter Access-Control-Allow-Headers must have at least one item."
    if cors.get("AccessControlAllowCredentials") and any("*" in header for header in headers):
        yield "The parameter Access-Control-Allow-Headers cannot contain * when allowCredentials is true."


def _parts_of_key(key: Shape) -> Iterator[str]:
    """Iterate over the members that add something to the cache key."""
    for member in ("EnableAcceptEncodingGzip", "EnableAcceptEncodingBrotli"):
        if key.get(member):
            yield member
    for member, behavior in (
        ("HeadersConfig", "HeaderBehavior"),
        ("CookiesConfig", "CookieBehavior"),
        ("QueryStringsConfig", "QueryStringBehavior"),
    ):
        if (key.get(member) or {}).get(behavior, "none") != "none":
            yield behavior
