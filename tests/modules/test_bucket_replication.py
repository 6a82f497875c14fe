"""Replication of a bucket: everything is copied in minutes, by a role that can do nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.bucket import Bucket, BucketConfig
from modules.bucket_replication import BucketReplication
from modules.key import Key
from tests.template import LABEL, Template, new_stack, statements

TARGET = "user-management-test-backups-us-west-2-444444444444"
ALIAS = "alias/user-management-test-copies"


def replicated(*, lock_days: int | None = None, key_arn: str | None = None) -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="data", description="Data", protect=True)
    logs = Bucket(
        stack,
        "logs",
        config=BucketConfig(noncurrent_version_days=30, protect=True),
        label=LABEL,
        name="logs",
        key=None,
        access_logs=None,
    )
    bucket = Bucket(
        stack,
        "backups",
        config=BucketConfig(noncurrent_version_days=30, object_lock_days=lock_days, protect=True),
        label=LABEL,
        name=LABEL.bucket_name("backups"),
        key=key,
        access_logs=logs,
    )
    BucketReplication(
        stack,
        "replication",
        label=LABEL,
        name="backups",
        source=bucket,
        target_name=TARGET,
        target_region="us-west-2",
        target_key_alias_arn=LABEL.arn("kms", ALIAS, region="us-west-2"),
        target_key_arn=key_arn,
        after=[bucket.versioning],
    )
    return Template.of(stack)


def granting(template: Template, action: str) -> dict[str, Any]:
    """The one statement of the role's policy that has the action, alone or among others."""
    granted = statements(template.only("aws_iam_role_policy")["policy"])
    (found,) = [one for one in granted if one["Action"] == action or action in one["Action"]]
    return found


def test_everything_is_copied_with_delete_markers_and_within_a_promised_time() -> None:
    (rule,) = replicated().only("aws_s3_bucket_replication_configuration")["rule"]
    assert rule["filter"] == {"prefix": ""}
    assert rule["delete_marker_replication"] == {"status": "Enabled"}
    assert rule["source_selection_criteria"] == {"sse_kms_encrypted_objects": {"status": "Enabled"}}
    target = rule["destination"]
    assert target["bucket"] == f"arn:aws:s3:::{TARGET}"
    assert target["encryption_configuration"] == {"replica_kms_key_id": f"arn:aws:kms:us-west-2:444444444444:{ALIAS}"}
    assert target["replication_time"] == {"status": "Enabled", "time": {"minutes": 15}}
    assert target["metrics"] == {"status": "Enabled", "event_threshold": {"minutes": 15}}


def test_the_role_writes_into_the_target_only_and_with_its_key_only() -> None:
    template = replicated()
    assert granting(template, "s3:ReplicateObject")["Resource"] == f"arn:aws:s3:::{TARGET}/*"
    encrypt = granting(template, "kms:Encrypt")
    assert encrypt["Resource"] == "arn:aws:kms:us-west-2:444444444444:key/*"
    assert encrypt["Condition"]["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": ALIAS}
    assert encrypt["Condition"]["StringEquals"] == {"kms:ViaService": "s3.us-west-2.amazonaws.com"}
    assert encrypt["Condition"]["StringLike"] == {
        "kms:EncryptionContext:aws:s3:arn": [f"arn:aws:s3:::{TARGET}", f"arn:aws:s3:::{TARGET}/*"]
    }


def test_the_role_reads_versions_and_decrypts_those_of_its_source_only() -> None:
    template = replicated()
    bucket = "${aws_s3_bucket.backups.arn}"
    assert granting(template, "s3:GetReplicationConfiguration")["Resource"] == bucket
    assert granting(template, "s3:GetObjectVersionForReplication")["Resource"] == f"{bucket}/*"
    granted = statements(template.only("aws_iam_role_policy")["policy"])
    (decrypt,) = [one for one in granted if one["Action"] == "kms:Decrypt"]
    assert decrypt["Resource"] == "${aws_kms_key.key.arn}"
    assert decrypt["Condition"]["StringLike"] == {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]}


@pytest.mark.parametrize("lock_days", [None, 30])
def test_the_lock_of_a_version_is_read_where_there_is_one(lock_days: int | None) -> None:
    versions = granting(replicated(lock_days=lock_days), "s3:GetObjectVersionTagging")
    assert ("s3:GetObjectRetention" in versions["Action"]) is bool(lock_days)
    assert ("s3:GetObjectLegalHold" in versions["Action"]) is bool(lock_days)


def test_s3_gets_the_role_with_its_policy_and_after_the_versioning() -> None:
    template = replicated()
    configuration = template.only("aws_s3_bucket_replication_configuration")
    kinds = {reference.partition(".")[0] for reference in configuration["depends_on"]}
    assert kinds == {"aws_iam_role_policy", "aws_s3_bucket_versioning"}
    trust = json.loads(template.only("aws_iam_role")["assume_role_policy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "s3.amazonaws.com"}


def test_a_key_that_the_stack_has_is_named_by_its_arn_without_its_alias() -> None:
    arn = "arn:aws:kms:us-west-2:444444444444:key/copies"
    encrypt = granting(replicated(key_arn=arn), "kms:Encrypt")
    assert encrypt["Resource"] == arn
    assert "ForAnyValue:StringEquals" not in encrypt["Condition"]
    assert encrypt["Condition"]["StringEquals"] == {"kms:ViaService": "s3.us-west-2.amazonaws.com"}
