"""Further headers that CloudFront adds to all responses."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from config.errors import Problem

_NAME: Final = r"[a-z0-9][a-z0-9-]*"
_MAX_VALUE: Final = 1_783
# Both of them, and the length of a value:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-policies
_MAX_HEADERS: Final = 10
_MAX_CHARACTERS: Final = 10_240

OWN_HEADERS: Final[Mapping[str, str]] = {"permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()"}
"""What is added without a setting; a setting of the same name replaces it."""

_SET_ELSEWHERE: Final[Mapping[str, str]] = {
    "content-security-policy": "it has a setting: content_security_policy",
    "referrer-policy": "it is always strict-origin-when-cross-origin",
    "strict-transport-security": "it is always sent; hsts_preload adds the flag",
    "x-content-type-options": "it is always nosniff",
    "x-frame-options": "it is always DENY",
    "x-xss-protection": "browsers have removed what it switched on; use content_security_policy",
}
"""Security headers have fields of their own in a response headers policy.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
"""

_CORS: Final = "access-control-"
_FORBIDDEN: Final = frozenset(
    {
        *(
            "connection",
            "content-encoding",
            "content-length",
            "date",
            "expect",
            "host",
            "keep-alive",
            "proxy-authenticate",
        ),
        *("proxy-authorization", "proxy-connection", "server-timing", "trailer", "transfer-encoding", "upgrade", "via"),
        *("warning", "x-real-ip"),
    }
)
_FORBIDDEN_STARTS: Final = ("x-accel-", "x-amz-cf-", "x-amzn-", "x-cache", "x-edge-", "x-forwarded-proto")
"""The headers that belong to the connection or to CloudFront.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
"""


def _header_name(value: str) -> str:
    if value != value.lower():
        message = f'must be in lowercase, as HTTP/2 and HTTP/3 send it: "{value.lower()}"'
        raise ValueError(message)
    if not re.fullmatch(_NAME, value):
        message = 'is not a valid name of a header; use lowercase letters, digits and hyphens, like "x-robots-tag"'
        raise ValueError(message)
    return value


def _header_value(value: str) -> str:
    if not value.strip() or value != value.strip():
        message = "must not be empty, and must not start or end with a space"
        raise ValueError(message)
    if wrong := sorted({c for c in value if not " " <= c <= "~"}):
        message = f"contains {', '.join(map(ascii, wrong))}; a header must have only printable ASCII characters"
        raise ValueError(message)
    return value


HeaderName = Annotated[str, AfterValidator(_header_name), Field(pattern=f"^{_NAME}$")]
HeaderValue = Annotated[str, AfterValidator(_header_value), Field(max_length=_MAX_VALUE)]


def check_headers(headers: Mapping[str, str]) -> Iterator[Problem]:
    """CloudFront refuses the headers that it sets itself, and more than its quotas."""
    for name, value in headers.items():
        if reason := _refusal(name):
            yield Problem(key=f"headers.{name}", value=value, allowed=f"cannot be set here: {reason}; remove it")
    sent = {**OWN_HEADERS, **headers}
    if len(sent) > _MAX_HEADERS:
        yield Problem(
            key="headers",
            allowed=f"has {len(sent)} headers, with {', '.join(OWN_HEADERS)}; it must have {_MAX_HEADERS} or fewer",
        )
    characters = sum(len(name) + len(value) for name, value in sent.items())
    if characters > _MAX_CHARACTERS:
        yield Problem(
            key="headers",
            allowed=f"has {characters} characters in names and values; it must have {_MAX_CHARACTERS} or fewer",
        )


def _refusal(name: str) -> str | None:
    if name in _SET_ELSEWHERE:
        return _SET_ELSEWHERE[name]
    if name.startswith(_CORS):
        return "the API decides which sites may call it, by its own headers"
    if name in _FORBIDDEN or name.startswith(_FORBIDDEN_STARTS):
        return "it belongs to the connection or to CloudFront"
    return None
