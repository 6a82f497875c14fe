"""What a workflow needs of each environment comes from the JSON: the roles, and in which jobs they can be assumed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from main import synthesize
from review.roles import github_environments, matrix
from synthesis.manifest import read_stacks
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
def environments(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder: Path = tmp_path_factory.mktemp("github") / "cdktf.out"
    synthesize(
        [
            with_github("dev", branch="main", plan_pull_requests=False),
            fixture_environment("staging"),
            with_github("prod", environment="production"),
        ],
        folder,
    )
    listed: list[dict[str, Any]] = json.loads(matrix(github_environments(read_stacks(folder))))
    return listed


def test_only_environments_with_roles_are_listed(environments: list[dict[str, Any]]) -> None:
    assert [each["environment"] for each in environments] == ["dev", "prod"]


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
    dev = environments[0]
    assert (dev["plan_in"], dev["apply_in"], dev["plans_pull_requests"]) == ("", "", False)
    assert dev["plan_role"] == "arn:aws:iam::111111111111:role/user-management-dev-github-plan"
