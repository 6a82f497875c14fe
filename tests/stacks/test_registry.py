"""Layer `registry` of the test environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from main import synthesize
from synthesis.manifest import read_stacks

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from tests.template import Template


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_repositories_are_those_of_the_design(stacks: dict[str, Template], environment: str) -> None:
    repositories = stacks[f"{environment}-registry"].all("aws_ecr_repository").values()
    copies = f"user-management-{environment}-public/"
    own = {r["name"] for r in repositories if not r["name"].startswith(copies)}
    assert own == {"user-management-backend", "user-management-frontend"}


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_images_of_others_are_copied_to_repositories_whose_tags_stay(
    stacks: dict[str, Template], environment: str
) -> None:
    template = stacks[f"{environment}-registry"]
    prefix = f"user-management-{environment}-public"
    rule = template.only("aws_ecr_pull_through_cache_rule")
    assert (rule["ecr_repository_prefix"], rule["upstream_registry_url"]) == (prefix, "public.ecr.aws")
    copies = [r for r in template.all("aws_ecr_repository").values() if r["name"].startswith(f"{prefix}/")]
    assert {r["name"].removeprefix(f"{prefix}/") for r in copies} == {
        "docker/library/python",
        "aws-observability/aws-otel-collector",
        *(["aquasecurity/trivy"] if environment != "prod" else []),  # a promotion makes no list of packages
    }
    assert {r["image_tag_mutability"] for r in copies} == {"IMMUTABLE"}


def test_no_change_of_images_or_tracing_removes_a_repository(
    stacks: dict[str, Template], environments: dict[str, Environment], tmp_path: Path
) -> None:
    prod = environments["prod"]
    assert any(service.tracing for service in prod.services.values())
    mirror = f"{prod.account_id}.dkr.ecr.{prod.region}.amazonaws.com/copies/x@sha256:{'a' * 64}"
    changed = prod.model_copy(
        update={
            "services": {name: one.model_copy(update={"tracing": False}) for name, one in prod.services.items()},
            "deployment": prod.deployment.model_copy(update={"placeholder_image": "public.ecr.aws/x/y:1"}),
            "cluster": prod.cluster.model_copy(update={"collector_image": mirror}),
        }
    )
    synthesize([changed], tmp_path / "out")
    (registry,) = (one for one in read_stacks(tmp_path / "out").values() if one.layer == "registry")
    before = stacks["prod-registry"].all("aws_ecr_repository")
    after = {repository.name: dict(repository.arguments) for repository in registry.all("aws_ecr_repository")}
    assert {name: after.get(name) for name in before} == before
    assert {after[name]["name"] for name in after.keys() - before.keys()} == {"user-management-prod-public/x/y"}


def test_scanning_is_enhanced_if_the_setting_says_so(stacks: dict[str, Template]) -> None:
    enhanced = {name for name, stack in stacks.items() if stack.all("aws_ecr_registry_scanning_configuration")}
    assert enhanced == {"prod-registry"}


def test_only_productions_images_cannot_be_destroyed(stacks: dict[str, Template]) -> None:
    kept = {
        name.partition("-")[0]
        for name, stack in stacks.items()
        for repository in stack.all("aws_ecr_repository").values()
        if not repository["force_delete"]
    }
    assert kept == {"prod"}
