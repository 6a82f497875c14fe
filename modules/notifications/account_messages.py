"""Messages on what AWS announces for this account, and on the images of its registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.event_messages import EventMessage
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.label import Label

NAME: Final = "account-events"
"""Component of the name of their alarm."""


def health_messages() -> tuple[EventMessage, ...]:
    """AWS Health: events that are about resources of this account, not all of a region or of a service.

    https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
    """

    def message(id_: str, severity: Severity, *categories: str) -> EventMessage:
        return EventMessage(
            id=id_,
            what="AWS reports <code> (<category>) for this account",
            where="<service> in <region>",
            severity=severity,
            pattern={
                "source": ["aws.health"],
                "detail-type": ["AWS Health Event"],
                "detail": {"eventScopeCode": ["ACCOUNT_SPECIFIC"], "eventTypeCategory": list(categories)},
            },
            details=("State: <state>", "Event: <event>"),
            values={
                "code": "$.detail.eventTypeCode",
                "category": "$.detail.eventTypeCategory",
                "service": "$.detail.service",
                "region": "$.detail.eventRegion",
                "state": "$.detail.statusCode",
                "event": "$.detail.eventArn",
            },
            runbook=Runbook.HEALTH_EVENTS,
        )

    return (
        # Not critical: what users notice has its own alarms, and a change is announced days before.
        message("health-issues", Severity.WARNING, "issue", "investigation", "scheduledChange"),
        message("health-notices", Severity.INFO, "accountNotification"),
    )


def image_message(label: Label, *, repository_prefix: str, enhanced: bool) -> EventMessage:
    """An image was pushed that has critical vulnerabilities: one message for an image, with their number.

    Not what enhanced scanning finds later: it would be one message for each vulnerability and each image that is kept.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html

    Args:
        label: Has account and region.
        repository_prefix: The start of the names of the environment's repositories.
        enhanced: Whether Inspector scans, or ECR itself.
    """
    return EventMessage(
        id="vulnerable-images",
        what="an image has <critical> critical vulnerabilities",
        where="<repository>",
        severity=Severity.WARNING,
        pattern={
            "source": ["aws.inspector2" if enhanced else "aws.ecr"],
            "detail-type": ["Inspector2 Scan" if enhanced else "ECR Image Scan"],
            "resources": [{"prefix": label.arn("ecr", f"repository/{repository_prefix}")}],
            "detail": {
                "scan-status": ["INITIAL_SCAN_COMPLETE" if enhanced else "COMPLETE"],
                "finding-severity-counts": {"CRITICAL": [{"numeric": [">", 0]}]},
            },
        },
        details=("Image: <digest>",),
        values={
            "critical": "$.detail.finding-severity-counts.CRITICAL",
            "repository": "$.resources[0]",
            "digest": "$.detail.image-digest",
        },
        runbook=Runbook.VULNERABLE_IMAGES,
    )
