"""The settings of canaries, each error by its message."""

from __future__ import annotations

import pytest

from config.aws import REGIONS
from config.canaries import CanarySettings, check_canaries_have_site
from config.canary_runtimes import DEPRECATED, NEWEST, RUNTIMES
from config.countries import COUNTRIES, REGION_COUNTRIES
from tests.config.examples import changed, parsed, present, refusal
from tests.fixtures import fixture_environment
from tests.modules.service.parts import settings

TABLE = "[observability] #"
PAGES = ('path_patterns = ["/*"]', 'path_patterns = ["/pages/*"]\nsmoke_paths = ["/pages/home"]')


def with_canary(*lines: str, name: str = "site", changes: tuple[tuple[str, str], ...] = ()) -> str:
    """Production's file with a canary of these lines."""
    return changed((TABLE, "\n".join(("[observability]", f"[observability.canaries.{name}]", *lines, "#"))), *changes)


def site(*lines: str) -> str:
    """Production's file with a canary of the site's first page, and these lines."""
    return with_canary('path = "/"', *lines)


def with_path(path: str, *lines: str, changes: tuple[tuple[str, str], ...] = ()) -> str:
    return with_canary(f'path = "{path}"', *lines, changes=changes)


def runtime(value: str) -> str:
    return changed((TABLE, f'[observability]\ncanary_runtime = "{value}" #'))


def test_a_canary_needs_only_a_path() -> None:
    found = CanarySettings(path="/")
    assert (found.interval_minutes, found.expected_status, found.text, found.failed_runs) == (5, 200, None, 2)


def test_the_example_has_a_canary_for_the_site_and_one_for_the_api() -> None:
    canaries = present(fixture_environment("staging").observability).canaries
    assert {name: canary.path for name, canary in canaries.items()} == {"site": "/", "api": "/api/health"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("interval_minutes = 0", "must be 1 or more"),
        ("interval_minutes = 61", "must be 60 or less"),
        ("expected_status = 100", "must be 200 or more"),
        ("expected_status = 600", "must be 599 or less"),
        ("timeout_seconds = 31", "must be 30 or less"),
        ("failed_runs = 1", "must be 2 or more"),
        ("failed_runs = 11", "must be 10 or less"),
        ('text = ""', "has 0 characters; it must have 1 to 256"),
        (f'text = "{"x" * 257}"', "has 257 characters; it must have 1 to 256"),
    ],
)
def test_a_value_outside_the_limits_is_refused(line: str, message: str) -> None:
    (refused,) = refusal(site(line))
    name = line.partition(" ")[0]
    assert refused.startswith(f"observability.canaries.site.{name} = ")
    assert message in refused


@pytest.mark.parametrize("path", ["health", "https://users.example.com/", ""])
def test_a_path_must_start_with_a_slash(path: str) -> None:
    (line,) = refusal(with_path(path))
    assert line.startswith(f'observability.canaries.site.path = "{path}": is not a valid path; start with /, like ')


@pytest.mark.parametrize("name", ["Site", "my_site", "-site"])
def test_a_name_that_synthetics_or_a_bucket_cannot_have_is_refused(name: str) -> None:
    (line,) = refusal(with_canary('path = "/"', name=name))
    assert "is not a valid canary name; use lowercase letters, digits and single hyphens" in line


def test_a_long_name_is_refused() -> None:
    (line,) = refusal(with_canary('path = "/"', name="s" * 21))
    assert "has 21 characters; it must have 20 or fewer" in line


def test_a_path_that_no_service_answers_is_refused() -> None:
    (line,) = refusal(with_path("/nowhere?deep=1", changes=(PAGES,)))
    assert line == (
        'observability.canaries.site.path = "/nowhere?deep=1": is a path of no service, so the load balancer answers '
        "404; use a path that path_patterns of a service matches"
    )


@pytest.mark.parametrize("path", ["/api/health?deep=1", "/pages/one", "/static/app.js"])
def test_a_path_of_a_service_or_of_static_files_is_accepted(path: str) -> None:
    parsed(with_path(path, changes=(PAGES,)))


def test_a_canary_may_expect_that_a_path_is_not_found() -> None:
    parsed(with_path("/nowhere", "expected_status = 404", changes=(PAGES,)))


def test_a_canary_without_a_load_balancer_is_refused() -> None:
    worker = settings(path_patterns=(), priority=None)
    (problem,) = check_canaries_have_site({"site": CanarySettings(path="/")}, None, {"worker": worker})
    assert str(problem) == (
        "observability.canaries.site: asks for a page of the site, and there is no [load_balancer] that answers; add "
        "the table, or remove this one"
    )


def test_a_load_balancer_that_is_missing_is_reported_once() -> None:
    assert not list(check_canaries_have_site({"site": CanarySettings(path="/")}, None, {"api": settings()}))


def test_a_restriction_of_countries_must_admit_the_canaries() -> None:
    def restricted(line: str) -> str:
        return with_canary('path = "/"', changes=(("[registry]", f"[edge.geo_restriction]\n{line}\n\n[registry]"),))

    for line in ('allow = ["DE"]', 'deny = ["US"]'):
        (refused,) = refusal(restricted(line))
        assert refused == (
            "observability.canaries.site: asks from US, the country of us-east-1, and [edge.geo_restriction] refuses "
            "it; allow this country, or remove this table"
        )
    parsed(restricted('allow = ["DE", "US"]'))
    parsed(restricted('deny = ["DE"]'))


def test_each_region_is_in_a_country() -> None:
    assert set(REGION_COUNTRIES) == set(REGIONS)
    assert set(REGION_COUNTRIES.values()) <= COUNTRIES


@pytest.mark.parametrize("version", RUNTIMES)
def test_a_supported_runtime_is_accepted(version: str) -> None:
    assert present(parsed(runtime(version)).observability).canary_runtime == version


def test_the_default_runtime_is_the_newest_and_none_is_deprecated() -> None:
    assert present(parsed(changed()).observability).canary_runtime == NEWEST
    assert not set(RUNTIMES) & set(DEPRECATED)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("syn-python-selenium-5.1", "is deprecated since 2026-02-03, and AWS creates no canary with it any more"),
        ("syn-python-selenium-99.0", "is not a known runtime of CloudWatch Synthetics"),
        ("syn-nodejs-puppeteer-15.0", "is not a runtime of CloudWatch Synthetics for Python"),
        ("python3.13", "is not a runtime of CloudWatch Synthetics for Python"),
    ],
)
def test_another_runtime_is_refused_with_the_newest(version: str, message: str) -> None:
    (line,) = refusal(runtime(version))
    assert line.startswith(f'observability.canary_runtime = "{version}": {message}')
    assert f'use "{NEWEST}"' in line
