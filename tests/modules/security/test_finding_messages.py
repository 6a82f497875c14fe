"""Findings that someone must see become one message; what is resolved, accepted or reported elsewhere becomes none."""

from __future__ import annotations

import pytest

from modules.security.finding_messages import access_messages, security_hub_message
from modules.topic import Severity
from tests.aws_events import event, matches, text
from tests.template import LABEL

MESSAGES = {message.id: message for message in (*access_messages(), security_hub_message(LABEL))}


def taken_by(name: str, *replaced: tuple[str, str]) -> list[str]:
    sample = event(name, *replaced)
    return [id_ for id_, message in MESSAGES.items() if matches(message.pattern, sample)]


@pytest.mark.parametrize(
    ("name", "message", "severity"),
    [
        ("access-public", "public-access", Severity.CRITICAL),
        ("access-external", "external-access", Severity.WARNING),
        ("access-denied", "external-access", Severity.WARNING),
        ("check-failed", "failed-checks", Severity.WARNING),
        ("check-failed-critical", "failed-checks", Severity.WARNING),
    ],
)
def test_a_finding_becomes_a_message_by_its_severity(name: str, message: str, severity: Severity) -> None:
    assert taken_by(name) == [message]
    assert MESSAGES[message].severity is severity
    assert not any(line.endswith(": ") for line in text(MESSAGES[message], LABEL, event(name)))


@pytest.mark.parametrize(
    "name",
    [
        "access-archived",
        "access-resolved",
        "check-archived",
        "check-failed-medium",
        "check-notified",
        "check-passed",
        "guardduty-in-security-hub",  # it has alarms of its own
    ],
)
def test_a_finding_that_nobody_must_see_becomes_none(name: str) -> None:
    assert taken_by(name) == []


def test_a_finding_of_another_region_becomes_none() -> None:
    assert taken_by("check-failed", ("securityhub:us-east-1::", "securityhub:eu-west-1::")) == []


def test_a_failed_check_says_what_and_where() -> None:
    assert text(MESSAGES["failed-checks"], LABEL, event("check-failed")) == [
        (
            "WARNING in user-management-test: a check of Security Hub has failed (HIGH): "
            "S3 general purpose buckets should block public access"
        ),
        "Where: arn:aws:s3:::user-management-test-assets",
        "When: 2026-11-26T09:00:00Z",
        "Finding: arn:aws:securityhub:us-east-1:444444444444:security-control/S3.8/finding/a1b2c3d4",
        "What to do: docs/runbooks.md#failed-checks",
    ]
