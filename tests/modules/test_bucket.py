"""A bucket is private, encrypted, versioned and logged by default."""

from __future__ import annotations

import pytest

from modules.bucket import Bucket, BucketConfig
from modules.key import Key
from modules.role import Role, ServicePrincipal
from tests.template import LABEL, Template, new_stack, statements


def two_buckets(*, protect: bool = False) -> tuple[Bucket, Template]:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="data", description="Data", protect=protect)
    config = BucketConfig(noncurrent_version_days=30, protect=protect)
    logs = Bucket(stack, "logs", config=config, label=LABEL, name="logs-1", key=None, access_logs=None)
    data = Bucket(stack, "data", config=config, label=LABEL, name="data-1", key=key, access_logs=logs)
    role = Role(stack, "reader", label=LABEL, service=ServicePrincipal.ECS_TASKS, description="Reads")
    data.grant_read(role, prefix="in/")
    return data, Template.of(stack)


def test_it_is_not_public() -> None:
    _, template = two_buckets()
    block = template.named("aws_s3_bucket_public_access_block.data_public-access-block")
    settings = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(block[setting] is True for setting in settings)


def test_it_requires_tls_12_or_newer() -> None:
    _, template = two_buckets()
    refused = statements(template.named("aws_s3_bucket_policy.data_policy")["policy"])
    assert [(s["Effect"], s["Principal"]) for s in refused] == [("Deny", "*"), ("Deny", "*")]
    assert refused[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert refused[1]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}


def test_it_is_encrypted_with_the_key_that_was_given() -> None:
    _, template = two_buckets()
    (rule,) = template.named("aws_s3_bucket_server_side_encryption_configuration.data_encryption")["rule"]
    assert rule["apply_server_side_encryption_by_default"] == {
        "sse_algorithm": "aws:kms",
        "kms_master_key_id": "${aws_kms_key.key.arn}",
    }
    assert rule["bucket_key_enabled"] is True


def test_its_access_log_goes_to_a_bucket_that_already_allows_s3_to_write() -> None:
    _, template = two_buckets()
    logging = template.only("aws_s3_bucket_logging")
    assert logging["target_prefix"] == "s3/data-1/"
    assert [name.rpartition("_")[0] for name in logging["depends_on"]] == ["aws_s3_bucket_policy.logs_policy"]
    delivery = statements(template.named("aws_s3_bucket_policy.logs_policy")["policy"])[-1]
    assert delivery["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert delivery["Condition"]["StringEquals"] == {"aws:SourceAccount": LABEL.account_id}


@pytest.mark.parametrize("protect", [True, False])
def test_a_protected_bucket_can_be_neither_destroyed_nor_emptied(*, protect: bool) -> None:
    _, template = two_buckets(protect=protect)
    bucket = template.named("aws_s3_bucket.data")
    assert bucket["force_destroy"] is not protect
    assert bucket.get("lifecycle", {}).get("prevent_destroy", False) is protect


def test_grant_read_covers_the_prefix_and_the_key() -> None:
    _, template = two_buckets()
    granted = statements(template.only("aws_iam_role_policy")["policy"])
    assert [s["Action"] for s in granted] == [
        ["s3:ListBucket", "s3:GetBucketLocation"],
        ["s3:GetObject", "s3:GetObjectVersion"],
        "kms:Decrypt",
    ]
    assert granted[2]["Condition"] == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    assert granted[1]["Resource"] == "${aws_s3_bucket.data.arn}/in/*"


def test_grant_write_gives_no_right_to_read_or_to_delete() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="data", description="Data", protect=False)
    config = BucketConfig(noncurrent_version_days=1, protect=False)
    bucket = Bucket(stack, "data", config=config, label=LABEL, name="data-1", key=key, access_logs=None)
    role = Role(stack, "role", label=LABEL, name="r", service=ServicePrincipal.LAMBDA, description="R")
    bucket.grant_write(role, prefix="in/")
    granted = statements(Template.of(stack).only("aws_iam_role_policy")["policy"])
    assert [s["Action"] for s in granted] == [
        ["s3:PutObject", "s3:AbortMultipartUpload"],
        ["kms:Decrypt", "kms:GenerateDataKey"],
    ]
    assert granted[0]["Resource"] == "${aws_s3_bucket.data.arn}/in/*"
    assert granted[1]["Condition"] == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
