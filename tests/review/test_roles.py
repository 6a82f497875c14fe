"""What a workflow needs of each environment comes from the JSON: the roles, and in which jobs they can be assumed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from main import synthesize
from review.roles import github_environments, matrix, release_sources
from synthesis.manifest import OutputError, read_stacks
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment


def with_github(name: str, **settings: Any) -> Environment:
    from config.security import GithubSettings  # noqa: PLC0415

    environment = fixture_environment(name)
    assert environment.security
    fields = {"repository": "acme/infra", "plan_pull_requests": True, **settings}
    security = environment.security.model_copy(update={"github": GithubSettings.model_validate(fields)})
    return environment.model_copy(update={"security": security})


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("github") / "cdktf.out"
    synthesize(
        [
            fixture_environment("dev"),
            with_github("prod", environment="production"),
            with_github("staging", branch="main", plan_pull_requests=False),
        ],
        folder,
    )
    return folder


@pytest.fixture(scope="module")
def environments(output: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(matrix(github_environments(read_stacks(output))))
    return listed


def test_an_environment_is_after_those_whose_releases_it_takes_over(output: Path) -> None:
    stacks = read_stacks(output)
    assert release_sources(stacks) == {"prod": "staging"}
    names = list(dict.fromkeys(stack.environment for stack in stacks.values()))
    assert names.index("prod") < names.index("staging")  # that of synthesis would be wrong
    assert [each.environment for each in github_environments(stacks)] == ["staging", "prod"]


def test_only_environments_with_roles_are_listed(environments: list[dict[str, Any]]) -> None:
    assert [each["environment"] for each in environments] == ["staging", "prod"]


def test_an_environment_of_github_is_where_jobs_run(environments: list[dict[str, Any]]) -> None:
    assert environments[1] == {
        "environment": "prod",
        "region": "us-east-1",
        "plan_role": "arn:aws:iam::333333333333:role/user-management-prod-github-plan",
        "apply_role": "arn:aws:iam::333333333333:role/user-management-prod-github-apply",
        "plan_in": "production-plan",
        "apply_in": "production",
        "plans_pull_requests": True,
    }


def test_with_a_branch_jobs_run_in_no_environment(environments: list[dict[str, Any]]) -> None:
    staging = environments[0]
    assert (staging["plan_in"], staging["apply_in"], staging["plans_pull_requests"]) == ("", "", False)
    assert staging["plan_role"] == "arn:aws:iam::222222222222:role/user-management-staging-github-plan"


def test_a_role_that_another_program_has_written_is_one_line(output: Path) -> None:
    stacks = read_stacks(output)
    stack = stacks["prod-security"]
    roles = {
        name: {**role, "assume_role_policy": "{"} if str(role.get("name")).endswith("-github-plan") else role
        for name, role in stack.document["resource"]["aws_iam_role"].items()
    }
    document = {**stack.document, "resource": {**stack.document["resource"], "aws_iam_role": roles}}
    with pytest.raises(OutputError, match=r"^The roles of GitHub .* cannot be read \(JSONDecodeError: "):
        github_environments({**stacks, stack.id: replace(stack, document=document)})
