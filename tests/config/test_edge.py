"""The settings of CloudFront, each error by its message."""

from __future__ import annotations

import boto3
import pytest

from config.countries import COUNTRIES
from config.edge import EdgeSettings
from config.response_headers import OWN_HEADERS
from tests.config.examples import changed, parsed, present, refusal

FIRST = "[edge] # CloudFront"


def edge(*lines: str) -> str:
    """Production's file with these lines in [edge], and what follows as it is."""
    return changed((FIRST, "\n".join(("[edge]", *lines, "#"))))


def with_table(name: str, *lines: str) -> str:
    return changed(("[registry]", "\n".join((f"[edge.{name}]", *lines, "", "[registry]"))))


def settings(toml: str) -> EdgeSettings:
    return present(parsed(toml).edge)


def test_an_empty_table_has_safe_defaults() -> None:
    found = EdgeSettings()
    assert (found.origin, found.price_class, found.static_path) == ("vpc", "PriceClass_100", "/static/*")
    assert "default-src 'self'" in found.content_security_policy
    assert not any((found.maintenance, found.hsts_preload, found.monitoring, found.geo_restriction))


def test_an_unknown_origin_is_refused() -> None:
    (line,) = refusal(edge('origin = "internet"'))
    assert line == 'edge.origin = "internet": allowed: "vpc", "public"'


def test_an_unknown_price_class_is_refused_with_the_nearest() -> None:
    (line,) = refusal(edge('price_class = "PriceClass_300"'))
    assert line == (
        'edge.price_class = "PriceClass_300": did you mean "PriceClass_200"? '
        'Allowed: "PriceClass_100", "PriceClass_200", "PriceClass_All"'
    )


def test_the_countries_are_those_that_cloudfront_knows() -> None:
    """WAF's model has the list; XK, which is not in ISO 3166-1, is WAF's own."""
    model = boto3.Session().client("wafv2", region_name="us-east-1").meta.service_model
    assert set(COUNTRIES) == set(model.shape_for("CountryCode").enum) - {"XK"}


@pytest.mark.parametrize(
    ("code", "hint"),
    [("UK", 'did you mean "GB"? '), ("EL", 'did you mean "GR"? '), ("de", 'did you mean "DE"? '), ("123", "")],
)
def test_an_unknown_country_is_refused(code: str, hint: str) -> None:
    assert refusal(with_table("geo_restriction", f'allow = ["DE", "{code}"]')) == [
        (
            f'edge.geo_restriction.allow[1] = "{code}": is not a valid country code of ISO 3166-1; {hint}Allowed are '
            'the codes with two uppercase letters, like "DE", "GB" or "US"'
        )
    ]


def test_both_lists_and_none_are_refused() -> None:
    assert refusal(with_table("geo_restriction", 'allow = ["DE"]', 'deny = ["KP"]')) == [
        (
            'edge.geo_restriction.deny = ["KP"]: cannot be set together with allow, which denies all other countries; '
            "remove one of the two lines"
        )
    ]
    assert refusal(with_table("geo_restriction")) == [
        'edge.geo_restriction.allow: is missing, and so is deny; add one of them with a country, like "DE"'
    ]


def test_a_country_twice_is_refused() -> None:
    assert refusal(with_table("geo_restriction", 'deny = ["KP", "DE", "KP"]')) == [
        'edge.geo_restriction.deny[2] = "KP": is listed twice; remove one'
    ]


@pytest.mark.parametrize("path", ["/*", "static/*", "/static", "/static/", "/st*tic/*", "/static//*", "/a b/*", "/é/*"])
def test_a_path_that_is_not_a_folder_is_refused(path: str) -> None:
    (line,) = refusal(edge(f'static_path = "{path}"'))
    assert line == (
        f'edge.static_path = "{path}": is not a valid path of static files; start with "/", end with "/*", and use '
        'letters, digits, _ . ~ - and / between them, at most 255 characters, like "/static/*"'
    )


def test_the_static_path_is_the_start_of_the_keys() -> None:
    assert settings(edge('static_path = "/app/static/*"')).static_prefix == "app/static/"


def test_a_static_path_of_a_service_is_refused() -> None:
    assert refusal(edge('static_path = "/api/*"')) == [
        (
            'services.backend.path_patterns[0] = "/api/*": would never get a request: edge.static_path = "/api/*" is '
            "read from the assets bucket; use another path in one of them"
        )
    ]
    assert refusal(edge('static_path = "/api/files/*"')) == [
        (
            'edge.static_path = "/api/files/*": would hide a part of "/api/*" of services.backend; use another path in '
            "one of them"
        )
    ]


def test_without_edge_a_service_may_have_the_static_path() -> None:
    toml = changed(('"/api/*"', '"/static/*"'), ('health_path = "/api/health"', 'health_path = "/static/health"'))
    assert parsed(toml.replace(toml[toml.index("[edge]") : toml.index("[registry]")], "")).edge is None


@pytest.mark.parametrize(
    "policy",
    [
        "default-src 'self'",
        "default-src 'none'; script-src 'self' 'nonce-cmFuZG9t' https://cdn.example.com; img-src 'self' data:;",
        "script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=' 'strict-dynamic'; sandbox allow-scripts",
        "upgrade-insecure-requests; frame-ancestors https://*.example.com; report-to main; connect-src wss:",
    ],
)
def test_a_content_security_policy_is_accepted(policy: str) -> None:
    assert settings(edge(f'content_security_policy = "{policy}"')).content_security_policy == policy


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("", "must have a directive, like \"default-src 'self'\""),
        (
            "default-source 'self'",
            '"default-source" is not a valid directive; did you mean default-src? Allowed: base-',
        ),
        (
            "default-src self",
            "\"default-src\": self must be in single quotes: 'self'; without them it is the name of a",
        ),
        ("script-src unsafe-inline", "\"script-src\": unsafe-inline must be in single quotes: 'unsafe-inline'"),
        ("script-src 'safe'", "\"script-src\": 'safe' is not a valid keyword; allowed: 'none', 'self'"),
        ("script-src 'https://a.example'", "Hosts and schemes have no quotes"),
        ("img-src data", '"img-src": data must end in a colon to be a scheme: data:'),
        ("img-src", '"img-src" has no source; write "img-src \'none\'" to allow nothing'),
        (
            "img-src 'none' 'self'",
            "has 'none' beside other sources, and browsers then ignore 'none'; remove one of them",
        ),
        ("img-src 'self'; img-src data:", 'has the directive "img-src" twice, and browsers ignore the second'),
        ("img-src 'self', data:", 'contains a comma, which would start a second policy; separate directives by ";"'),
        ("upgrade-insecure-requests 1", '"upgrade-insecure-requests" must have no value; remove "1"'),
        ("img-src 'self' ümlaut.example", "contains '\\xfc'; a header must have only printable ASCII characters"),
    ],
)
def test_a_malformed_content_security_policy_is_refused(policy: str, says: str) -> None:
    (line,) = refusal(edge(f'content_security_policy = "{policy}"'))
    assert line.startswith("edge.content_security_policy = ")
    assert says in line


def test_a_long_content_security_policy_is_refused() -> None:
    policy = "default-src " + " ".join(f"https://host-{number}.example.com" for number in range(80))
    (line,) = refusal(edge(f'content_security_policy = "{policy}"'))
    assert "1783" in line


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ('X-Robots-Tag = "noindex"', 'must be in lowercase, as HTTP/2 and HTTP/3 send it: "x-robots-tag"'),
        ('"x robots" = "noindex"', "is not a valid name of a header; use lowercase letters, digits and hyphens"),
        ('x-frame-options = "DENY"', "cannot be set here: it is always DENY; remove it"),
        ('content-security-policy = "x"', "cannot be set here: it has a setting: content_security_policy; remove it"),
        ('content-length = "1"', "cannot be set here: it belongs to the connection or to CloudFront; remove it"),
        ('x-amz-cf-id = "1"', "cannot be set here: it belongs to the connection or to CloudFront; remove it"),
        ('access-control-allow-origin = "*"', "the API decides which sites may call it, by its own headers; remove it"),
        ('x-robots-tag = ""', "must not be empty, and must not start or end with a space"),
        ('x-robots-tag = "no\\nindex"', "contains '\\n'; a header must have only printable ASCII characters"),
    ],
)
def test_a_header_that_cannot_be_set_is_refused(header: str, says: str) -> None:
    (line,) = refusal(with_table("headers", header))
    assert line.startswith("edge.headers.")
    assert says in line


def test_further_headers_are_accepted_and_replace_ours() -> None:
    headers = {"x-robots-tag": "noindex", "permissions-policy": "camera=(self)"}
    lines = (f'{name} = "{value}"' for name, value in headers.items())
    assert settings(with_table("headers", *lines)).headers == headers


def test_more_headers_than_cloudfront_takes_are_refused() -> None:
    assert len(OWN_HEADERS) == 1
    many = [f'x-header-{number} = "{number}"' for number in range(10)]
    assert refusal(with_table("headers", *many)) == [
        "edge.headers: has 11 headers, with permissions-policy; it must have 10 or fewer"
    ]
    long = [f'x-header-{number} = "{"a" * 1700}"' for number in range(7)]
    (line,) = refusal(with_table("headers", *long))
    assert line.startswith("edge.headers: has 12")
    assert line.endswith("characters in names and values; it must have 10240 or fewer")


def test_the_paths_of_services_are_in_the_order_of_their_rules() -> None:
    toml = changed(('"/api/*"', '"/api/*", "/login"')) + (
        "\n[services.search]\nmin_count = 1\nmax_count = 1\ncpu_units = 256\nmemory_mib = 512\n"
        'path_patterns = ["/api/search/*"]\npriority = 50\nsmoke_paths = ["/api/search/health"]\n'
    )
    assert parsed(toml).service_paths == ("/api/search/*", "/api/*", "/login")
