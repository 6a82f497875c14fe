"""A service that ECS replaces task by task gets the release's own task definition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from build_steps import deploy
from build_steps.commands import StepError

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = "111111111111.dkr.ecr.us-east-1.amazonaws.com/app-backend@sha256:" + "0" * 64
NEW, OLD = (f"arn:aws:ecs:us-east-1:111111111111:task-definition/app-dev-backend:{number}" for number in (8, 7))


def deployment(revision: str, state: str = "IN_PROGRESS", *, status: str = "PRIMARY", reason: str = "") -> Any:
    number = revision.rpartition(":")[2]
    return {
        "id": f"ecs-svc/{number}",
        "status": status,
        "taskDefinition": revision,
        "rolloutState": state,
        "rolloutStateReason": reason,
    }


class Ecs:
    """Answers the calls of a deployment: with the deployments of the service, each time it is asked for them."""

    def __init__(self, *answers: list[Any], started: Any = None, desired: int = 1) -> None:
        self._desired = desired
        self.calls: list[tuple[str, ...]] = []
        self._started = [started or deployment(NEW)]
        self._answers = list(answers)

    def aws(self, *arguments: str) -> Any:
        self.calls.append(arguments)
        if arguments[1] == "register-task-definition":
            return {"taskDefinition": {"taskDefinitionArn": NEW}}
        if arguments[1] == "update-service":
            return {"service": {"deployments": self._started, "events": [{"id": "1", "message": "long ago"}]}}
        deployments = self._answers.pop(0) if self._answers[1:] else self._answers[0]
        events = [{"id": "2", "message": "has started 1 tasks"}, {"id": "1", "message": "long ago"}]
        return {"services": [{"deployments": deployments, "events": events, "desiredCount": self._desired}]}


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


def deployed(monkeypatch: pytest.MonkeyPatch, ecs: Ecs, folder: Path, *, least_tasks: int = 0) -> str:
    monkeypatch.setattr(deploy, "aws", ecs.aws)
    monkeypatch.setenv("DEPLOY_INTERVAL_SECONDS", "0")
    return deploy.deploy(folder, cluster="app-dev", service="app-dev-backend", least_tasks=least_tasks)


def test_a_service_that_sleeps_is_not_deployed(monkeypatch: pytest.MonkeyPatch, artifact: Path) -> None:
    ecs = Ecs([deployment(NEW, "COMPLETED")], desired=0)
    with pytest.raises(StepError, match=r"app-dev-backend shall have no task now.*wake it with `make wake`"):
        deployed(monkeypatch, ecs, artifact, least_tasks=1)
    assert [call[1] for call in ecs.calls] == ["describe-services"]


def test_a_service_that_may_have_no_task_is_deployed_without_one(
    monkeypatch: pytest.MonkeyPatch, artifact: Path
) -> None:
    assert deployed(monkeypatch, Ecs([deployment(NEW, "COMPLETED")], desired=0), artifact) == NEW


def test_a_service_that_is_awake_is_deployed(monkeypatch: pytest.MonkeyPatch, artifact: Path) -> None:
    assert deployed(monkeypatch, Ecs([deployment(NEW, "COMPLETED")]), artifact, least_tasks=1) == NEW


def test_only_the_place_of_the_image_is_filled(artifact: Path) -> None:
    images = [one["image"] for one in deploy.task_definition(artifact)["containerDefinitions"]]
    assert images == [IMAGE, "collector:1"]


def test_the_service_gets_the_new_revision_and_the_build_waits_for_the_state(
    monkeypatch: pytest.MonkeyPatch, artifact: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The old tasks are gone, and ECS still watches the alarms.
    baking = [deployment(NEW, reason="ECS deployment in progress.")]
    ecs = Ecs([*baking, deployment(OLD, "COMPLETED", status="ACTIVE")], baking, baking, [deployment(NEW, "COMPLETED")])
    assert deployed(monkeypatch, ecs, artifact) == NEW
    assert [call[1] for call in ecs.calls] == [
        "register-task-definition",
        "update-service",
        *["describe-services"] * 4,
    ]
    assert ecs.calls[1][-1] == NEW
    assert capsys.readouterr().out == "has started 1 tasks\n"


def test_a_deployment_that_fails_is_reported_with_its_reason_when_ecs_has_gone_back(
    monkeypatch: pytest.MonkeyPatch, artifact: Path
) -> None:
    failed = deployment(NEW, "FAILED", status="ACTIVE", reason="ECS deployment circuit breaker: tasks failed to start.")
    ecs = Ecs([deployment(OLD), failed], [deployment(OLD)], [deployment(OLD, "COMPLETED")])
    with pytest.raises(StepError) as caught:
        deployed(monkeypatch, ecs, artifact)
    assert str(caught.value).startswith(
        f"the deployment of {NEW} failed (ECS deployment circuit breaker: tasks failed to start.), and ECS has rolled "
        f"it back: app-dev-backend runs {OLD}; its events are above"
    )
    assert [call[1] for call in ecs.calls].count("describe-services") == 3


def test_a_deployment_that_has_failed_without_a_way_back_is_an_error(
    monkeypatch: pytest.MonkeyPatch, artifact: Path
) -> None:
    ecs = Ecs([deployment(NEW, "FAILED", reason="tasks failed to start.")])
    with pytest.raises(StepError, match=rf"the deployment of {NEW} failed \(tasks failed to start\.\); its events"):
        deployed(monkeypatch, ecs, artifact)


def test_a_deployment_that_has_gone_is_an_error(monkeypatch: pytest.MonkeyPatch, artifact: Path) -> None:
    old = deployment(OLD, "COMPLETED")
    with pytest.raises(StepError, match=rf"another deployment has taken its place\), .* runs {OLD}"):
        deployed(monkeypatch, Ecs([old], started=old), artifact)


def test_a_deployment_without_an_end_is_an_error_before_the_build_is_stopped(
    monkeypatch: pytest.MonkeyPatch, artifact: Path
) -> None:
    monkeypatch.setenv("DEPLOY_MINUTES", "0")
    ecs = Ecs([deployment(NEW, reason="ECS deployment in progress.")])
    with pytest.raises(
        StepError, match=r"not deployed after 0 minutes with .*: ECS deployment in progress\.; its events"
    ):
        deployed(monkeypatch, ecs, artifact)


def test_an_image_of_another_repository_is_not_deployed(artifact: Path) -> None:
    (artifact / "imageDetail.json").write_text(json.dumps({"ImageURI": IMAGE.replace("app-backend", "app-backend-2")}))
    with pytest.raises(StepError, match=r"app-backend-2@.* must be one of .*app-backend@ \(REPOSITORY_URLS\): nothing"):
        deploy.task_definition(artifact)


def test_an_artifact_without_a_task_definition_is_an_error(artifact: Path) -> None:
    (artifact / "taskdef.json").unlink()
    with pytest.raises(StepError, match=r"has no valid taskdef.json and imageDetail.json"):
        deploy.task_definition(artifact)
