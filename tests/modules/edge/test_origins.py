"""With a second region: the copy of static files answers if the bucket cannot, and the nearer region what it may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modules.edge.origins import Nearest
from tests.modules.edge.parts import Parts

if TYPE_CHECKING:
    from tests.template import Resource

COPY = "user-management-test-assets-copy-us-west-2-444444444444.s3.us-west-2.amazonaws.com"
NEAREST = Nearest(host_name="nearest.users.example.com", paths=frozenset({"/search/*"}))


def made(**changes: Any) -> Resource:
    parts = Parts.make()
    parts.distribution(**changes)
    return parts.template().only("aws_cloudfront_distribution")


def targets(distribution: Resource) -> dict[str, str]:
    behaviors = [*distribution["ordered_cache_behavior"], distribution["default_cache_behavior"]]
    return {each.get("path_pattern", "*"): each["target_origin_id"] for each in behaviors}


def test_without_a_second_region_there_is_no_group_and_nothing_nearer() -> None:
    found = made()
    assert [one["origin_id"] for one in found["origin"]] == ["load-balancer", "assets"]
    assert "origin_group" not in found
    assert not {"connection_attempts", "connection_timeout"} & found["origin"][1].keys()


def test_static_files_and_the_error_page_come_from_the_copy_if_the_bucket_does_not_answer() -> None:
    found = made(assets_copy_domain=COPY)
    (group,) = found["origin_group"]
    assert [one["origin_id"] for one in group["member"]] == ["assets", "assets-copy"]
    assert targets(found) == {
        "/unavailable.html": group["origin_id"],
        "/static/*": group["origin_id"],
        "/api/*": "load-balancer",
        "*": "load-balancer",
    }


def test_a_file_that_does_not_exist_is_not_asked_for_twice() -> None:
    (group,) = made(assets_copy_domain=COPY)["origin_group"]
    assert group["failover_criteria"]["status_codes"] == [500, 502, 503, 504]


def test_the_copy_is_read_as_the_bucket_is_and_asked_within_seconds() -> None:
    first, second = made(assets_copy_domain=COPY)["origin"][1:]
    assert second["domain_name"] == COPY
    assert second["origin_access_control_id"] == first["origin_access_control_id"]
    assert first["connection_attempts"] * first["connection_timeout"] == 6


def test_a_group_answers_methods_that_fail_over_only() -> None:
    found = made(assets_copy_domain=COPY)
    for behavior in found["ordered_cache_behavior"]:
        if behavior["target_origin_id"] == found["origin_group"][0]["origin_id"]:
            assert behavior["allowed_methods"] == ["GET", "HEAD"]
            assert "origin_request_policy_id" not in behavior


@pytest.mark.parametrize(("has_pages", "default"), [(False, "load-balancer"), (True, "nearest")])
def test_the_nearer_region_answers_what_it_may(has_pages: bool, default: str) -> None:  # noqa: FBT001
    nearest = Nearest(host_name=NEAREST.host_name, paths=NEAREST.paths, has_pages=has_pages)
    found = made(nearest=nearest, service_paths=("/api/*", "/search/*"))
    assert targets(found) == {
        "/unavailable.html": "assets",
        "/static/*": "assets",
        "/api/*": "load-balancer",
        "/search/*": "nearest",
        "*": default,
    }


def test_the_nearer_one_is_asked_by_tls_and_gets_the_viewers_host() -> None:
    found = made(nearest=NEAREST, service_paths=("/search/*",))
    (origin,) = (one for one in found["origin"] if one["origin_id"] == "nearest")
    assert origin["domain_name"] == "nearest.users.example.com"
    assert origin["custom_origin_config"]["origin_protocol_policy"] == "https-only"
    (behavior,) = (one for one in found["ordered_cache_behavior"] if one["path_pattern"] == "/search/*")
    assert behavior["origin_request_policy_id"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"  # AllViewer
    assert "POST" in behavior["allowed_methods"]
