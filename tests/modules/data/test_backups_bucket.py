"""Backups move to S3 Intelligent-Tiering and, if the settings say so, cannot be deleted."""

from __future__ import annotations

from config.backups import BackupsSettings
from modules.bucket import Bucket, BucketConfig
from modules.data.backups_bucket import BackupsBucket
from modules.key import Key
from tests.template import LABEL, Template, new_stack


def template(object_lock_days: int | None = None) -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="backups", description="Backups", protect=True)
    logs = Bucket(
        stack,
        "logs",
        config=BucketConfig(noncurrent_version_days=1, protect=True),
        label=LABEL,
        name="logs-1",
        key=None,
        access_logs=None,
    )
    settings = BackupsSettings(
        noncurrent_version_days=90, intelligent_tiering_after_days=0, object_lock_days=object_lock_days
    )
    BackupsBucket(stack, "backups", config=settings, label=LABEL, key=key, access_logs=logs, protect=True)
    return Template.of(stack)


def test_a_backup_moves_to_intelligent_tiering_immediately() -> None:
    (rule,) = template().named("aws_s3_bucket_lifecycle_configuration.backups_lifecycle")["rule"]
    assert rule["transition"] == [{"days": 0, "storage_class": "INTELLIGENT_TIERING"}]
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]


def test_locked_backups_cannot_be_deleted() -> None:
    found = template(object_lock_days=30)
    assert found.named("aws_s3_bucket.backups")["object_lock_enabled"] is True
    assert found.only("aws_s3_bucket_object_lock_configuration")["rule"] == {
        "default_retention": {"mode": "COMPLIANCE", "days": 30}
    }


def test_without_the_setting_nothing_is_locked() -> None:
    found = template()
    assert "object_lock_enabled" not in found.named("aws_s3_bucket.backups")
    assert found.all("aws_s3_bucket_object_lock_configuration") == {}


def test_its_name_ends_in_the_account_and_it_is_logged() -> None:
    found = template()
    assert found.named("aws_s3_bucket.backups")["bucket"] == "user-management-test-backups-444444444444"
    assert found.only("aws_s3_bucket_logging")["bucket"] == "${aws_s3_bucket.backups.id}"
