"""Each bucket of a region gets a replication to a bucket that is named only, and an alarm where S3 counts failures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.bucket import Bucket, BucketConfig
from modules.key import Key
from modules.recovery.copied_files import CopiedFiles
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

THERE = replace(LABEL, region="us-west-2")
COPIES = "user-management-test-backups-copy-us-west-2-444444444444"


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    bucket = Bucket(
        stack,
        "backups",
        config=BucketConfig(noncurrent_version_days=60, protect=True),
        label=LABEL,
        name=LABEL.bucket_name("backups"),
        key=Key(stack, "key", label=LABEL, name="backups", description="Backups", protect=True),
        access_logs="logs",
    )
    CopiedFiles(
        stack,
        "files",
        label=LABEL,
        sources={"backups": bucket},
        copies_label=THERE,
        copies_key_alias="alias/copies",
        topics=topics_in(stack),
    )
    return Template.of(stack)


def test_everything_is_copied_to_the_bucket_of_that_name(template: Template) -> None:
    replication = template.only("aws_s3_bucket_replication_configuration", bucket="${aws_s3_bucket.backups.id}")
    (rule,) = replication["rule"]
    assert rule["destination"]["bucket"] == f"arn:aws:s3:::{COPIES}"
    key = rule["destination"]["encryption_configuration"]["replica_kms_key_id"]
    assert key == "arn:aws:kms:us-west-2:444444444444:alias/copies"
    assert rule["delete_marker_replication"] == {"status": "Enabled"}


def test_the_role_writes_there_only(template: Template) -> None:
    granted = statements(template.only("aws_iam_role_policy")["policy"])
    writing = [one for one in granted if "s3:ReplicateObject" in one["Action"]]
    assert [one["Resource"] for one in writing] == [f"arn:aws:s3:::{COPIES}/*"]


def test_an_alarm_says_what_could_not_be_copied(template: Template) -> None:
    alarm = template.only("aws_cloudwatch_metric_alarm")
    assert (alarm["metric_name"], alarm["statistic"], alarm["threshold"]) == ("OperationsFailedReplication", "Sum", 1)
    assert alarm["dimensions"] == {
        "SourceBucket": "user-management-test-backups-444444444444",
        "DestinationBucket": COPIES,
        "RuleId": "copy",
    }
    assert alarm["treat_missing_data"] == "notBreaching"
