"""The table [delivery]: where a release comes from, and what starts the pipeline."""

from typing import Any

import pytest
from pydantic import ValidationError

from config.delivery import DeliverySettings
from config.toml import problems_from

BUILDS = {"repository": "acme/user-management", "branch": "main"}
CONNECTION = "arn:aws:codeconnections:us-east-1:333333333333:connection/01234567-89ab-cdef-0123-456789abcdef"


def settings(**values: Any) -> DeliverySettings:
    return DeliverySettings.model_validate(values)


def refusals(**values: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        settings(**values)
    return [str(problem) for problem in problems_from(caught.value, DeliverySettings)]


def test_a_pipeline_builds_a_branch_or_tags() -> None:
    assert settings(**BUILDS).default_branch == "main"
    assert settings(repository="acme/app", tags=("v*",)).builds
    assert settings(**BUILDS, paths=("backend/**", "frontend/**")).paths == ("backend/**", "frontend/**")


def test_a_pipeline_takes_over_releases() -> None:
    assert not settings(release_from="staging").builds


@pytest.mark.parametrize(
    "value",
    [
        "user-management",
        "https://github.com/acme/app",
        "acme/app/backend",
        "-acme/app",
        "acme/",
        "/app",
        "acme--b/app",
        "acme/a b",
    ],
)
def test_a_repository_that_is_not_owner_and_name_is_refused(value: str) -> None:
    (line,) = refusals(repository=value, branch="main")
    assert line == (
        f'repository = "{value}": is not a valid repository on GitHub; use "owner/name", without '
        '"https://github.com/" and without ".git", like "acme/user-management"'
    )


def test_no_source_at_all_is_refused() -> None:
    assert refusals() == [
        (
            'repository: is missing; set it to "owner/name" on GitHub, or set release_from to the environment whose '
            "releases this one takes over"
        )
    ]


def test_branch_and_tags_in_one_trigger_are_refused() -> None:
    assert refusals(**BUILDS, tags=("v*",)) == [
        'tags = ["v*"]: cannot be set with branch: AWS refuses a trigger with both; remove one of them'
    ]


def test_neither_branch_nor_tags_are_refused() -> None:
    assert refusals(repository="acme/app") == ['branch: is missing; set branch = "main", or tags = ["v*"]']


def test_paths_with_tags_are_refused() -> None:
    assert refusals(repository="acme/app", tags=("v*",), paths=("backend/**",)) == [
        'paths = ["backend/**"]: cannot be set with tags: AWS refuses a trigger with both; remove one of them'
    ]


def test_more_patterns_than_aws_takes_are_refused() -> None:
    (line,) = refusals(**BUILDS, paths=tuple(f"{n}/**" for n in range(9)))
    assert line.endswith(": has 9 patterns; AWS takes 8 or fewer")


@pytest.mark.parametrize("branch", ["feature/*", "", "-x", "a b"])
def test_a_branch_that_is_a_pattern_is_refused(branch: str) -> None:
    (line,) = refusals(repository="acme/app", branch=branch)
    assert line.endswith('is not a valid name of a branch; use one branch without a pattern, like "main"')


@pytest.mark.parametrize("key", ["repository", "connection_arn", "branch", "tags", "paths"])
def test_what_only_a_build_uses_is_refused_with_release_from(key: str) -> None:
    values = {**BUILDS, "connection_arn": CONNECTION, "tags": ("v*",), "paths": ("a/**",)}
    lines = refusals(release_from="staging", **{key: values[key]})
    (line,) = [line for line in lines if "has no effect with release_from" in line]
    assert line.startswith(f"{key} = ")


def test_the_connection_is_one_of_its_service() -> None:
    assert settings(**BUILDS, connection_arn=CONNECTION).connection_arn == CONNECTION
    older = CONNECTION.replace("codeconnections", "codestar-connections")
    assert settings(**BUILDS, connection_arn=older).connection_arn == older
    (line,) = refusals(**BUILDS, connection_arn="arn:aws:codebuild:us-east-1:333333333333:project/a")
    assert ": is not a valid ARN of a connection; use one of the service codeconnections, like " in line


def test_migrations_without_a_command_are_refused() -> None:
    assert refusals(**BUILDS, migrations={"service": "backend", "command": ()}) == [
        'migrations.command: must have at least one word, like ["node", "migrate.js"]'
    ]


def test_migrations_without_a_program_are_refused() -> None:
    assert refusals(**BUILDS, migrations={"service": "backend", "command": ("", "migrate.js")}) == [
        'migrations.command[0] = "": must be the name of a program, like "node"; without a name nothing starts'
    ]


def test_assets_have_an_absolute_path() -> None:
    (line,) = refusals(**BUILDS, assets={"service": "frontend", "path": "static"})
    assert line.endswith('is not a valid absolute path; use one like "/app/static"')


@pytest.mark.parametrize("pattern", ["/assets/*", "my files/*", "", "assets/*;rm"])
def test_a_pattern_of_hashed_files_that_is_not_valid_is_refused(pattern: str) -> None:
    assets = {"service": "frontend", "path": "/app/static", "hashed": (pattern,)}
    (line,) = refusals(**BUILDS, assets=assets)
    assert line.startswith(f'assets.hashed[0] = "{pattern}": is not a valid pattern of files; use a path in the folder')


def test_patterns_of_hashed_files_are_taken() -> None:
    assets = {"service": "frontend", "path": "/app/static", "hashed": ("assets/*", "fonts/*.woff2")}
    made = settings(**BUILDS, assets=assets).assets
    assert made
    assert made.hashed == ("assets/*", "fonts/*.woff2")
