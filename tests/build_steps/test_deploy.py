"""A service that ECS replaces task by task gets the release's own task definition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from build_steps import deploy
from build_steps.commands import CommandError, StepError

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = "111111111111.dkr.ecr.us-east-1.amazonaws.com/app-backend@sha256:" + "0" * 64
NEW, OLD = (f"arn:aws:ecs:us-east-1:111111111111:task-definition/app-dev-backend:{number}" for number in (8, 7))


class Ecs:
    """Answers the calls of a deployment."""

    def __init__(self, *, ends_with: str = NEW, is_stable: bool = True) -> None:
        self.calls: list[tuple[str, ...]] = []
        self._ends_with = ends_with
        self._is_stable = is_stable

    def aws(self, *arguments: str) -> Any:
        self.calls.append(arguments)
        answers = {
            "register-task-definition": {"taskDefinition": {"taskDefinitionArn": NEW}},
            "describe-services": {"services": [{"taskDefinition": self._ends_with}]},
        }
        return answers.get(arguments[1])

    def run(self, *command: str) -> str:
        self.calls.append(command[1:])
        if not self._is_stable:
            raise CommandError(command, "Waiter ServicesStable failed: Max attempts exceeded")
        return ""


@pytest.fixture(autouse=True)
def _repositories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPOSITORY_URLS", json.dumps({"backend": IMAGE.partition("@")[0]}))


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    definition = {
        "family": "app-dev-backend",
        "containerDefinitions": [
            {"name": "backend", "image": "<IMAGE1_NAME>", "command": []},
            {"name": "collector", "image": "collector:1"},
        ],
    }
    (tmp_path / "taskdef.json").write_text(json.dumps(definition))
    (tmp_path / "imageDetail.json").write_text(json.dumps({"ImageURI": IMAGE}))
    return tmp_path


def deployed(monkeypatch: pytest.MonkeyPatch, ecs: Ecs, folder: Path) -> str:
    monkeypatch.setattr(deploy, "aws", ecs.aws)
    monkeypatch.setattr(deploy, "run", ecs.run)
    return deploy.deploy(folder, cluster="app-dev", service="app-dev-backend")


def test_only_the_place_of_the_image_is_filled(artifact: Path) -> None:
    images = [one["image"] for one in deploy.task_definition(artifact)["containerDefinitions"]]
    assert images == [IMAGE, "collector:1"]


def test_the_service_gets_the_new_revision_and_the_build_waits(monkeypatch: pytest.MonkeyPatch, artifact: Path) -> None:
    ecs = Ecs()
    assert deployed(monkeypatch, ecs, artifact) == NEW
    assert [call[1] for call in ecs.calls] == [
        "register-task-definition",
        "update-service",
        "wait",
        "describe-services",
    ]
    assert ecs.calls[1][-1] == NEW


def test_a_deployment_that_ecs_has_rolled_back_is_an_error(monkeypatch: pytest.MonkeyPatch, artifact: Path) -> None:
    with pytest.raises(StepError, match=f"runs {OLD}, because ECS has rolled {NEW} back"):
        deployed(monkeypatch, Ecs(ends_with=OLD), artifact)


def test_a_service_that_does_not_become_stable_is_an_error(monkeypatch: pytest.MonkeyPatch, artifact: Path) -> None:
    with pytest.raises(StepError, match=r"is not stable with .*Max attempts exceeded"):
        deployed(monkeypatch, Ecs(is_stable=False), artifact)


def test_an_image_of_another_repository_is_not_deployed(artifact: Path) -> None:
    (artifact / "imageDetail.json").write_text(json.dumps({"ImageURI": IMAGE.replace("app-backend", "app-backend-2")}))
    with pytest.raises(StepError, match=r"app-backend-2@.* must be one of .*app-backend@ \(REPOSITORY_URLS\): nothing"):
        deploy.task_definition(artifact)


def test_an_artifact_without_a_task_definition_is_an_error(artifact: Path) -> None:
    (artifact / "taskdef.json").unlink()
    with pytest.raises(StepError, match=r"has no valid taskdef.json and imageDetail.json"):
        deploy.task_definition(artifact)
