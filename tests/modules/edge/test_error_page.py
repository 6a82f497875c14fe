"""The page for the time in which no service answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.edge.error_page import ErrorPage
from tests.modules.edge.parts import Parts

if TYPE_CHECKING:
    from tests.template import Resource


def made() -> Resource:
    parts = Parts.make()
    ErrorPage(parts.stack, "error-page", bucket=parts.assets)
    return parts.template().only("aws_s3_object")


def test_it_is_html_beside_the_static_files() -> None:
    found = made()
    assert f"/{found['key']}" == ErrorPage.path
    assert not found["key"].startswith("static/")  # a deployment deletes there what it does not know
    assert found["content_type"] == "text/html; charset=utf-8"
    assert "max-age=300" in found["cache_control"]


def test_no_content_security_policy_changes_it() -> None:
    content = made()["content"]
    assert content.startswith("<!doctype html>")
    assert not [part for part in ("<script", "<style", "style=", "<img", "<link", "{{") if part in content]


def test_it_waits_until_the_bucket_refuses_plain_http() -> None:
    assert any(address.startswith("aws_s3_bucket_policy.") for address in made()["depends_on"])
