"""What AWS announces for this account, and vulnerable images, become one message each."""

from __future__ import annotations

import pytest

from modules.notifications.account_messages import health_messages, image_message
from modules.topic import Severity
from tests.aws_events import event, matches, text
from tests.template import LABEL

ENHANCED = image_message(LABEL, repository_prefix="user-management", enhanced=True)
BASIC = image_message(LABEL, repository_prefix="user-management", enhanced=False)
HEALTH = {message.id: message for message in health_messages()}


@pytest.mark.parametrize(
    ("name", "message", "severity"),
    [
        ("health-issue", "health-issues", Severity.WARNING),
        ("health-change", "health-issues", Severity.WARNING),
        ("health-notice", "health-notices", Severity.INFO),
    ],
)
def test_an_event_about_the_account_becomes_a_message(name: str, message: str, severity: Severity) -> None:
    assert [id_ for id_, one in HEALTH.items() if matches(one.pattern, event(name))] == [message]
    assert HEALTH[message].severity is severity


def test_an_event_about_a_whole_region_becomes_none() -> None:
    assert not any(matches(one.pattern, event("health-public")) for one in HEALTH.values())


def test_a_message_of_aws_can_be_read() -> None:
    assert text(HEALTH["health-issues"], LABEL, event("health-change")) == [
        (
            "WARNING in user-management-test: AWS reports AWS_RDS_PLANNED_LIFECYCLE_EVENT (scheduledChange) "
            "for this account"
        ),
        "Where: RDS in us-east-1",
        "When: 2026-11-26T09:00:00Z",
        "State: upcoming",
        (
            "Event: arn:aws:health:us-east-1::event/RDS/AWS_RDS_PLANNED_LIFECYCLE_EVENT/"
            "AWS_RDS_PLANNED_LIFECYCLE_EVENT_90353408594353980"
        ),
        "What to do: docs/runbooks.md#health-events",
    ]


def test_an_image_with_critical_vulnerabilities_becomes_a_message_of_the_scanner_that_is_on() -> None:
    assert matches(ENHANCED.pattern, event("scan-enhanced"))
    assert matches(BASIC.pattern, event("scan-basic"))
    assert not matches(ENHANCED.pattern, event("scan-basic"))
    assert not matches(BASIC.pattern, event("scan-enhanced"))
    assert text(ENHANCED, LABEL, event("scan-enhanced"))[:2] == [
        "WARNING in user-management-test: an image has 7 critical vulnerabilities",
        "Where: arn:aws:ecr:us-east-1:444444444444:repository/user-management-backend",
    ]


def test_an_image_without_critical_vulnerabilities_or_of_another_project_becomes_none() -> None:
    assert not matches(ENHANCED.pattern, event("scan-enhanced-clean"))
    assert not matches(BASIC.pattern, event("scan-basic-clean"))
    assert not matches(BASIC.pattern, event("scan-basic", ("repository/user-management", "repository/another")))
