"""Each event of the services that someone must know becomes one message, and no other event does."""

from __future__ import annotations

import pytest

from modules.service.service_events import service_messages
from modules.topic import Severity
from tests.aws_events import event, matches, text
from tests.template import LABEL

MESSAGES = {message.id: message for message in service_messages(LABEL, blue_green=True)}
TAKEN = {
    "deployment-in-progress": "deployments",
    "deployment-completed": "deployments",
    "deployment-failed": "failed-deployments",
    "traffic-shift-start": "traffic-shifts",
    "traffic-shift-success": "traffic-shifts",
    "traffic-shift-failure": "failed-traffic-shifts",
    "traffic-shift-stop": "failed-traffic-shifts",
    "task-placement-failure": "impaired-services",
    "task-start-impaired": "impaired-services",
    "task-out-of-memory": "stopped-tasks",
    "task-not-started": "stopped-tasks",
    "scaled-to-maximum": "scaled-to-maximum",
}
START = "WARNING in user-management-test: a"
TASK = "arn:aws:ecs:us-east-1:444444444444:task/user-management-test-cluster/c13b4cb40f1f4fe4a2971f76ae5a47ad"
SERVICE = "arn:aws:ecs:us-east-1:444444444444:service/user-management-test-cluster/user-management-test-backend"


def taken_by(name: str, *replaced: tuple[str, str]) -> list[str]:
    sample = event(name, *replaced)
    return [id_ for id_, message in MESSAGES.items() if matches(message.pattern, sample)]


@pytest.mark.parametrize(("name", "message"), TAKEN.items())
def test_an_event_becomes_one_message(name: str, message: str) -> None:
    assert taken_by(name) == [message]


@pytest.mark.parametrize("name", TAKEN)
def test_an_event_of_another_environment_becomes_none(name: str) -> None:
    assert taken_by(name, ("user-management-test", "user-management-prod")) == []


@pytest.mark.parametrize("name", ["service-steady", "task-scaled-in", "task-spot-interruption"])
def test_what_is_as_it_should_be_becomes_no_message(name: str) -> None:
    assert taken_by(name) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("scaled-to-maximum", '"scaledToMax": true', '"scaledToMax": false'),
        ("scaled-to-maximum", '"serviceNamespace": "ecs"', '"serviceNamespace": "dynamodb"'),
        ("task-out-of-memory", "service:user", "family:user"),  # a task that a person started
        ("task-out-of-memory", '"lastStatus": "STOPPED"', '"lastStatus": "DEPROVISIONING"'),
        ("deployment-failed", "SERVICE_DEPLOYMENT_FAILED", "SERVICE_DEPLOYMENT_PAUSED"),
        ("traffic-shift-failure", "FAILURE", "OTHER"),
        ("deployment-failed", "aws.ecs", "my.ecs"),
        ("task-placement-failure", "cluster/user-management-test-cluster", "cluster/user-management-test-cluster-2"),
    ],
)
def test_an_event_with_another_value_becomes_no_message(name: str, old: str, new: str) -> None:
    assert taken_by(name, (old, new)) == []


def test_deployments_and_scaling_are_information_and_failures_are_warnings() -> None:
    assert {id_ for id_, message in MESSAGES.items() if message.severity is Severity.INFO} == {
        "deployments",
        "traffic-shifts",
        "scaled-to-maximum",
    }
    assert all((message.runbook is None) == (message.severity is Severity.INFO) for message in MESSAGES.values())


def test_without_blue_green_no_rule_waits_for_codedeploy() -> None:
    ids = {message.id for message in service_messages(LABEL, blue_green=False)}
    assert ids == MESSAGES.keys() - {"traffic-shifts", "failed-traffic-shifts"}


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "deployment-failed",
            [
                f"{START} deployment has failed (SERVICE_DEPLOYMENT_FAILED), and ECS goes back to the version before",
                f"Where: {SERVICE}",
                "When: 2026-11-26T09:00:00Z",
                "Deployment: ecs-svc/123",
                "Reason: ECS deployment circuit breaker: task failed to start.",
                "What to do: docs/runbooks.md#failed-deployments",
            ],
        ),
        (
            "scaled-to-maximum",
            [
                "INFO in user-management-test: a service has 6 tasks, the most that it may have (max_count)",
                "Where: service/user-management-test-cluster/user-management-test-backend",
                "When: 2026-11-26T09:00:00Z",
                "Tasks before: 5",
                "What to do: nothing, this is information",
            ],
        ),
        (
            "task-out-of-memory",
            [
                f"{START} task of a service has stopped by itself or could not start (EssentialContainerExited)",
                "Where: service:user-management-test-backend",
                "When: 2026-11-26T09:00:00Z",
                f"Task: {TASK}",
                "Reason: OutOfMemoryError: Container killed due to memory usage",
                "What to do: docs/runbooks.md#stopped-tasks",
            ],
        ),
    ],
)
def test_a_message_can_be_read(name: str, lines: list[str]) -> None:
    assert text(MESSAGES[TAKEN[name]], LABEL, event(name)) == lines


@pytest.mark.parametrize(("name", "message"), TAKEN.items())
def test_no_value_is_missing_in_a_message(name: str, message: str) -> None:
    lines = text(MESSAGES[message], LABEL, event(name))
    assert not any(line.endswith(": ") or "()" in line or "  " in line for line in lines)
