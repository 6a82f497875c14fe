"""What the builds of a pipeline run: the buildspec and the variables of each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from config.load_test import load_paths
from modules.delivery.build_project import Build
from modules.delivery.names import PROMOTE_ROLE
from modules.repository import BUILD_TAGS, RELEASE_TAGS
from templates import buildspecs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.delivery import DeliverySettings, MigrationsSettings
    from config.environment import Environment
    from config.services import ServiceSettings

BUILD_PREFIX: Final = BUILD_TAGS.removesuffix("*")
RELEASE_PREFIX: Final = RELEASE_TAGS.removesuffix("*")
SBOM_IMAGE: Final = "public.ecr.aws/aquasecurity/trivy:0.74.0"
SBOM_DIGEST: Final = "sha256:62b1e65e8869bc4b4c6aa4fa2b21595256c7c2f6018a9d9ad61caf87187c1969"
"""Of the image for all processors, so that another image of the same tag is refused."""
_BUILD_MINUTES: Final = 45
_TEST_MINUTES: Final = 45
_LOAD_MINUTES: Final = 15
_MIGRATE_MINUTES: Final = 60
_PROMOTE_MINUTES: Final = 60
_DEPLOY_MINUTES: Final = 90
_REPORT_MINUTES: Final = 5
_SHORT_MINUTES: Final = 10
_PUBLISH_MINUTES: Final = 20
_HUNDRED: Final = 100


def service_build(
    service: str,
    *,
    repository_url: str,
    release_files: str,
    blue_green: Sequence[str],
    sbom_image: str,
    assets: Mapping[str, str] | None,
    scan: Mapping[str, str],
) -> Build:
    """Build, scan and describe the image of a service."""
    return Build(
        name=f"{service}-build",
        description=f"Builds {service}",
        buildspec=buildspecs.service_build(assets=assets is not None),
        docker=True,
        installs_packages=True,
        timeout_minutes=_BUILD_MINUTES,
        variables={
            "SERVICE": service,
            "REPOSITORY_URL": repository_url,
            "IMAGE_TAG_PREFIX": BUILD_PREFIX,
            "RELEASE_FILES_BUCKET": release_files,
            "BLUE_GREEN_SERVICES": " ".join(blue_green),
            "SBOM_IMAGE": sbom_image,
            "SBOM_DIGEST": SBOM_DIGEST,
            **scan,
            **(assets or {}),
        },
    )


def scan_variables(config: DeliverySettings) -> dict[str, str]:
    """What a build does with the scan of an image, where it differs from the default."""
    return {
        **({"ALLOWED_FINDINGS": " ".join(config.allowed_findings)} if config.allowed_findings else {}),
        **({"ALLOW_UNSCANNED": "true"} if config.allow_unscanned else {}),
    }


def integration_tests(config: Environment) -> Build:
    """Run the application's own tests against its images."""
    return Build(
        name="integration-tests",
        description="Runs the integration tests",
        buildspec=lambda group: buildspecs.integration_tests(report_group=group),
        variables={"BASE_URL": f"https://{config.domain.name}"} if config.domain else {},
        docker=True,
        timeout_minutes=_TEST_MINUTES,
        has_reports=True,
    )


def load_test(config: Environment) -> Build | None:
    """Compare the answers under load with the objectives; None without the table, which the settings check."""
    settings = config.delivery.load_test if config.delivery else None
    objectives = config.observability.objectives if config.observability else None
    if settings is None or objectives is None or config.domain is None:
        return None
    return Build(
        name="load-test",
        description="Compares the answers under load with the objectives",
        buildspec=lambda group: buildspecs.load_test(report_group=group),
        timeout_minutes=_LOAD_MINUTES,
        has_reports=True,
        variables={
            "BASE_URL": f"https://{config.domain.name}",
            "LOAD_PATHS": " ".join(load_paths(settings, config.services)),
            "LOAD_PER_SECOND": str(settings.per_second),
            "LOAD_SECONDS": str(settings.seconds),
            "MAX_P95_MS": str(objectives.latency_ms),
            "MAX_ERROR_PERCENT": f"{round(_HUNDRED - objectives.availability_percent, 6):g}",
        },
    )


def migrate(config: MigrationsSettings, *, urls: Mapping[str, str]) -> Build:
    """Change the databases as their owner.

    Args:
        config: What is run.
        urls: Names of the parameters with the urls, by variable.
    """
    return Build(
        name="migrate",
        description="Runs the migrations of the databases",
        buildspec=buildspecs.migrations(urls=urls),
        docker=True,
        timeout_minutes=_MIGRATE_MINUTES,
        variables=migration_variables(config),
    )


def migration_variables(config: MigrationsSettings | None) -> dict[str, str]:
    """The variables that say what is run."""
    if config is None:
        return {}
    return {"MIGRATE_SERVICE": config.service, "MIGRATE_COMMAND": json.dumps(list(config.command))}


def tag_release(services: Sequence[str]) -> Build:
    """Give the images the tags with which they never expire."""
    return Build(
        name="tag-release",
        description="Tags the images of a release, which never expire from then on",
        buildspec=buildspecs.release_tags(),
        timeout_minutes=_SHORT_MINUTES,
        variables={"SERVICES": " ".join(services), "RELEASE_TAG_PREFIX": RELEASE_PREFIX},
    )


def publish(files: Mapping[str, str], *, repository_url: str) -> Build:
    """Publish the static files that users see by a name that stays; `files` are its variables."""
    return Build(
        name="publish",
        description="Publishes the static files of a release",
        buildspec=buildspecs.publication(),
        docker=True,
        timeout_minutes=_PUBLISH_MINUTES,
        variables={"REPOSITORY_URL": repository_url, **files},
    )


def deploy(cluster: str) -> Build:
    """Deploy a service that ECS replaces task by task; the pipeline names it."""
    return Build(
        name="deploy",
        description="Deploys a service task by task",
        buildspec=buildspecs.deployment(),
        timeout_minutes=_DEPLOY_MINUTES,
        # So that the build itself says how far the deployment is, before CodeBuild ends it.
        variables={"CLUSTER": cluster, "DEPLOY_MINUTES": str(_DEPLOY_MINUTES - _REPORT_MINUTES)},
    )


def deploy_variables(service: str, config: ServiceSettings) -> dict[str, str]:
    """Which service the action deploys, and how many tasks it must at least have for that."""
    return {"ECS_SERVICE": service, "LEAST_TASKS": str(config.min_count)}


def hand_over(services: Sequence[str], *, releases_url: str, migrations: MigrationsSettings | None) -> Build:
    """Write the finished release for the next environment."""
    return Build(
        name="hand-over",
        description="Writes the finished release for the next environment",
        buildspec=buildspecs.hand_over(),
        timeout_minutes=_SHORT_MINUTES,
        variables={
            "SERVICES": " ".join(services),
            "RELEASE_TAG_PREFIX": RELEASE_PREFIX,
            "RELEASES_URL": releases_url,
            **migration_variables(migrations),
        },
    )


def promote(
    source_urls: Mapping[str, str],
    *,
    release_files: str,
    blue_green: Sequence[str],
    assets: Mapping[str, str] | None,
    assets_service: str | None,
    scan: Mapping[str, str],
) -> Build:
    """Take over the images of a release, by digest.

    Args:
        source_urls: The repositories of the other environment, by service.
        release_files: The bucket with this environment's release files.
        blue_green: The services that CodeDeploy deploys.
        assets: The variables of the static files.
        assets_service: The service that has them.
        scan: What is done with the scans of the images.
    """
    return Build(
        name="promote",
        description="Takes over the release that another environment has finished",
        buildspec=buildspecs.promotion(services=list(source_urls)),
        docker=True,
        timeout_minutes=_PROMOTE_MINUTES,
        role=PROMOTE_ROLE,
        variables={
            "SOURCE_REPOSITORY_URLS": json.dumps(dict(source_urls)),
            "RELEASE_FILES_BUCKET": release_files,
            "BLUE_GREEN_SERVICES": " ".join(blue_green),
            "RELEASE_TAG_PREFIX": RELEASE_PREFIX,
            **scan,
            **({"ASSETS_SERVICE": assets_service} if assets_service else {}),
            **(assets or {}),
        },
    )
