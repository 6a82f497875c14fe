"""The log of requests: a delivery into a bucket whose policy lets exactly this delivery write."""

from __future__ import annotations

from modules.edge.access_logs import AccessLogs
from modules.key import Key
from tests.modules.edge.parts import Parts
from tests.template import LABEL, Template, statements

ARN = "arn:aws:cloudfront::444444444444:distribution/E1"
SOURCE = "arn:aws:logs:us-east-1:444444444444:delivery-source:user-management-test-cloudfront"
OWN = {
    "StringEquals": {"aws:SourceAccount": "444444444444"},
    "ArnLike": {"aws:SourceArn": SOURCE},
}


def template() -> Template:
    parts = Parts.make()
    AccessLogs(
        parts.stack,
        "access-logs",
        label=LABEL,
        key=Key(parts.stack, "logs-key", label=LABEL, name="logs", description="Logs", protect=True),
        access_logs=parts.access_logs,
        distribution_arn=ARN,
        retention_days=90,
        protect=True,
    )
    return parts.template()


def test_the_distribution_is_delivered_to_a_folder_of_the_bucket() -> None:
    found = template()
    source = found.only("aws_cloudwatch_log_delivery_source")
    assert (source["resource_arn"], source["log_type"]) == (ARN, "ACCESS_LOGS")
    assert SOURCE.endswith(f":{source['name']}")
    (target,) = found.only("aws_cloudwatch_log_delivery_destination")["delivery_destination_configuration"]
    assert target["destination_resource_arn"].startswith("${aws_s3_bucket.access-logs_bucket_")
    assert target["destination_resource_arn"].endswith(".arn}/access")
    delivery = found.only("aws_cloudwatch_log_delivery")
    assert delivery["delivery_source_name"].startswith("${aws_cloudwatch_log_delivery_source.")
    assert delivery["s3_delivery_configuration"][0]["suffix_path"] == "{yyyy}/{MM}/{dd}/{HH}"


def test_the_bucket_policy_lets_only_this_source_write() -> None:
    found = statements(template().named("aws_s3_bucket_policy.access-logs_bucket_policy")["policy"])
    (write,) = (one for one in found if one.get("Action") == "s3:PutObject")
    assert write["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert write["Resource"].endswith(".arn}/access/*")
    assert write["Condition"] == {
        "StringEquals": {**OWN["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"},
        "ArnLike": OWN["ArnLike"],
    }


def test_the_key_lets_only_this_source_encrypt() -> None:
    (one,) = (
        one
        for one in statements(template().named("aws_kms_key.logs-key")["policy"])
        if one["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    )
    assert "kms:GenerateDataKey*" in one["Action"]
    assert one["Condition"] == OWN


def test_the_delivery_waits_for_both_policies() -> None:
    waits = template().only("aws_cloudwatch_log_delivery")["depends_on"]
    assert {address.partition(".")[0] for address in waits} == {"aws_s3_bucket_policy", "aws_kms_key"}


def test_a_log_is_deleted_after_its_days() -> None:
    (rule,) = template().named("aws_s3_bucket_lifecycle_configuration.access-logs_bucket_lifecycle")["rule"]
    assert rule["expiration"] == [{"days": 90}]
