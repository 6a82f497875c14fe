from __future__ import annotations

import ast
import itertools
import re
import sys
from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from main import ROOT
from templates import buildspecs
from tests.templates.buildspec_schema import SCHEMA

GROUP: Final = "arn:aws:codebuild:us-east-1:123456789012:report-group/user-management-staging-tests"
URLS: Final = {"DATABASE_URL": "/user-management/staging/postgres/owner/url"}
ALL: Final = {
    "service": buildspecs.service_build(assets=False),
    "service with assets": buildspecs.service_build(assets=True),
    "integration tests": buildspecs.integration_tests(report_group=GROUP),
    "load test": buildspecs.load_test(report_group="load-test"),
    "migrations": buildspecs.migrations(urls=URLS),
    "promotion": buildspecs.promotion(services=["back-end", "frontend"]),
    "promotion of one service": buildspecs.promotion(services=["backend"]),
    "publication": buildspecs.publication(),
    "release tags": buildspecs.release_tags(),
    "hand-over": buildspecs.hand_over(),
}
PHASES: Final = ("install", "pre_build", "build", "post_build")


def commands(spec: dict[str, Any]) -> list[str]:
    phases = [spec["phases"][name] for name in PHASES if name in spec["phases"]]
    return [text for phase in phases for text in (*phase["commands"], *phase.get("finally", ()))]


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_it_is_valid_for_codebuild(text: str) -> None:
    jsonschema.validate(yaml.safe_load(text), SCHEMA)
    assert len(text) <= buildspecs.MOST_CHARACTERS


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda spec: spec["phases"]["build"].update({"on-failure": "STOP"}), "'STOP' does not match"),
        (lambda spec: spec["phases"]["build"].pop("commands"), "'commands' is a required property"),
        (lambda spec: spec["phases"].update({"test": {"commands": ["true"]}}), "Additional properties"),
        (lambda spec: spec["artifacts"].pop("files"), "is not valid under any of the given schemas"),
        (lambda spec: spec["env"].update({"exported-variables": ["A-B"]}), "'A-B' does not match"),
        (lambda spec: spec.update({"version": 0.1}), "0.2 was expected"),
    ],
)
def test_the_schema_finds_mistakes(change: Any, message: str) -> None:
    spec = yaml.safe_load(ALL["service"])
    change(spec)
    with pytest.raises(jsonschema.ValidationError, match=message):
        jsonschema.validate(spec, SCHEMA)


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_a_failed_command_ends_the_build(text: str) -> None:
    """Of several lines in a command only the last one counts otherwise, and post_build runs after a failed build."""
    spec = yaml.safe_load(text)
    assert all(spec["phases"][name]["on-failure"] == "ABORT" for name in spec["phases"])
    assert not [command for command in commands(spec) if "\n" in command and not command.startswith("set -eu\n")]


@pytest.mark.parametrize("text", [*ALL.values(), *buildspecs.programs().values()])
def test_terraform_reads_no_expression_in_it(text: str) -> None:
    assert "${" not in text
    assert "%{" not in text


def test_nothing_secret_is_in_a_text() -> None:
    spec = yaml.safe_load(ALL["migrations"])
    assert spec["env"]["parameter-store"] == URLS  # names only
    assert not [text for text in ALL.values() if "DATABASE_URL" in text and text != ALL["migrations"]]


def test_programs_import_nothing_but_the_standard_library() -> None:
    """CodeBuild's image has no other package that this project has chosen."""
    for name, text in buildspecs.programs().items():
        nodes = list(ast.walk(ast.parse(text)))
        modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
        modules += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
        other = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names - {"build_steps"}
        assert not other, name


def test_every_step_is_a_program() -> None:
    words = " ".join(command for text in ALL.values() for command in commands(yaml.safe_load(text))).split()
    steps = {following.strip(")\"'") for word, following in itertools.pairwise(words) if word == "-m"}
    assert steps >= {"build_steps.scan", "build_steps.promote", "build_steps.migrate"}
    assert {f"{step.removeprefix('build_steps.')}.py" for step in steps - {"zipfile"}} <= set(buildspecs.programs())


def test_the_programs_are_those_of_the_checkout() -> None:
    assert set(buildspecs.programs()) == {file.name for file in (ROOT / "build_steps").glob("*.py")}


@pytest.mark.parametrize(
    "services",
    [
        ("frontend-admin", "frontend-app", "frontend"),
        ("a", "a-build", "a-build-build"),
        ("backend-b", "backend", "backend-build", "backend-bu"),
        ("source", "release"),
    ],
)
def test_artifacts_are_in_folders_of_their_own(services: tuple[str, ...]) -> None:
    names = [*(buildspecs.artifact(service) for service in services), "source", "release"]
    assert len({name[: buildspecs.FOLDER_CHARACTERS] for name in names}) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


def test_an_artifact_is_a_part_of_a_variables_name() -> None:
    assert buildspecs.artifact("back-end") == "back_end_build"
    spec = yaml.safe_load(ALL["promotion"])
    assert set(spec["artifacts"]["secondary-artifacts"]) == {"back_end_build", "frontend_build"}
    one = yaml.safe_load(ALL["promotion of one service"])
    assert one["artifacts"]["base-directory"] == ".delivery/promoted/backend"
