"""Layer `registry` of the test environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.template import Template


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_repositories_are_those_of_the_design(stacks: dict[str, Template], environment: str) -> None:
    repositories = stacks[f"{environment}-registry"].all("aws_ecr_repository").values()
    assert {r["name"] for r in repositories} == {"user-management-backend", "user-management-frontend"}


def test_scanning_is_enhanced_if_the_setting_says_so(stacks: dict[str, Template]) -> None:
    enhanced = {name for name, stack in stacks.items() if stack.all("aws_ecr_registry_scanning_configuration")}
    assert enhanced == {"prod-registry"}


def test_only_productions_images_cannot_be_destroyed(stacks: dict[str, Template]) -> None:
    kept = {
        name.rpartition("-")[0]
        for name, stack in stacks.items()
        for repository in stack.all("aws_ecr_repository").values()
        if not repository["force_delete"]
    }
    assert kept == {"prod"}
