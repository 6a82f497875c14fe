"""Samples for the rule that what AWS has once is written once."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import sample

_POLICY: dict[str, Any] = {"bucket": "${aws_s3_bucket.a.id}"}
_GOOD: dict[str, dict[str, Any]] = {
    "aws_s3_bucket_policy.a": _POLICY,
    "aws_s3_bucket.a": {},
    "aws_s3_bucket.b": {},
    "aws_s3_bucket_policy.b": {"bucket": "${aws_s3_bucket.b.id}"},
    "aws_sns_topic_policy.a": {"arn": "${aws_s3_bucket.a.arn}"},
}

SAMPLES = (
    sample(
        "setting-has-one-writer",
        _GOOD,
        {**_GOOD, "aws_s3_bucket_policy.b": {"bucket": "${aws_s3_bucket.a.bucket}"}},
        says="aws_s3_bucket_policy.b writes the same",
    ),
)
