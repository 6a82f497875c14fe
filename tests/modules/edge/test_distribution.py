"""One name for pages, services and static files; each path has its origin, and is cached only if it may be."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from config.countries import GeoRestriction
from modules.edge.distribution import ALL_VIEWER, CACHING_DISABLED, CACHING_OPTIMIZED
from modules.edge.origins import origin_timeouts
from modules.service.origin import Origin
from tests.modules.edge.parts import Parts

if TYPE_CHECKING:
    from tests.template import Resource, Template


def made(**changes: Any) -> Resource:
    return template(**changes).only("aws_cloudfront_distribution")


def template(**changes: Any) -> Template:
    parts = Parts.make()
    parts.distribution(**changes)
    return parts.template()


def behaviors(distribution: Resource) -> list[Resource]:
    return [*distribution["ordered_cache_behavior"], distribution["default_cache_behavior"]]


def answering(distribution: Resource, path: str) -> Resource:
    return next(each for each in behaviors(distribution) if fnmatchcase(path, each.get("path_pattern", "*")))


def origin(distribution: Resource, name: str) -> Resource:
    (found,) = (one for one in distribution["origin"] if one["origin_id"] == name)
    return dict(found)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "load-balancer"),
        ("/users/42", "load-balancer"),
        ("/api/users", "load-balancer"),
        ("/static/app.js", "assets"),
        ("/unavailable.html", "assets"),
        ("/statics", "load-balancer"),
    ],
)
def test_each_path_has_its_origin(path: str, target: str) -> None:
    assert answering(made(), path)["target_origin_id"] == target


def test_nothing_of_a_service_is_cached_and_it_gets_the_whole_request() -> None:
    found = answering(made(), "/api/users")
    assert (found["cache_policy_id"], found["origin_request_policy_id"]) == (CACHING_DISABLED, ALL_VIEWER)
    assert "DELETE" in found["allowed_methods"]


def test_static_files_are_cached_and_only_read() -> None:
    found = answering(made(), "/static/app.js")
    assert found["cache_policy_id"] == CACHING_OPTIMIZED
    assert found["allowed_methods"] == ["GET", "HEAD"]
    assert "origin_request_policy_id" not in found  # cookies are not for the bucket


def test_pages_are_cached_as_their_answer_says() -> None:
    found = made()["default_cache_behavior"]
    assert found["cache_policy_id"] == "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
    assert found["origin_request_policy_id"] == ALL_VIEWER


def test_the_static_path_is_compared_before_the_paths_of_services() -> None:
    found = made(service_paths=("/*.js", "/api/*"), static_path="/app/assets/*")
    assert answering(found, "/app/assets/a.js")["target_origin_id"] == "assets"
    assert [each["path_pattern"] for each in found["ordered_cache_behavior"]][2:] == ["/*.js", "/api/*"]


def test_every_path_redirects_plain_http_is_compressed_and_gets_the_headers() -> None:
    for found in behaviors(made()):
        assert found["viewer_protocol_policy"] == "redirect-to-https"
        assert found["compress"] is True
        assert found["response_headers_policy_id"] == "${aws_cloudfront_response_headers_policy.headers.id}"


def test_pages_and_services_have_their_function_and_files_have_none() -> None:
    found = made()
    for path, function in (("/", "pages"), ("/api/users", "services")):
        (association,) = answering(found, path)["function_association"]
        assert association == {
            "event_type": "viewer-request",
            "function_arn": f"${{aws_cloudfront_function.{function}.arn}}",
        }
    assert "function_association" not in answering(found, "/static/app.js")


def test_it_speaks_modern_protocols_under_all_names() -> None:
    found = made()
    assert found["aliases"] == ["users.example.com", "www.users.example.com"]
    assert found["viewer_certificate"]["minimum_protocol_version"] == "TLSv1.2_2021"
    assert found["viewer_certificate"]["ssl_support_method"] == "sni-only"
    assert (found["http_version"], found["is_ipv6_enabled"], found["enabled"]) == ("http2and3", True, True)


def test_a_public_load_balancer_is_read_by_tls_12_only() -> None:
    found = origin(made(), "load-balancer")
    assert found["domain_name"] == "origin.users.example.com"
    assert found["custom_origin_config"]["origin_protocol_policy"] == "https-only"
    assert found["custom_origin_config"]["origin_ssl_protocols"] == ["TLSv1.2"]
    assert "vpc_origin_config" not in found


def test_an_internal_load_balancer_is_read_by_its_vpc_origin() -> None:
    found = origin(made(origin=Origin(host_name="origin.users.example.com", vpc_origin_id="vo_1")), "load-balancer")
    assert found["domain_name"] == "origin.users.example.com"
    assert found["vpc_origin_config"] == {
        "vpc_origin_id": "vo_1",
        "origin_read_timeout": 65,
        "origin_keepalive_timeout": 55,
    }
    assert "custom_origin_config" not in found


@pytest.mark.parametrize("idle", [10, 60, 115, 120, 4000])
def test_the_load_balancer_gives_up_first_and_cloudfront_closes_connections_first(idle: int) -> None:
    wait, keep = origin_timeouts(idle)
    assert 1 <= keep < idle
    assert wait > idle or wait == 120
    assert max(wait, keep) <= 120


def test_the_bucket_is_read_by_an_access_control_that_always_signs() -> None:
    found = template()
    control = found.only("aws_cloudfront_origin_access_control")
    assert (control["signing_behavior"], control["origin_access_control_origin_type"]) == ("always", "s3")
    bucket = origin(found.only("aws_cloudfront_distribution"), "assets")
    assert bucket["domain_name"] == "${aws_s3_bucket.assets.bucket_regional_domain_name}"
    assert "aws_cloudfront_origin_access_control." in bucket["origin_access_control_id"]


def test_no_error_is_kept_and_the_page_does_not_change_the_status() -> None:
    found = {one["error_code"]: one for one in made()["custom_error_response"]}
    assert {one["error_caching_min_ttl"] for one in found.values()} == {0}
    assert {code for code, one in found.items() if "response_page_path" in one} == {502, 503, 504}
    for code in (502, 503, 504):
        assert (found[code]["response_code"], found[code]["response_page_path"]) == (code, "/unavailable.html")


@pytest.mark.parametrize(
    ("restriction", "kind", "locations"),
    [
        (None, "none", None),
        (GeoRestriction(allow=("FR", "DE")), "whitelist", ["DE", "FR"]),
        (GeoRestriction(deny=("KP",)), "blacklist", ["KP"]),
    ],
)
def test_countries_are_allowed_or_denied(
    restriction: GeoRestriction | None, kind: str, locations: list[str] | None
) -> None:
    found = made(geo_restriction=restriction)["restrictions"]["geo_restriction"]
    assert (found["restriction_type"], found.get("locations")) == (kind, locations)


def test_price_class_and_firewall_are_as_given() -> None:
    arn = "arn:aws:wafv2:us-east-1:444444444444:global/webacl/site/1"
    found = made(price_class="PriceClass_200", web_acl_arn=arn)
    assert (found["price_class"], found["web_acl_id"]) == ("PriceClass_200", arn)
    assert "web_acl_id" not in made()


def test_further_metrics_are_a_setting() -> None:
    assert template().all("aws_cloudfront_monitoring_subscription") == {}
    found = template(monitoring=True).only("aws_cloudfront_monitoring_subscription")
    (status,) = found["monitoring_subscription"]["realtime_metrics_subscription_config"].values()
    assert (status, found["distribution_id"]) == ("Enabled", "${aws_cloudfront_distribution.distribution.id}")
