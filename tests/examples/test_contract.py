"""What docs/application-contract.md promises is what tasks and builds get, and the examples have what it asks for."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import pytest

from build_steps.asset_files import read_assets
from build_steps.inputs import image_variable
from build_steps.migrate import URLS
from main import ROOT
from templates import buildspecs
from tests.examples.image import EXAMPLES, dockerfile
from tests.fixtures import ENVIRONMENTS, fixture_environment

if TYPE_CHECKING:
    from pathlib import Path

    from config.delivery import DeliverySettings
    from tests.examples.image import Image
    from tests.template import Template

PAGE: Final = (ROOT / "docs" / "application-contract.md").read_text(encoding="utf-8")


DELIVERY: Final = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")


def projects(stacks: dict[str, Template], environment: str) -> dict[str, Any]:
    """The CodeBuild projects of an environment."""
    return stacks[f"{environment}-delivery"].all("aws_codebuild_project")


def section(title: str) -> str:
    """The text below a heading."""
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", PAGE, flags=re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def listed(title: str) -> set[str]:
    """The names of variables in the first column of a table."""
    rows = re.findall(r"^\| (`.*?) \|", section(title), flags=re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z_.]+)`", row)}


def delivery(environment: str) -> DeliverySettings:
    settings = fixture_environment(environment).delivery
    assert settings
    return settings


def variables_of(container: dict[str, Any]) -> set[str]:
    return {each["name"] for each in container.get("environment", ())}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_variable_of_a_task_is_on_the_page(stacks: dict[str, Template], environment: str) -> None:
    settings = fixture_environment(environment).services
    # Without the task of a tunnel, which runs no application.
    for name in settings:
        definition = stacks[f"{environment}-service"].named(f"aws_ecs_task_definition.{name}-service_task")
        text = definition["container_definitions"]
        containers = json.loads(text) if isinstance(text, str) else text
        application = next(each for each in containers if each["name"] == name)
        service = settings[name]
        own = {*service.environment, *service.parameters}
        unknown = {name for name in variables_of(application) - own if not name.startswith("OTEL_")}
        assert unknown <= listed("What the task gets")
        assert {each["name"] for each in application.get("secrets", ())} == set(service.secrets)


def test_the_variables_of_the_integration_test_are_those_that_it_gets(stacks: dict[str, Template]) -> None:
    text = buildspecs.integration_tests(report_group="group")
    exported = set(re.findall(r"[A-Z_]+", text.partition("export REPORTS_DIR")[2].splitlines()[0])) | {"REPORTS_DIR"}
    images = {image_variable(name) for name in fixture_environment("staging").services}
    given = {
        one["name"]: one["value"]
        for one in projects(stacks, "staging")["integration-tests-project"]["environment"]["environment_variable"]
    }
    assert listed("The integration test") == exported | images | {"ENVIRONMENT", "PROJECT"}
    assert f"`{image_variable('two-words')}`" in section("The integration test")
    assert {"ENVIRONMENT", "PROJECT", "BASE_URL"} <= set(given)
    assert given["BASE_URL"] == "https://staging.users.example.com"
    assert all(f"`{name}`" in section("Migrations") for name in (*URLS, "ENVIRONMENT"))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_the_settings_name_is_in_the_examples(environment: str, site: Path, api_image: Image) -> None:
    settings = delivery(environment)
    if settings.migrations:
        assert settings.migrations.service == "backend"
        program, *arguments = settings.migrations.command
        assert program == "node"
        assert f"{api_image.work_folder}/{arguments[0]}" in api_image.copied
    if settings.assets:
        assert settings.assets.service == "frontend"
        (target,) = (
            copy.words[-1] for copy in dockerfile("frontend")[-1].all("COPY") if copy.flags.get("from") == "build"
        )
        folder = site / PurePosixPath(settings.assets.path).relative_to(target)
        assert [asset.path for asset in read_assets(folder) if not asset.is_hashed()] == []


def test_the_examples_are_one_repository() -> None:
    services = {file.parent.name for file in EXAMPLES.glob("*/Dockerfile")}
    assert services == set(fixture_environment("staging").services)
    assert {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()} == services | {"ci"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_has_the_variables_without_which_the_api_stops(environment: str) -> None:
    program = (EXAMPLES / "backend" / "server.mjs").read_text(encoding="utf-8")
    found = re.search(r"const VARIABLES = (\[.*?\]);", program)
    assert found
    needed = set(json.loads(found[1]))
    assert {"JWT_ISSUER", "JWT_AUDIENCE"} < needed
    service = fixture_environment(environment).services["backend"]
    given = {*service.environment, *service.secrets, *service.parameters}
    assert needed - given - listed("What the task gets") == set()


def test_no_variable_is_named_for_people_that_no_project_has(stacks: dict[str, Template]) -> None:
    """A user cannot set one in a project: what people may choose is a setting."""
    named = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`", DELIVERY))
    texts = [json.dumps(project) for name in ENVIRONMENTS for project in projects(stacks, name).values()]
    images = {image_variable(service) for service in fixture_environment("staging").services}
    assert {name for name in named if not any(name in text for text in texts)} <= images
