"""The trail covers all regions, is signed and encrypted, and only it may write to its bucket."""

from __future__ import annotations

import pytest

from config.security import TrailSettings
from modules.bucket import Bucket, BucketConfig
from modules.key import Key
from modules.security.audit_trail import AuditTrail
from tests.template import LABEL, Template, new_stack, statements

TRAIL_ARN = "arn:aws:cloudtrail:us-east-1:444444444444:trail/user-management-test-audit"


def template(*, lock_days: int | None = None) -> Template:
    stack = new_stack()
    logs_config = BucketConfig(noncurrent_version_days=30, protect=False)
    logs = Bucket(stack, "logs", config=logs_config, label=LABEL, name="logs-1", key=None, access_logs=None)
    AuditTrail(
        stack,
        "trail",
        config=TrailSettings(retention_days=400, lock_days=lock_days),
        log_retention_days=90,
        label=LABEL,
        key=Key(stack, "key", label=LABEL, name="audit", description="Audit", protect=True),
        access_logs=logs,
        protect=True,
    )
    return Template.of(stack)


@pytest.fixture(scope="module")
def plain() -> Template:
    return template()


def test_it_covers_all_regions_and_its_files_can_be_verified(plain: Template) -> None:
    trail = plain.named("aws_cloudtrail.trail")
    assert trail["is_multi_region_trail"] is True
    assert trail["include_global_service_events"] is True
    assert trail["enable_log_file_validation"] is True
    assert trail["kms_key_id"] == "${aws_kms_key.key.arn}"


def test_only_this_trail_may_write_to_its_bucket(plain: Template) -> None:
    policy = statements(plain.named("aws_s3_bucket_policy.trail_bucket_policy")["policy"])
    allowed = [s for s in policy if s["Effect"] == "Allow"]
    assert [s["Principal"] for s in allowed] == [{"Service": "cloudtrail.amazonaws.com"}] * 2
    assert all(s["Condition"]["StringEquals"]["aws:SourceArn"] == TRAIL_ARN for s in allowed)
    assert allowed[1]["Resource"].endswith("/AWSLogs/444444444444/*")


def test_the_key_allows_only_this_trail(plain: Template) -> None:
    trail = next(s for s in statements(plain.only("aws_kms_key")["policy"]) if s.get("Sid") == "AllowCloudTrail")
    assert trail["Condition"] == {"StringEquals": {"aws:SourceArn": TRAIL_ARN}}
    assert plain.named("aws_cloudtrail.trail")["name"] == TRAIL_ARN.rpartition("/")[2]


def test_a_role_may_write_to_its_log_group_and_nothing_else(plain: Template) -> None:
    trail = plain.named("aws_cloudtrail.trail")
    assert trail["cloud_watch_logs_group_arn"].endswith(".arn}:*")
    assert plain.only("aws_cloudwatch_log_group")["retention_in_days"] == 90
    (write,) = statements(plain.only("aws_iam_role_policy")["policy"])
    assert write["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]


def test_it_is_created_after_what_cloudtrail_checks(plain: Template) -> None:
    kinds = {address.partition(".")[0] for address in plain.named("aws_cloudtrail.trail")["depends_on"]}
    assert kinds == {"aws_s3_bucket_policy", "aws_iam_role_policy"}


def test_its_files_expire_after_the_retention(plain: Template) -> None:
    (rule,) = plain.named("aws_s3_bucket_lifecycle_configuration.trail_bucket_lifecycle")["rule"]
    assert rule["expiration"] == [{"days": 400}]
    assert plain.all("aws_s3_bucket_object_lock_configuration") == {}


def test_a_lock_applies_to_everybody() -> None:
    locked = template(lock_days=30)
    lock = locked.only("aws_s3_bucket_object_lock_configuration")
    assert lock["rule"]["default_retention"] == {"mode": "COMPLIANCE", "days": 30}
    assert locked.named("aws_s3_bucket.trail_bucket")["object_lock_enabled"] is True
