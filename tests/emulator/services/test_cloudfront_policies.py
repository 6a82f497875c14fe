from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edge import delete_distribution, make_distribution

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

DAY = 86_400
YEAR = 31_536_000


def cache(name: str, *, key: Any = (), **times: int) -> dict[str, Any]:
    parameters = {
        "EnableAcceptEncodingGzip": False,
        "EnableAcceptEncodingBrotli": False,
        "HeadersConfig": {"HeaderBehavior": "none"},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
        **dict(key),
    }
    return {"Name": name, "MinTTL": 0, **times, "ParametersInCacheKeyAndForwardedToOrigin": parameters}


def request(name: str, behavior: str = "none", *headers: str) -> dict[str, Any]:
    listed = {"Headers": {"Quantity": len(headers), "Items": list(headers)}} if headers else {}
    return {
        "Name": name,
        "HeadersConfig": {"HeaderBehavior": behavior, **listed},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    }


def cors(*headers: str, credentials: bool = False) -> dict[str, Any]:
    return {
        "CorsConfig": {
            "AccessControlAllowOrigins": {"Quantity": 1, "Items": ["https://example.com"]},
            "AccessControlAllowHeaders": {"Quantity": len(headers), "Items": list(headers)},
            "AccessControlAllowMethods": {"Quantity": 1, "Items": ["GET"]},
            "AccessControlAllowCredentials": credentials,
            "OriginOverride": True,
        }
    }


def security(length: int) -> dict[str, Any]:
    return {
        "SecurityHeadersConfig": {"ContentSecurityPolicy": {"Override": True, "ContentSecurityPolicy": "x" * length}}
    }


def custom(count: int) -> dict[str, Any]:
    items = [{"Header": f"X-Header-{number}", "Value": "1", "Override": True} for number in range(count)]
    return {"CustomHeadersConfig": {"Quantity": count, "Items": items}}


def removed(count: int) -> dict[str, Any]:
    items = [{"Header": f"X-Header-{number}"} for number in range(count)]
    return {"RemoveHeadersConfig": {"Quantity": count, "Items": items}}


@pytest.mark.parametrize(
    ("method", "name", "member", "config"),
    [
        ("cache_policy", "CachePolicy", "CachePolicyId", cache("in-use")),
        ("origin_request_policy", "OriginRequestPolicy", "OriginRequestPolicyId", request("in-use")),
        ("response_headers_policy", "ResponseHeadersPolicy", "ResponseHeadersPolicyId", {"Name": "u", **custom(1)}),
    ],
)
def test_a_policy_in_use_is_not_deleted(client: Client, method: str, name: str, member: str, config: Any) -> None:
    front = client("cloudfront")
    made = getattr(front, f"create_{method}")(**{f"{name}Config": config})
    version = {"Id": made[name]["Id"], "IfMatch": made["ETag"]}
    user, _ = make_distribution(client, f"user-of-{method}", behaviour={member: made[name]["Id"]})
    with pytest.raises(ClientError, match=f"{name}InUse.*disassociate the policy before deleting") as refused:
        getattr(front, f"delete_{method}")(**version)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    delete_distribution(client, user)

    getattr(front, f"delete_{method}")(**version)


@pytest.mark.parametrize(
    "times",
    [
        {"MinTTL": 60, "DefaultTTL": 30},
        {"DefaultTTL": DAY, "MaxTTL": 60},
        {"MinTTL": YEAR + 100, "DefaultTTL": YEAR + 200, "MaxTTL": YEAR},
        {"MaxTTL": 60},
    ],
)
def test_times_in_another_order_are_refused(client: Client, times: dict[str, int]) -> None:
    with pytest.raises(ClientError, match=r"InvalidArgument.*MinTTL less than or equal to DefaultTTL"):
        client("cloudfront").create_cache_policy(CachePolicyConfig=cache("times", **times))


@pytest.mark.parametrize("times", [{}, {"MinTTL": 2 * DAY}, {"MinTTL": 1, "DefaultTTL": 1, "MaxTTL": 1}])
def test_times_in_the_right_order_are_accepted(client: Client, times: dict[str, int]) -> None:
    front = client("cloudfront")
    made = front.create_cache_policy(CachePolicyConfig=cache("ordered", **times))

    front.delete_cache_policy(Id=made["CachePolicy"]["Id"], IfMatch=made["ETag"])


@pytest.mark.parametrize(
    ("key", "member"),
    [
        ({"EnableAcceptEncodingGzip": True}, "EnableAcceptEncodingGzip"),
        ({"EnableAcceptEncodingBrotli": True}, "EnableAcceptEncodingBrotli"),
        ({"CookiesConfig": {"CookieBehavior": "all"}}, "CookieBehavior"),
        ({"QueryStringsConfig": {"QueryStringBehavior": "all"}}, "QueryStringBehavior"),
        (
            {"HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": {"Quantity": 1, "Items": ["Origin"]}}},
            "HeaderBehavior",
        ),
    ],
)
def test_a_cache_key_without_a_cache_is_refused(client: Client, key: Any, member: str) -> None:
    off = {"DefaultTTL": 0, "MaxTTL": 0}
    with pytest.raises(ClientError, match=f"InvalidArgument.*{member} is invalid for policy with caching disabled"):
        client("cloudfront").create_cache_policy(CachePolicyConfig=cache("off", key=key, **off))


def test_a_changed_policy_is_checked_like_a_new_one(client: Client) -> None:
    front = client("cloudfront")
    made = front.create_cache_policy(CachePolicyConfig=cache("changed"))

    with pytest.raises(ClientError, match="InvalidArgument"):
        front.update_cache_policy(
            Id=made["CachePolicy"]["Id"], IfMatch=made["ETag"], CachePolicyConfig=cache("changed", MaxTTL=1)
        )


@pytest.mark.parametrize("header", ["Authorization", "accept-encoding"])
def test_a_header_that_only_a_cache_policy_forwards_is_refused(client: Client, header: str) -> None:
    with pytest.raises(ClientError, match=f"InvalidArgument.*contains {header} that is not allowed"):
        client("cloudfront").create_origin_request_policy(
            OriginRequestPolicyConfig=request("headers", "whitelist", "Origin", header)
        )


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (security(1_784), "TooLongCSPInResponseHeadersPolicy"),
        (custom(11), "TooManyCustomHeadersInResponseHeadersPolicy"),
        (removed(11), "TooManyRemoveHeadersInResponseHeadersPolicy"),
        (cors(), r"InvalidArgument.*Access-Control-Allow-Headers must have at least one item"),
        (cors("X-*", credentials=True), r"InvalidArgument.*cannot contain \* when allowCredentials is true"),
    ],
)
def test_wrong_response_headers_are_refused(client: Client, config: Any, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        client("cloudfront").create_response_headers_policy(ResponseHeadersPolicyConfig={"Name": "wrong", **config})


def test_response_headers_at_their_limits_are_accepted(client: Client) -> None:
    config = {"Name": "limits", **security(1_783), **custom(10), **removed(10), **cors("X-Own", credentials=True)}

    made = client("cloudfront").create_response_headers_policy(ResponseHeadersPolicyConfig=config)
    assert made["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]["Name"] == "limits"
