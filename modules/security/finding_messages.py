"""Messages on findings of IAM Access Analyzer and Security Hub. GuardDuty's have alarms (`threat_findings.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.event_messages import EventMessage
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.label import Label

NAME: Final = "findings"
"""Component of the name of their alarm."""


def access_messages() -> tuple[EventMessage, ...]:
    """What others can reach: critical if it is everybody.

    A finding that Access Analyzer could not complete has `isPublic` too, as false:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html
    """

    def message(id_: str, what: str, severity: Severity, *, is_public: bool) -> EventMessage:
        return EventMessage(
            id=id_,
            what=what,
            where="<type> <resource>",
            severity=severity,
            pattern={
                "source": ["aws.access-analyzer"],
                "detail-type": ["Access Analyzer Finding"],
                "detail": {"status": ["ACTIVE"], "isPublic": [is_public]},
            },
            details=("Finding: <finding>",),
            values={"type": "$.detail.resourceType", "resource": "$.detail.resource", "finding": "$.detail.id"},
            runbook=Runbook.ACCESS_FINDINGS,
        )

    return (
        message("public-access", "everybody can access a resource of the account", Severity.CRITICAL, is_public=True),
        message("external-access", "another account can access a resource", Severity.WARNING, is_public=False),
    )


def security_hub_message(label: Label) -> EventMessage:
    """Failed checks of Security Hub itself, not what it receives of GuardDuty and others, which have their own way.

    Critical ones are warnings too: a check is about a configuration, and AWS sends its finding again each day until the
    check passes, or the workflow status is NOTIFIED or SUPPRESSED.
    https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-integration-types.html
    """
    return EventMessage(
        id="failed-checks",
        what="a check of Security Hub has failed (<severity>): <title>",
        where="<resource>",
        severity=Severity.WARNING,
        pattern={
            "source": ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported"],
            "detail": {
                "findings": {
                    "ProductArn": [f"arn:aws:securityhub:{label.region}::product/aws/securityhub"],
                    "Severity": {"Label": ["CRITICAL", "HIGH"]},
                    "Compliance": {"Status": ["FAILED"]},
                    "Workflow": {"Status": ["NEW"]},
                    "RecordState": ["ACTIVE"],
                }
            },
        },
        details=("Finding: <finding>",),
        values={
            "severity": "$.detail.findings[0].Severity.Label",
            "title": "$.detail.findings[0].Title",
            "resource": "$.detail.findings[0].Resources[0].Id",
            "finding": "$.detail.findings[0].Id",
        },
        runbook=Runbook.FAILED_CHECKS,
    )
