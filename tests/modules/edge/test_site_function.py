"""The function's JavaScript, run by Node: pages of a single-page application, and maintenance."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import modules.edge.site_function
from config.edge import EdgeSettings
from modules.edge.site_function import SiteFunction, function_code
from modules.errors import WiringError
from tests.cloudfront_function import answers
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from pathlib import Path

    from modules.edge.site_function import Serves


def request(uri: str, method: str = "GET") -> dict[str, Any]:
    return {"method": method, "uri": uri, "querystring": {}, "headers": {}, "cookies": {}}


def uris(code: str, *requests: dict[str, Any]) -> list[str]:
    return [one["uri"] for one in answers(code, *requests)]


def test_a_path_without_a_file_name_gets_the_one_page() -> None:
    code = function_code(EdgeSettings(), "pages")
    paths = ("/", "/users", "/users/42", "/users/", "/v1.2/users")
    assert uris(code, *(request(path) for path in paths)) == ["/index.html"] * len(paths)
    assert uris(code, request("/users", "HEAD")) == ["/index.html"]


def test_files_programs_and_what_is_sent_stay_as_they_are() -> None:
    code = function_code(EdgeSettings(), "pages")
    kept = [
        request("/favicon.ico"),
        request("/index.html"),
        request("/.well-known/apple-app-site-association"),
        request("/users", "POST"),
        request("/users", "OPTIONS"),
    ]
    assert answers(code, *kept) == kept


@pytest.mark.parametrize(
    ("settings", "serves"), [(EdgeSettings(), "services"), (EdgeSettings(single_page=False), "pages")]
)
def test_paths_of_services_and_of_a_site_with_many_pages_stay(settings: EdgeSettings, serves: Serves) -> None:
    kept = [request("/api/users"), request("/"), request("/about")]
    assert answers(function_code(settings, serves), *kept) == kept


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_in_maintenance_a_page_is_answered_with_html(method: str) -> None:
    (found,) = answers(function_code(EdgeSettings(maintenance=True), "pages"), request("/users", method))
    headers = {name: one["value"] for name, one in found["headers"].items()}
    assert found["statusCode"] == 503
    assert headers == {
        "cache-control": "no-store",
        "content-type": "text/html; charset=utf-8",
        "retry-after": "300",
    }
    assert found["body"]["data"].startswith("<!doctype html>")


def test_in_maintenance_an_api_is_answered_with_json() -> None:
    (found,) = answers(function_code(EdgeSettings(maintenance=True), "services"), request("/api/users", "POST"))
    assert found["statusCode"] == 503
    assert found["headers"]["content-type"] == {"value": "application/json"}
    assert json.loads(found["body"]["data"])["error"] == "maintenance"


@pytest.mark.parametrize("serves", ["pages", "services"])
def test_terraform_finds_no_placeholder_in_it(serves: Serves) -> None:
    code = function_code(EdgeSettings(maintenance=True), serves)
    assert "${" not in code
    assert "%{" not in code


def test_it_is_published_with_the_runtime_that_it_is_written_for() -> None:
    stack = new_stack()
    SiteFunction(stack, "pages", config=EdgeSettings(), label=LABEL, serves="pages")
    found = Template.of(stack).only("aws_cloudfront_function")
    assert (found["publish"], found["runtime"]) == (True, "cloudfront-js-2.0")
    assert found["name"] == "user-management-test-pages"


def test_a_text_that_cloudfront_would_refuse_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / "long.js"
    long.write_text("// é\n" * 2_500, encoding="utf-8")
    monkeypatch.setattr(modules.edge.site_function, "CODE", long)
    with pytest.raises(WiringError, match="it must have 10240 or fewer"):
        SiteFunction(new_stack(), "pages", config=EdgeSettings(), label=LABEL, serves="pages")


def test_runs_that_fail_or_are_throttled_are_reported() -> None:
    stack = new_stack()
    SiteFunction(stack, "pages", config=EdgeSettings(), label=LABEL, serves="pages", topics=topics_in(stack))
    alarm = Template.of(stack).only("aws_cloudwatch_metric_alarm")
    (value,) = (q["expression"] for q in alarm["metric_query"] if q["return_data"])
    assert value == "FILL(errors, 0) + FILL(throttles, 0)"
    assert [q["metric"]["metric_name"] for q in alarm["metric_query"] if "metric" in q] == [
        "FunctionExecutionErrors",
        "FunctionThrottles",
    ]
    assert alarm["metric_query"][1]["metric"]["dimensions"] == {
        "FunctionName": "${aws_cloudfront_function.pages.name}",
        "Region": "Global",
    }
    assert (alarm["threshold"], alarm["tags"]["Severity"]) == (3, "warning")
