"""Who learns of which state of a release: started, waiting, failed, rolled back, succeeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modules.delivery.pipeline_messages import pipeline_messages
from modules.topic import Severity
from tests.fixtures import fixture_environment
from tests.template import LABEL

if TYPE_CHECKING:
    from modules.event_messages import EventMessage

RUN = "CodePipeline Pipeline Execution State Change"
ACTION = "CodePipeline Action Execution State Change"
NAME = "user-management-test-delivery"


def messages(scanning: str = "basic") -> dict[str, EventMessage]:
    config = fixture_environment("dev")
    registry = config.registry.model_copy(update={"scanning": scanning})
    found = pipeline_messages(LABEL, config=config.model_copy(update={"registry": registry}))
    return {message.id: message for message in found}


def matches(pattern: Any, value: Any) -> bool:
    """As EventBridge does, for lists of values and of numbers."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(matches(one, value.get(name)) for name, one in pattern.items())
    return any(
        value is not None and value > one["numeric"][1] if isinstance(one, dict) else value == one for one in pattern
    )


def told(kind: str, **detail: Any) -> dict[str, Severity]:
    event = {"source": "aws.codepipeline", "detail-type": kind, "detail": {"pipeline": NAME, **detail}}
    return {id_: message.severity for id_, message in messages().items() if matches(message.pattern, event)}


@pytest.mark.parametrize(
    ("kind", "detail", "expected"),
    [
        (RUN, {"state": "STARTED"}, {"releases": Severity.INFO}),
        (RUN, {"state": "SUCCEEDED"}, {"releases": Severity.INFO}),
        (RUN, {"state": "FAILED"}, {"failed-releases": Severity.WARNING}),
        (RUN, {"state": "STOPPED"}, {"failed-releases": Severity.WARNING}),
        (
            RUN,
            {"state": "STARTED", "execution-trigger": {"trigger-type": "AutomatedRollback"}},
            {"releases": Severity.INFO, "rolled-back-releases": Severity.WARNING},
        ),
        (ACTION, {"state": "STARTED", "type": {"category": "Approval"}}, {"waiting-releases": Severity.INFO}),
        (ACTION, {"state": "STARTED", "type": {"category": "Build"}}, {}),
        (RUN, {"state": "FAILED", "pipeline": "another"}, {}),
    ],
)
def test_each_state_of_a_release_reaches_those_who_must_know(
    kind: str, detail: dict[str, Any], expected: dict[str, Severity]
) -> None:
    assert told(kind, **detail) == expected


def test_a_failed_release_has_a_runbook() -> None:
    found = messages()
    assert {found[name].runbook for name in ("failed-releases", "rolled-back-releases")} == {
        found["failed-releases"].runbook
    }
    assert found["failed-releases"].runbook == "failed-releases"


@pytest.mark.parametrize(
    ("repository", "uses", "severity", "is_told"),
    [
        ("user-management-backend", 1, "CRITICAL", True),
        ("user-management-backend", 0, "CRITICAL", False),
        ("user-management-backend", 1, "HIGH", False),
        ("another", 1, "CRITICAL", False),
    ],
)
def test_inspectors_critical_findings_on_images_that_run_are_critical(
    repository: str,
    uses: int,
    severity: str,
    is_told: bool,  # noqa: FBT001
) -> None:
    message = messages("enhanced")["vulnerable-releases"]
    prefix = fixture_environment("dev").repository_prefix
    image = {"repositoryName": repository.replace("user-management", prefix), "inUseCount": uses}
    event = {
        "source": "aws.inspector2",
        "detail-type": "Inspector2 Finding",
        "detail": {
            "severity": severity,
            "status": "ACTIVE",
            "resources": {"type": "AWS_ECR_CONTAINER_IMAGE", "details": {"awsEcrContainerImage": image}},
        },
    }
    assert matches(message.pattern, event) is is_told
    assert message.severity is Severity.CRITICAL
    assert "vulnerable-releases" not in messages("basic")


@pytest.mark.parametrize("scanning", ["basic", "enhanced"])
def test_eventbridge_accepts_every_message(scanning: str) -> None:
    assert [message.problem(LABEL) for message in messages(scanning).values()] == [None] * len(messages(scanning))
