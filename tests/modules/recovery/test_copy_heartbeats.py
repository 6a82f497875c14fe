"""The objects whose copies are watched: when they are written, where, and with which rights."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from modules.bucket import Bucket, BucketConfig
from modules.key import Key
from modules.recovery.copy_heartbeats import CopyHeartbeats
from tests.modules.recovery.regions import allowed, of_action
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

ROLE = "heartbeats_function_role_permissions"
VIEWERS = replace(LABEL, region="eu-west-1")


@pytest.fixture(scope="module")
def made() -> Template:
    stack = new_stack()
    buckets = []
    for name, label in (("backups", LABEL), ("assets", VIEWERS)):
        key = Key(stack, f"{name}-key", label=label, name=name, description=name, protect=False)
        bucket = Bucket(
            stack,
            name,
            config=BucketConfig(noncurrent_version_days=30, protect=False),
            label=label,
            name=label.bucket_name(name),
            key=key,
            access_logs=None,
        )
        buckets.append((bucket, key, label.region))
    CopyHeartbeats(
        stack,
        "heartbeats",
        label=LABEL,
        buckets=buckets,
        key=Key(stack, "functions-key", label=LABEL, name="functions", description="Functions", protect=False),
        log_retention_days=30,
        topics=topics_in(stack),
    )
    return Template.of(stack)


def test_it_writes_every_quarter_of_an_hour_into_each_bucket_in_its_region(made: Template) -> None:
    assert made.only("aws_scheduler_schedule")["schedule_expression"] == "rate(15 minutes)"
    variables = made.only("aws_lambda_function")["environment"]["variables"]
    assert json.loads(variables["BUCKETS"]) == {
        "${aws_s3_bucket.backups.bucket}": "us-east-1",
        "${aws_s3_bucket.assets.bucket}": "eu-west-1",
    }


def test_it_may_write_one_object_and_read_none(made: Template) -> None:
    (write,) = of_action(made, ROLE, "s3:PutObject")
    assert write["Resource"] == [f"${{aws_s3_bucket.{name}.arn}}/recovery/heartbeat" for name in ("backups", "assets")]
    assert not [one for one in allowed(made, ROLE) if "s3:Get" in json.dumps(one["Action"])]


def test_it_encrypts_with_the_keys_of_the_buckets_in_their_regions_and_cannot_decrypt(made: Template) -> None:
    used = {one["Resource"]: one for one in of_action(made, ROLE, "kms:GenerateDataKey")}
    for name, region in (("backups", "us-east-1"), ("assets", "eu-west-1")):
        statement = used[f"${{aws_kms_key.{name}-key.arn}}"]
        assert statement["Action"] == "kms:GenerateDataKey"
        assert statement["Condition"] == {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}


def test_a_failure_is_a_warning(made: Template) -> None:
    assert made.only("aws_cloudwatch_metric_alarm")["tags"]["Severity"] == "warning"
