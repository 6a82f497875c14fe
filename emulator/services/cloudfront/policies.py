"""CloudFront's cache, origin request and response headers policies, including AWS's managed policies."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.cloudfront.etag import new_id, require_match
from emulator.store import Kind, Scope, Shape

_NONE_CACHED = {
    "EnableAcceptEncodingGzip": False,
    "EnableAcceptEncodingBrotli": False,
    "HeadersConfig": {"HeaderBehavior": "none"},
    "CookiesConfig": {"CookieBehavior": "none"},
    "QueryStringsConfig": {"QueryStringBehavior": "none"},
}
_COMPRESSED = {**_NONE_CACHED, "EnableAcceptEncodingGzip": True, "EnableAcceptEncodingBrotli": True}


def _listed(member: str, *names: str) -> Shape:
    return {member: {"Quantity": len(names), "Items": list(names)}} if names else {}


def _cached(headers: tuple[str, ...], *, cookies: str, queries: str, asked: tuple[str, ...] = ()) -> Shape:
    return {
        **_COMPRESSED,
        "HeadersConfig": {"HeaderBehavior": "whitelist", **_listed("Headers", *headers)},
        "CookiesConfig": {"CookieBehavior": cookies},
        "QueryStringsConfig": {"QueryStringBehavior": queries, **_listed("QueryStrings", *asked)},
    }


def _request(headers: str, *names: str, cookies: str = "all", queries: str = "all") -> Shape:
    return {
        "HeadersConfig": {"HeaderBehavior": headers, **_listed("Headers", *names)},
        "CookiesConfig": {"CookieBehavior": cookies},
        "QueryStringsConfig": {"QueryStringBehavior": queries},
    }


_ORIGIN_CONTROLS = ("Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
_PREFLIGHT = ("Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method")
_ADDED_BY_CLOUDFRONT = [
    f"CloudFront-{name}"
    for name in (
        "Forwarded-Proto",
        *(f"Is-{kind}-Viewer" for kind in ("Android", "Desktop", "IOS", "Mobile", "SmartTV", "Tablet")),
        *(f"Viewer-{part}" for part in ("Address", "ASN", "City", "Country", "Country-Name", "Country-Region")),
        *(f"Viewer-{part}" for part in ("Country-Region-Name", "Http-Version", "Latitude", "Longitude")),
        *(f"Viewer-{part}" for part in ("Metro-Code", "Postal-Code", "Time-Zone", "TLS")),
    )
]
_SECURITY_HEADERS = {
    "XSSProtection": {"Override": False, "Protection": True, "ModeBlock": True},
    "FrameOptions": {"Override": False, "FrameOption": "SAMEORIGIN"},
    "ReferrerPolicy": {"Override": False, "ReferrerPolicy": "strict-origin-when-cross-origin"},
    "ContentTypeOptions": {"Override": True},
    "StrictTransportSecurity": {"Override": False, "AccessControlMaxAgeSec": 31536000},
}
_CORS = {
    "AccessControlAllowOrigins": {"Quantity": 1, "Items": ["*"]},
    "AccessControlAllowHeaders": {"Quantity": 1, "Items": ["*"]},
    "AccessControlAllowMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
    "AccessControlAllowCredentials": False,
    "OriginOverride": False,
}
_CORS_WITH_PREFLIGHT = {
    **_CORS,
    "AccessControlAllowMethods": {
        "Quantity": 7,
        "Items": ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
    },
    "AccessControlExposeHeaders": {"Quantity": 1, "Items": ["*"]},
}


@dataclass(frozen=True)
class Family:
    """One of the three kinds of policy, with its managed policies, which are in every account.

    Their ids are the same everywhere; a policy that AWS adds later is missing here until it is added:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
    """

    name: str
    plural: str
    words: str
    managed: dict[str, tuple[str, Shape]]

    @property
    def config(self) -> str:
        """The member with the user's configuration."""
        return f"{self.name}Config"

    @property
    def kind(self) -> Kind[Shape]:
        """The records of this family."""
        return Kind(
            self.name,
            missing=f"NoSuch{self.name}",
            message=f"The specified {self.words} does not exist.",
            scope=Scope.ACCOUNT,
        )

    def find(self, identifier: str, context: Context) -> Shape:
        """Return a policy of AWS or of the account, or raise its error."""
        if identifier in self.managed:
            return self._managed(identifier)
        return context.table(self.kind).require(identifier)

    def all(self, context: Context) -> list[tuple[str, Shape]]:
        """List (type, policy)."""
        managed = [("managed", self._managed(identifier)) for identifier in self.managed]
        return managed + [("custom", one) for one in context.table(self.kind).values()]

    def _managed(self, identifier: str) -> Shape:
        name, config = self.managed[identifier]
        settings = {"Name": f"Managed-{name}", **config}
        return {
            "Id": identifier,
            "LastModifiedTime": now(),
            self.config: settings,
            "etag": f"E{identifier[:8]}",
        }


CACHE = Family(
    "CachePolicy",
    "CachePolicies",
    "cache policy",
    {
        "658327ea-f89d-4fab-a63d-7e88639e58f6": (
            "CachingOptimized",
            {
                "MinTTL": 1,
                "DefaultTTL": 86400,
                "MaxTTL": 31536000,
                "ParametersInCacheKeyAndForwardedToOrigin": _COMPRESSED,
            },
        ),
        "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": (
            "CachingOptimizedForUncompressedObjects",
            {
                "MinTTL": 1,
                "DefaultTTL": 86400,
                "MaxTTL": 31536000,
                "ParametersInCacheKeyAndForwardedToOrigin": _NONE_CACHED,
            },
        ),
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": (
            "CachingDisabled",
            {
                "MinTTL": 0,
                "DefaultTTL": 0,
                "MaxTTL": 0,
                "ParametersInCacheKeyAndForwardedToOrigin": _NONE_CACHED,
            },
        ),
        "2e54312d-136d-493c-8eb9-b001f22f67d2": (
            "Amplify",
            {
                "MinTTL": 2,
                "DefaultTTL": 2,
                "MaxTTL": 600,
                "ParametersInCacheKeyAndForwardedToOrigin": _cached(
                    ("Authorization", "CloudFront-Viewer-Country", "Host"), cookies="all", queries="all"
                ),
            },
        ),
        "08627262-05a9-4f76-9ded-b50ca2e3a84f": (
            "Elemental-MediaPackage",
            {
                "MinTTL": 0,
                "DefaultTTL": 86400,
                "MaxTTL": 31536000,
                "ParametersInCacheKeyAndForwardedToOrigin": {
                    **_cached(
                        ("Origin",),
                        cookies="none",
                        queries="whitelist",
                        asked=("aws.manifestfilter", "start", "end", "m"),
                    ),
                    "EnableAcceptEncodingBrotli": False,
                },
            },
        ),
        "83da9c7e-98b4-4e11-a168-04f0df8e2c65": (
            "UseOriginCacheControlHeaders",
            {
                "MinTTL": 0,
                "DefaultTTL": 0,
                "MaxTTL": 31536000,
                "ParametersInCacheKeyAndForwardedToOrigin": _cached(_ORIGIN_CONTROLS, cookies="all", queries="none"),
            },
        ),
        "4cc15a8a-d715-48a4-82b8-cc0b614638fe": (
            "UseOriginCacheControlHeaders-QueryStrings",
            {
                "MinTTL": 0,
                "DefaultTTL": 0,
                "MaxTTL": 31536000,
                "ParametersInCacheKeyAndForwardedToOrigin": _cached(_ORIGIN_CONTROLS, cookies="all", queries="all"),
            },
        ),
    },
)
ORIGIN_REQUEST = Family(
    "OriginRequestPolicy",
    "OriginRequestPolicies",
    "origin request policy",
    {
        "216adef6-5c7f-47e4-b989-5492eafa07d3": ("AllViewer", _request("allViewer")),
        "b689b0a8-53d0-40ab-baf2-68738e2966ac": (
            "AllViewerExceptHostHeader",
            _request("allExcept", "host"),
        ),
        "33f36d7e-f396-46d9-90e0-52428a34d9dc": (
            "AllViewerAndCloudFrontHeaders-2022-06",
            _request("allViewerAndWhitelistCloudFront", *_ADDED_BY_CLOUDFRONT),
        ),
        "59781a5b-3903-41f3-afcb-af62929ccde1": (
            "CORS-CustomOrigin",
            _request("whitelist", "Origin", cookies="none", queries="none"),
        ),
        "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": (
            "CORS-S3Origin",
            _request("whitelist", *_PREFLIGHT, cookies="none", queries="none"),
        ),
        "775133bc-15f2-49f9-abea-afb2e0bf67d2": (
            "Elemental-MediaTailor-PersonalizedManifests",
            _request("whitelist", *_PREFLIGHT, "User-Agent", "X-Forwarded-For", cookies="none"),
        ),
        "bf0718e1-ba1e-49d1-88b1-f726733018ae": (
            "HostHeaderOnly",
            _request("whitelist", "Host", cookies="none", queries="none"),
        ),
        "acba4595-bd28-49b8-b9fe-13317c0390fa": (
            "UserAgentRefererHeaders",
            _request("whitelist", "User-Agent", "Referer", cookies="none", queries="none"),
        ),
    },
)
RESPONSE_HEADERS = Family(
    "ResponseHeadersPolicy",
    "ResponseHeadersPolicies",
    "response headers policy",
    {
        "67f7725c-6f97-4210-82d7-5512b31e9d03": (
            "SecurityHeadersPolicy",
            {"SecurityHeadersConfig": _SECURITY_HEADERS},
        ),
        "60669652-455b-4ae9-85a4-c4c02393f86c": ("SimpleCORS", {"CorsConfig": _CORS}),
        "e61eb60c-9c35-4d20-a928-2b84e02af89c": (
            "CORS-and-SecurityHeadersPolicy",
            {"CorsConfig": _CORS, "SecurityHeadersConfig": _SECURITY_HEADERS},
        ),
        "5cc3b908-e619-4b99-88e5-2cf7f45965bd": ("CORS-With-Preflight", {"CorsConfig": _CORS_WITH_PREFLIGHT}),
        "eaab4381-ed33-4a86-88ca-d9558dc6cd63": (
            "CORS-with-preflight-and-SecurityHeadersPolicy",
            {"CorsConfig": _CORS_WITH_PREFLIGHT, "SecurityHeadersConfig": _SECURITY_HEADERS},
        ),
    },
)
FAMILIES = (CACHE, ORIGIN_REQUEST, RESPONSE_HEADERS)


def _register(family: Family) -> None:
    """Register the six operations of one family."""

    def answer(policy: Shape) -> Shape:
        location = f"https://cloudfront.amazonaws.com/2020-05-31/{family.name}/{policy['Id']}"
        return {family.name: policy, "ETag": policy["etag"], "Location": location}

    @operation("cloudfront", f"Create{family.name}")
    def create(params: Shape, context: Context) -> Shape:
        config = params[family.config]
        if any(one[family.config]["Name"] == config["Name"] for _, one in family.all(context)):
            raise AwsError(
                code=f"{family.name}AlreadyExists",
                message=f"A {family.words} with this name already exists: {config['Name']}",
            )
        policy = {"Id": str(uuid.uuid4()), family.config: config, "LastModifiedTime": now(), "etag": new_id()}
        context.table(family.kind)[policy["Id"]] = policy
        return answer(policy)

    @operation("cloudfront", f"Get{family.name}")
    def get(params: Shape, context: Context) -> Shape:
        return answer(family.find(params["Id"], context))

    @operation("cloudfront", f"Get{family.name}Config")
    def get_config(params: Shape, context: Context) -> Shape:
        policy = family.find(params["Id"], context)
        return {family.config: policy[family.config], "ETag": policy["etag"]}

    @operation("cloudfront", f"Update{family.name}")
    def update(params: Shape, context: Context) -> Shape:
        policy = context.table(family.kind).require(params["Id"])
        require_match(params, policy["etag"])
        policy.update({family.config: params[family.config], "LastModifiedTime": now(), "etag": new_id()})
        return answer(policy)

    @operation("cloudfront", f"Delete{family.name}")
    def delete(params: Shape, context: Context) -> Shape:
        require_match(params, context.table(family.kind).require(params["Id"])["etag"])
        context.table(family.kind).remove(params["Id"])
        return {}

    @operation("cloudfront", f"List{family.plural}")
    def list_all(params: Shape, context: Context) -> Shape:
        wanted = params.get("Type")
        items = [{"Type": kind, family.name: one} for kind, one in family.all(context) if wanted in {None, kind}]
        return {f"{family.name}List": {"MaxItems": 100, "Quantity": len(items), "Items": items}}


for _family in FAMILIES:
    _register(_family)
