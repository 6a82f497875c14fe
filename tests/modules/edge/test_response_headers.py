"""The headers of every response, by the settings and without them."""

from __future__ import annotations

from typing import Any

import pytest

from config.edge import EdgeSettings
from modules.edge.response_headers import ResponseHeaders
from tests.template import LABEL, Resource, Template, new_stack


def made(**settings: Any) -> Resource:
    stack = new_stack()
    ResponseHeaders(stack, "headers", config=EdgeSettings(**settings), label=LABEL)
    return Template.of(stack).only("aws_cloudfront_response_headers_policy")


def test_the_security_headers_replace_those_of_the_origin() -> None:
    found = made()["security_headers_config"]
    assert set(found) == {
        "content_security_policy",
        "content_type_options",
        "frame_options",
        "referrer_policy",
        "strict_transport_security",
    }
    assert all(header["override"] is True for header in found.values())
    assert found["frame_options"]["frame_option"] == "DENY"
    assert found["referrer_policy"]["referrer_policy"] == "strict-origin-when-cross-origin"
    assert found["strict_transport_security"]["access_control_max_age_sec"] == 2 * 365 * 24 * 3600


@pytest.mark.parametrize("preload", [True, False])
def test_names_below_the_domain_are_meant_only_with_the_list_of_browsers(preload: bool) -> None:  # noqa: FBT001
    found = made(hsts_preload=preload)["security_headers_config"]["strict_transport_security"]
    assert (found["preload"], found["include_subdomains"]) == (preload, preload)


def test_the_content_security_policy_is_that_of_the_settings() -> None:
    found = made(content_security_policy="default-src 'none'")["security_headers_config"]
    assert found["content_security_policy"]["content_security_policy"] == "default-src 'none'"


def test_further_headers_are_added_and_replace_ours() -> None:
    def headers(**settings: Any) -> dict[str, str]:
        return {one["header"]: one["value"] for one in made(**settings)["custom_headers_config"]["items"]}

    assert set(headers()) == {"permissions-policy"}
    further = {"x-robots-tag": "noindex", "permissions-policy": "camera=(self)"}
    assert headers(headers=further) == further
