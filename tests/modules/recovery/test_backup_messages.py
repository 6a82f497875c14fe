"""Backups, copies and restores that fail, and calls that end backups early, become one message each.

The samples: https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from modules.recovery.backup_messages import backup_messages, copy_change_messages
from modules.topic import Severity
from tests.aws_events import event, matches, text
from tests.template import LABEL

COPIED = replace(LABEL, recovery_region="us-west-2")
THERE = replace(COPIED, region="us-west-2")
MESSAGES = {message.id: message for message in backup_messages(LABEL, has_trail=True)}
FAILED = "failed-backups"


@pytest.mark.parametrize(
    ("name", "message", "severity"),
    [
        ("backup-failed", FAILED, Severity.CRITICAL),
        ("copy-failed", "failed-copies", Severity.CRITICAL),
        ("restore-failed", "failed-restores", Severity.CRITICAL),
        ("recovery-point-deleted", "backup-changes", Severity.WARNING),
    ],
)
def test_each_event_becomes_one_message(name: str, message: str, severity: Severity) -> None:
    assert [id_ for id_, one in MESSAGES.items() if matches(one.pattern, event(name))] == [message]
    assert MESSAGES[message].severity is severity
    assert MESSAGES[message].problem(LABEL) is None


@pytest.mark.parametrize("state", ["ABORTED", "EXPIRED", "PARTIAL"])
def test_a_job_that_was_stopped_or_never_started_has_failed_too(state: str) -> None:
    assert matches(MESSAGES[FAILED].pattern, event("backup-failed", ('"FAILED"', f'"{state}"')))


def test_a_backup_that_succeeds_becomes_none() -> None:
    assert not any(matches(one.pattern, event("backup-completed")) for one in MESSAGES.values())


def test_a_job_of_another_environment_becomes_none() -> None:
    other = event("backup-failed", ("user-management-test-postgres", "user-management-prod-postgres"))
    assert not any(matches(one.pattern, other) for one in MESSAGES.values())


def test_a_call_of_aws_backup_itself_or_for_another_vault_becomes_none() -> None:
    changes = MESSAGES["backup-changes"].pattern
    assert not matches(changes, event("recovery-point-deleted", ("AssumedRole", "AWSService")))
    assert not matches(changes, event("recovery-point-deleted", ("user-management-test-recovery", "theirs")))


def test_in_the_second_region_the_databases_are_those_of_the_first() -> None:
    copies = {message.id: message for message in backup_messages(THERE, has_trail=True)}
    assert matches(copies["failed-copies"].pattern, event("copy-failed"))


def test_a_message_says_which_database_and_which_job() -> None:
    assert text(MESSAGES[FAILED], LABEL, event("backup-failed")) == [
        "CRITICAL in user-management-test: a backup has ended without success (FAILED)",
        "Where: arn:aws:rds:us-east-1:444444444444:db:user-management-test-postgres",
        "When: 2026-11-26T09:00:00Z",
        "Job: 34176239-e96d-4e1d-9fad-529dbb3c3556",
        "What to do: docs/runbooks.md#failed-backups",
    ]
    assert text(MESSAGES["backup-changes"], LABEL, event("recovery-point-deleted"))[0] == (
        "WARNING in user-management-test: the call DeleteRecoveryPoint ends backups or copies early, or allows it"
    )


def call(name: str, source: str, **parameters: str) -> dict[str, Any]:
    """The event of a call that CloudTrail has."""
    sample = event("recovery-point-deleted", ("DeleteRecoveryPoint", name))
    detail = {**sample["detail"], "requestParameters": parameters}
    return {**sample, "source": source, "detail": detail}


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("UpdateBackupPlan", "aws.backup", "plan-changes"),
        ("DeleteBackupPlan", "aws.backup", "plan-changes"),
        ("DeleteBackupSelection", "aws.backup", "plan-changes"),
        ("UpdateRegionSettings", "aws.backup", "plan-changes"),
        ("PutReplicationConfiguration", "aws.ecr", "image-copy-changes"),
        ("CreateBackupPlan", "aws.backup", None),
    ],
)
def test_a_call_that_stops_backups_or_copies_becomes_one_message(name: str, source: str, message: str | None) -> None:
    found = [*backup_messages(COPIED, has_trail=True), *copy_change_messages(COPIED, has_trail=True)]
    assert [one.id for one in found if matches(one.pattern, call(name, source))] == ([message] if message else [])


@pytest.mark.parametrize("name", ["PutBucketReplication", "DeleteBucketReplication"])
def test_a_change_of_the_replication_of_a_bucket_becomes_a_message_that_names_it(name: str) -> None:
    changes = {one.id: one for one in copy_change_messages(COPIED, has_trail=True)}["file-copy-changes"]
    for component in ("assets", "audit", "backups", "state"):
        bucket = COPIED.bucket_name(component)
        sample = call(name, "aws.s3", bucketName=bucket)
        assert matches(changes.pattern, sample)
        assert text(changes, COPIED, sample)[1] == f"Where: {bucket}"
    assert not matches(changes.pattern, call(name, "aws.s3", bucketName=COPIED.bucket_name("releases")))
    assert changes.problem(COPIED) is None


@pytest.mark.parametrize("name", ["StopDBInstanceAutomatedBackupsReplication", "DeleteDBInstanceAutomatedBackup"])
def test_in_the_second_region_the_end_of_replicated_backups_becomes_a_message(name: str) -> None:
    found = [one.id for one in backup_messages(THERE, has_trail=True) if matches(one.pattern, call(name, "aws.rds"))]
    assert found == ["replicated-backup-changes"]


def test_without_a_trail_there_is_no_message_on_calls() -> None:
    ids = [one.id for one in backup_messages(COPIED, has_trail=False)]
    assert ids == ["failed-backups", "failed-copies", "failed-restores"]
    assert copy_change_messages(COPIED, has_trail=False) == ()
    assert copy_change_messages(LABEL, has_trail=True) == ()
