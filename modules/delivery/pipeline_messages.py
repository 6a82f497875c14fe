"""Messages on the pipeline's runs, and on vulnerable images that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.delivery.pipeline import pipeline_name
from modules.event_messages import EventMessage
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.environment import Environment
    from modules.label import Label


def pipeline_messages(label: Label, *, config: Environment) -> tuple[EventMessage, ...]:
    """The messages of the layer; those on images if Amazon Inspector scans them for as long as they are kept."""
    repositories = [f"{config.repository_prefix}-{name}" for name in config.services]
    findings = (_finding(repositories),) if config.registry.scanning == "enhanced" else ()
    return (*_runs(label), _waiting(label), _rolled_back(label), *findings)


def _runs(label: Label) -> tuple[EventMessage, ...]:
    """Whole runs; https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html."""

    def message(id_: str, what: str, severity: Severity, *states: str, runbook: Runbook | None = None) -> EventMessage:
        return EventMessage(
            id=id_,
            what=what,
            where="<pipeline>",
            severity=severity,
            pattern={
                "source": ["aws.codepipeline"],
                "detail-type": ["CodePipeline Pipeline Execution State Change"],
                "detail": {"pipeline": [pipeline_name(label)], "state": list(states)},
            },
            details=("Run: <run>",),
            values={"pipeline": "$.detail.pipeline", "run": "$.detail.execution-id", "state": "$.detail.state"},
            runbook=runbook,
        )

    return (
        message("releases", "a release has changed its state to <state>", Severity.INFO, "STARTED", "SUCCEEDED"),
        message(
            "failed-releases",
            "a release has ended without success (<state>)",
            Severity.WARNING,
            "FAILED",
            "STOPPED",
            runbook=Runbook.FAILED_RELEASES,
        ),
    )


def _waiting(label: Label) -> EventMessage:
    return EventMessage(
        id="waiting-releases",
        what="a release waits for an approval",
        where="<pipeline>",
        severity=Severity.INFO,  # the approval itself notifies the warning topic, with its link
        pattern={
            "source": ["aws.codepipeline"],
            "detail-type": ["CodePipeline Action Execution State Change"],
            "detail": {
                "pipeline": [pipeline_name(label)],
                "state": ["STARTED"],
                "type": {"category": ["Approval"]},
            },
        },
        details=("Run: <run>",),
        values={"pipeline": "$.detail.pipeline", "run": "$.detail.execution-id"},
    )


def _rolled_back(label: Label) -> EventMessage:
    """The start of a run that AWS starts to roll a stage back.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
    """
    return EventMessage(
        id="rolled-back-releases",
        what="the pipeline rolls a release back to the last one that was deployed",
        where="<pipeline>",
        severity=Severity.WARNING,
        pattern={
            "source": ["aws.codepipeline"],
            "detail-type": ["CodePipeline Pipeline Execution State Change"],
            "detail": {
                "pipeline": [pipeline_name(label)],
                "state": ["STARTED"],
                "execution-trigger": {"trigger-type": ["AutomatedRollback", "ManualRollback"]},
            },
        },
        details=("Run: <run>",),
        values={"pipeline": "$.detail.pipeline", "run": "$.detail.execution-id"},
        runbook=Runbook.FAILED_RELEASES,
    )


def _finding(repositories: Sequence[str]) -> EventMessage:
    """A critical finding of Amazon Inspector on an image of which a task runs, whenever it becomes known.

    An image with such findings that is only pushed is a warning of the layer `notifications`.
    https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
    https://docs.aws.amazon.com/inspector/v2/APIReference/API_AwsEcrContainerImageDetails.html (inUseCount)
    """
    return EventMessage(
        id="vulnerable-releases",
        what="an image that runs has a critical vulnerability: <title>",
        where="<image>",
        severity=Severity.CRITICAL,
        pattern={
            "source": ["aws.inspector2"],
            "detail-type": ["Inspector2 Finding"],
            "detail": {
                "severity": ["CRITICAL"],
                "status": ["ACTIVE"],
                "resources": {
                    "type": ["AWS_ECR_CONTAINER_IMAGE"],
                    "details": {
                        "awsEcrContainerImage": {
                            "repositoryName": list(repositories),
                            "inUseCount": [{"numeric": [">", 0]}],
                        }
                    },
                },
            },
        },
        values={"image": "$.detail.resources[0].id", "title": "$.detail.title"},
        runbook=Runbook.VULNERABLE_IMAGES,
    )
