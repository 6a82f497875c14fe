"""The bucket of copies has all that its source has, and names the log bucket of its region."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.bucket import BucketConfig
from modules.key import Key
from modules.recovery.bucket_copies import BucketCopy
from modules.recovery.copied_buckets import CopiedBucket
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

THERE = replace(LABEL, region="us-west-2")
COPIED = CopiedBucket(
    component="backups",
    source="the-backups",
    target="the-copies",
    config=BucketConfig(noncurrent_version_days=60, object_lock_days=30, protect=True),
)


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=THERE, name="copies", description="Copies", protect=True)
    BucketCopy(stack, "backups-copy", copied=COPIED, label=THERE, key=key, topics=topics_in(stack, label=THERE))
    return Template.of(stack)


def test_it_is_versioned_locked_and_encrypted(template: Template) -> None:
    assert template.only("aws_s3_bucket", bucket="the-copies")["object_lock_enabled"] is True
    assert template.only("aws_s3_bucket_versioning")["versioning_configuration"] == {"status": "Enabled"}
    (rule,) = template.only("aws_s3_bucket_server_side_encryption_configuration")["rule"]
    assert rule["apply_server_side_encryption_by_default"]["kms_master_key_id"] == "${aws_kms_key.key.arn}"


def test_its_access_log_goes_to_a_bucket_of_its_region_that_is_named_only(template: Template) -> None:
    logging = template.only("aws_s3_bucket_logging")
    assert logging["target_bucket"] == "user-management-test-access-logs-us-west-2-444444444444"
    assert logging["target_prefix"] == "s3/the-copies/"


def test_an_alarm_of_its_region_says_that_copies_are_late(template: Template) -> None:
    alarm = template.only("aws_cloudwatch_metric_alarm")
    assert (alarm["namespace"], alarm["metric_name"], alarm["threshold"]) == ("AWS/S3", "ReplicationLatency", 900)
    assert alarm["dimensions"] == {
        "SourceBucket": "the-backups",
        "DestinationBucket": "the-copies",
        "RuleId": "copy",
    }
    (topic,) = alarm["alarm_actions"]
    assert topic.startswith("${aws_sns_topic.topics_warning_")


def test_without_topics_there_is_no_alarm() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=THERE, name="copies", description="Copies", protect=True)
    BucketCopy(stack, "backups-copy", copied=COPIED, label=THERE, key=key, topics=None)
    assert Template.of(stack).all("aws_cloudwatch_metric_alarm") == {}
