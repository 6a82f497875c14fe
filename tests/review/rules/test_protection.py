"""Protection that ends is a finding, and it blocks in the plan in which data ends."""

from __future__ import annotations

from typing import Any

import pytest

from review.finding import Level
from review.rules.protection import dropped_protection
from tests.review.plan_json import changes, entry


def found(type_: str, before: dict[str, Any], after: dict[str, Any], **others: Any) -> list[str]:
    return [one.text for one in dropped_protection(changes(entry(f"{type_}.a", "change", before, after, **others)))]


CASES = [
    ("aws_db_instance", {"deletion_protection": True}, {"deletion_protection": False}),
    ("aws_db_instance", {"skip_final_snapshot": False}, {"skip_final_snapshot": True}),
    ("aws_db_instance", {"backup_retention_period": 14}, {"backup_retention_period": 1}),
    ("aws_db_instance", {"delete_automated_backups": False}, {"delete_automated_backups": True}),
    ("aws_dynamodb_table", {"deletion_protection_enabled": True}, {"deletion_protection_enabled": None}),
    (
        "aws_dynamodb_table",
        {"point_in_time_recovery": [{"enabled": True}]},
        {"point_in_time_recovery": [{"enabled": False}]},
    ),
    ("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": True}]}, {"point_in_time_recovery": []}),
    ("aws_lb", {"enable_deletion_protection": True}, {"enable_deletion_protection": False}),
    ("aws_s3_bucket", {"force_destroy": False}, {"force_destroy": True}),
    (
        "aws_s3_bucket_versioning",
        {"versioning_configuration": [{"status": "Enabled"}]},
        {"versioning_configuration": [{"status": "Suspended"}]},
    ),
    (
        "aws_s3_bucket_object_lock_configuration",
        {"rule": [{"default_retention": [{"mode": "COMPLIANCE", "days": 30}]}]},
        {"rule": [{"default_retention": [{"mode": "GOVERNANCE", "days": 30}]}]},
    ),
    (
        "aws_s3_bucket_object_lock_configuration",
        {"rule": [{"default_retention": [{"mode": "COMPLIANCE", "days": 30}]}]},
        {"rule": [{"default_retention": [{"mode": "COMPLIANCE", "days": 3}]}]},
    ),
    ("aws_kms_key", {"deletion_window_in_days": 30}, {"deletion_window_in_days": 7}),
    ("aws_cloudwatch_log_group", {"retention_in_days": 90}, {"retention_in_days": 1}),
    ("aws_cloudwatch_log_group", {"retention_in_days": 0}, {"retention_in_days": 90}),
]


@pytest.mark.parametrize(("type_", "before", "after"), CASES)
def test_less_is_a_finding_and_more_is_none(type_: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    assert len(found(type_, before, after)) == 1
    assert found(type_, after, before) == []
    assert found(type_, before, before) == []


@pytest.mark.parametrize("type_", ["aws_backup_vault_lock_configuration", "aws_s3_bucket_versioning"])
def test_a_guard_that_is_destroyed(type_: str) -> None:
    (text,) = (one.text for one in dropped_protection(changes(entry(f"{type_}.a", "destroy"))))
    assert text == "is destroyed"


def test_what_is_not_known_is_said() -> None:
    (text,) = found("aws_lb", {"enable_deletion_protection": True}, {}, unknown={"enable_deletion_protection": True})
    assert text.endswith("whether it protects is not known before the apply")


def test_together_with_a_loss_it_blocks() -> None:
    weakened = entry("aws_db_instance.a", "change", {"deletion_protection": True}, {"deletion_protection": False})
    (alone,) = dropped_protection(changes(weakened))
    (together,) = dropped_protection(changes(weakened, entry("aws_s3_bucket.b", "destroy")))
    assert (alone.level, together.level) == (Level.APPROVAL, Level.BLOCK)
    assert together.text.endswith("data is destroyed or replaced in the same plan")


def test_a_number_of_any_size_is_compared() -> None:
    large, name = 10**400, "backup_retention_period"
    assert found("aws_db_instance", {name: 7}, {name: large}) == []
    assert len(found("aws_db_instance", {name: large}, {name: 7})) == 1
