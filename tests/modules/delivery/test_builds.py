"""What each build gets; nothing of it is secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from build_steps import load_test as program
from config.delivery import DeliverySettings, MigrationsSettings
from config.load_test import WARM_UP_SECONDS, LoadTestSettings
from modules.delivery import builds
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from config.environment import Environment
    from modules.delivery.build_project import Build

MIGRATIONS = MigrationsSettings(service="backend", command=("node", "migrate.js"))
ASSETS = {"ASSETS_BUCKET": "assets"}


def service_build(**changes: Any) -> Build:
    values: dict[str, Any] = {
        "repository_url": "host/app-backend",
        "release_files": "files",
        "blue_green": ("backend",),
        "sbom_image": "host/trivy:1",
        "assets": None,
        "scan": {},
    }
    return builds.service_build("backend", **{**values, **changes})


def promotion(**changes: Any) -> Build:
    values: dict[str, Any] = {
        "release_files": "files",
        "blue_green": (),
        "assets": None,
        "assets_service": None,
        "scan": {},
    }
    return builds.promote({"backend": "host/app-backend"}, **{**values, **changes})


def load_test(config: Environment, **changes: Any) -> Build | None:
    delivery = config.delivery
    assert delivery
    table = LoadTestSettings(**changes)
    return builds.load_test(config.model_copy(update={"delivery": delivery.model_copy(update={"load_test": table})}))


def test_a_build_refuses_another_image_of_the_scanner() -> None:
    assert service_build().variables["SBOM_DIGEST"].startswith("sha256:")


def test_only_the_service_with_static_files_gets_their_place() -> None:
    assert "ASSETS_BUCKET" not in service_build().variables
    assert service_build(assets=ASSETS).variables["ASSETS_BUCKET"] == "assets"
    assert promotion(assets=ASSETS, assets_service="site").variables["ASSETS_SERVICE"] == "site"


def test_what_the_settings_allow_of_a_scan_reaches_builds_and_promotions() -> None:
    settings = DeliverySettings(
        release_from="staging", allowed_findings=("CVE-2026-1", "CVE-2026-2"), allow_unscanned=True
    )
    scan = builds.scan_variables(settings)
    assert scan == {"ALLOWED_FINDINGS": "CVE-2026-1 CVE-2026-2", "ALLOW_UNSCANNED": "true"}
    assert builds.scan_variables(DeliverySettings(release_from="staging")) == {}
    for build in (service_build(scan=scan), promotion(scan=scan)):
        assert scan.items() <= build.variables.items()


def test_the_load_test_asks_what_the_settings_say_and_compares_with_the_objectives() -> None:
    config = fixture_environment("staging")
    assert config.observability
    assert config.observability.objectives
    build = load_test(config, paths=("/", "/api/users"), per_second=7, seconds=90)
    assert build
    assert build.variables["LOAD_PATHS"] == "/ /api/users"
    assert build.variables["LOAD_PER_SECOND"] == "7"
    assert build.variables["LOAD_SECONDS"] == "90"
    assert WARM_UP_SECONDS == program.WARM_UP_SECONDS  # which the settings count, and the program sends
    assert build.variables["MAX_P95_MS"] == str(config.observability.objectives.latency_ms)
    assert float(build.variables["MAX_ERROR_PERCENT"]) == pytest.approx(
        100 - config.observability.objectives.availability_percent
    )


def test_the_load_test_asks_each_path_of_the_smoke_tests_once_by_default() -> None:
    config = fixture_environment("staging")
    backend = config.services["backend"].model_copy(update={"smoke_paths": ("/api/health", "/api/users")})
    build = load_test(config.model_copy(update={"services": {**config.services, "backend": backend}}))
    assert build
    assert sorted(build.variables["LOAD_PATHS"].split()) == ["/api/health", "/api/users", "/health"]


def test_there_is_no_load_test_without_its_table() -> None:
    config = fixture_environment("staging")
    assert config.delivery
    without = config.delivery.model_copy(update={"load_test": None})
    assert builds.load_test(config.model_copy(update={"delivery": without})) is None


def test_the_build_of_a_rolling_deployment_ends_before_its_project_does() -> None:
    build = builds.deploy("cluster")
    assert int(build.variables["DEPLOY_MINUTES"]) < build.timeout_minutes


def test_the_command_of_the_migrations_is_a_list_and_their_urls_are_names_of_parameters() -> None:
    build = builds.migrate(MIGRATIONS, urls={"DATABASE_URL": "/app/dev/postgres/owner/url"})
    assert json.loads(build.variables["MIGRATE_COMMAND"]) == ["node", "migrate.js"]
    assert "DATABASE_URL" not in build.variables
    assert isinstance(build.buildspec, str)
    assert "DATABASE_URL: /app/dev/postgres/owner/url" in build.buildspec.replace('"', "")
    assert builds.migration_variables(None) == {}


def test_a_promotion_has_the_role_that_the_other_environment_knows() -> None:
    assert promotion().role == "promote"
    assert service_build().role is None


def test_a_promotion_knows_where_the_images_of_the_other_environment_are() -> None:
    assert json.loads(promotion().variables["SOURCE_REPOSITORY_URLS"]) == {"backend": "host/app-backend"}


def test_only_builds_that_run_containers_are_privileged() -> None:
    assert service_build().docker
    assert promotion().docker
    assert not builds.tag_release(["backend"]).docker
    assert not builds.deploy("cluster").docker
    assert not builds.hand_over(["backend"], releases_url="s3://b/r", migrations=None).docker
