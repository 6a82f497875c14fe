"""Layer `registry` of the test environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.template import Template


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_repositories_are_those_of_the_design(stacks: dict[str, Template], environment: str) -> None:
    repositories = stacks[f"{environment}-registry"].all("aws_ecr_repository").values()
    copies = f"user-management-{environment}-public/"
    own = {r["name"] for r in repositories if not r["name"].startswith(copies)}
    assert own == {"user-management-backend", "user-management-frontend"}


@pytest.mark.parametrize(("environment", "tracing"), [("dev", False), ("staging", True), ("prod", True)])
def test_images_of_others_are_copied_to_repositories_whose_tags_stay(
    stacks: dict[str, Template], environment: str, *, tracing: bool
) -> None:
    template = stacks[f"{environment}-registry"]
    prefix = f"user-management-{environment}-public"
    rule = template.only("aws_ecr_pull_through_cache_rule")
    assert (rule["ecr_repository_prefix"], rule["upstream_registry_url"]) == (prefix, "public.ecr.aws")
    copies = [r for r in template.all("aws_ecr_repository").values() if r["name"].startswith(f"{prefix}/")]
    assert {r["name"].removeprefix(f"{prefix}/") for r in copies} == {
        "docker/library/python",
        *(["aws-observability/aws-otel-collector"] if tracing else []),
    }
    assert {r["image_tag_mutability"] for r in copies} == {"IMMUTABLE"}


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
