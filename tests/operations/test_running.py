"""What is said of a deployment, from what ECS answers while CodeDeploy or ECS itself deploys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from operations.running import Running, read_running
from tests.compliance.samples import stack

BEGAN = datetime(2026, 11, 27, 9, 5, tzinfo=UTC)
IMAGE = "444444444444.dkr.ecr.us-east-1.amazonaws.com/acme-api"
DIGEST = "sha256:" + "ab" * 32


class Ecs:
    """Answers as ECS does, with the members that are read."""

    def __init__(self, **service: Any) -> None:
        self.service = {
            "serviceName": "acme-api",
            "status": "ACTIVE",
            "desiredCount": 2,
            "runningCount": 2,
            "taskDefinition": "api:1",
            **service,
        }

    def describe_services(self, **_: object) -> dict[str, Any]:
        return {"services": [self.service]}

    def describe_task_definition(self, *, taskDefinition: str) -> dict[str, Any]:  # noqa: N803 (boto3's name)
        containers = [{"name": "collector", "image": "c:1"}, {"name": "api", "image": f"{IMAGE}:{taskDefinition[-1]}"}]
        return {"taskDefinition": {"containerDefinitions": containers}}

    def describe_tasks(self, **_: object) -> dict[str, Any]:
        running = [{"name": "api", "imageDigest": DIGEST}, {"name": "collector", "imageDigest": "sha256:c"}]
        starting = [{"name": "api"}]
        return {"tasks": [{"containers": running}, {"containers": starting}]}


class Account:
    def __init__(self, ecs: Ecs) -> None:
        self.ecs = ecs

    def client(self, _: str) -> Ecs:
        return self.ecs

    def items(self, *_: object, **__: object) -> list[str]:
        return ["one", "two"]


def read(**service: Any) -> Running:
    made = stack(
        {
            "aws_ecs_cluster.c": {"name": "c"},
            "aws_ecs_task_definition.api": {
                "container_definitions": '[{"name": "api", "logConfiguration": {"options": {"awslogs-group": "g"}}}]'
            },
            "aws_ecs_service.api": {"name": "acme-api", "task_definition": "${aws_ecs_task_definition.api.arn}"},
        },
        layer="service",
    )
    found = read_running(Account(Ecs(**service)), made)  # type: ignore[arg-type]
    assert found
    return found[0]


def test_a_steady_service() -> None:
    found = read(deployments=[{"status": "PRIMARY", "rolloutState": "COMPLETED", "createdAt": BEGAN}])
    assert (found.service, found.release, found.digest) == ("api", "acme-api:1", "sha256:abababababab")
    assert found.is_steady


@pytest.mark.parametrize(
    ("service", "says"),
    [
        (
            {"deployments": [{"status": "PRIMARY", "rolloutState": "IN_PROGRESS", "createdAt": BEGAN}]},
            "in progress since 09:05 UTC",
        ),
        (
            {
                "deployments": [
                    {"rolloutState": "FAILED", "rolloutStateReason": "tasks failed to start.", "createdAt": BEGAN}
                ]
            },
            "failed: tasks failed to start.",
        ),
        (
            {
                "taskSets": [
                    {"status": "PRIMARY", "taskDefinition": "api:1", "createdAt": BEGAN},
                    {"status": "ACTIVE", "taskDefinition": "api:2", "externalId": "d-ABC", "createdAt": BEGAN},
                    {"status": "DRAINING", "taskDefinition": "api:0", "createdAt": BEGAN},
                ]
            },
            "d-ABC since 09:05 UTC",
        ),
    ],
)
def test_what_is_being_changed(service: dict[str, Any], says: str) -> None:
    found = read(**service)
    assert found.deployment == says
    assert found.release == "acme-api:1"
    assert not found.is_steady


def test_the_release_is_that_of_the_primary_task_set() -> None:
    task_sets = [{"status": "PRIMARY", "taskDefinition": "api:7", "createdAt": BEGAN}]
    assert read(taskSets=task_sets, taskDefinition="api:1").release == "acme-api:7"


def test_too_few_tasks_are_not_steady() -> None:
    assert not read(runningCount=1).is_steady
