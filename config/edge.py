"""Settings of the layer `edge`: from the internet to the load balancer."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.content_security_policy import ContentSecurityPolicy
from config.countries import GeoRestriction
from config.model import Check, Model
from config.response_headers import HeaderName, HeaderValue, check_headers

VIEWER_REGION: Final = "us-east-1"
"""The region in which CloudFront requires its certificates and web ACLs, whatever the environment's region.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""

_STATIC_PATH: Final = r"(/[A-Za-z0-9_.~-]+)+/\*"
_MAX_PATH: Final = 255
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html"""


def _static_path(value: str) -> str:
    if re.fullmatch(_STATIC_PATH, value) and len(value) <= _MAX_PATH:
        return value
    message = (
        'is not a valid path of static files; start with "/", end with "/*", and use letters, digits, _ . ~ - and / '
        f'between them, at most {_MAX_PATH} characters, like "/static/*"'
    )
    raise ValueError(message)


StaticPath = Annotated[
    str,
    AfterValidator(_static_path),
    WithJsonSchema({"type": "string", "pattern": f"^{_STATIC_PATH}$", "maxLength": _MAX_PATH}),
]
"""The path of what is in the assets bucket; without the slash at its start it is the start of the objects' keys."""


class EdgeSettings(Model):
    """CloudFront before the load balancer; the table, which may be empty, turns it on."""

    origin: Literal["vpc", "public"] = "vpc"
    """How CloudFront reaches the load balancer: by a VPC origin, or "public" where an organization denies those.

    With "public" the load balancer has public addresses, and only CloudFront's addresses can connect.
    """

    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_100"
    """Where CloudFront answers: 100 is North America and Europe, 200 adds Asia, Africa and the Middle East.

    A GB costs 0.085 USD in the first, after 1 TB a month that is free; the other places cost more.
    """

    geo_restriction: GeoRestriction | None = None
    """The countries from which requests are answered; without the table, from all."""

    static_path: StaticPath = "/static/*"
    """The path of the files in the assets bucket, which CloudFront caches."""

    single_page: bool = True
    """Whether a path without a file name, like /users/42, gets /index.html; false if each path has its own page.

    Only for the service with the path "/*"; the paths of all others are left as they are.
    """

    content_security_policy: ContentSecurityPolicy = (
        "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )
    """What a page may load and from where: the header content-security-policy of all responses."""

    headers: Mapping[HeaderName, HeaderValue] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Further headers of all responses, like x-robots-tag = "noindex"."""

    hsts_preload: bool = False
    """Whether browsers may list the domain, and all names below it, as HTTPS only; to leave that list takes months."""

    maintenance: bool = False
    """Whether CloudFront answers all requests for pages and services itself, with 503."""

    monitoring: bool = False
    """Whether CloudFront publishes further metrics: each 4xx and 5xx code, cache hit rate, origin latency.

    They are eight, for 2.40 USD a month.
    """
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html

    @property
    def static_prefix(self) -> str:
        """The start of the keys of the static files in the assets bucket: `static/`."""
        return self.static_path.removeprefix("/").removesuffix("*")

    checks: ClassVar[tuple[Check, ...]] = (check_headers,)
