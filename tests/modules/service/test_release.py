"""Without a pipeline Terraform runs the release that the settings name, and deploys another one as soon as they do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.service.release import Release
from tests.modules.service.parts import Parts, service_template
from tests.template import Template


def released(tag: str | None) -> Template:
    parts = Parts.make()
    parts.service(release=Release(tag=tag))
    return Template.of(parts.stack)


def container(made: Template) -> dict[str, Any]:
    (found,) = json.loads(made.only("aws_ecs_task_definition")["container_definitions"])
    return dict(found)


def test_without_a_pipeline_terraform_runs_the_image_of_the_release() -> None:
    runs = container(released("release-7"))
    assert runs["image"] == "${aws_ecr_repository.api-images.repository_url}:release-7"
    assert "entryPoint" not in runs


def test_without_a_release_it_runs_the_placeholder() -> None:
    assert container(released(None))["image"].endswith("/copies/placeholder:1")


@pytest.mark.parametrize("tag", ["release-7", None])
def test_a_change_of_the_release_is_deployed(tag: str | None) -> None:
    """A service that ignores its task definition would stay on the first release."""
    assert released(tag).only("aws_ecs_service")["lifecycle"]["ignore_changes"] == ["desired_count"]


def test_another_release_changes_the_task_definition_only() -> None:
    one, other = released("release-7"), released("release-8")
    assert container(one) != container(other)
    for made in (one, other):
        made.only("aws_ecs_task_definition").pop("container_definitions")
    assert one.document["resource"] == other.document["resource"]


def test_with_a_pipeline_terraform_leaves_the_image_to_it() -> None:
    assert "task_definition" in service_template().only("aws_ecs_service")["lifecycle"]["ignore_changes"]
