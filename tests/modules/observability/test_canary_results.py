"""The bucket of results: deleted after the days of the settings, and each canary reaches its own prefix."""

from __future__ import annotations

import pytest

from modules.bucket import Bucket, BucketConfig
from modules.key import Key
from modules.observability.canary_results import CanaryResults
from modules.role import Role, ServicePrincipal
from tests.template import LABEL, Template, new_stack, statements


@pytest.fixture(scope="module")
def made() -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="canaries", description="Canaries", protect=False)
    config = BucketConfig(noncurrent_version_days=1, protect=False)
    logs = Bucket(stack, "logs", config=config, label=LABEL, name="logs-1", key=None, access_logs=None)
    results = CanaryResults(stack, "results", label=LABEL, key=key, access_logs=logs, retention_days=40, protect=False)
    role = Role(stack, "site", label=LABEL, service=ServicePrincipal.LAMBDA, description="The canary")
    results.grant_store(role, prefix="site/")
    return Template.of(stack)


def test_results_are_deleted_after_the_days_of_the_settings(made: Template) -> None:
    lifecycle = made.named("aws_s3_bucket_lifecycle_configuration.results_lifecycle")["rule"]
    assert {"days": 40} in [rule.get("expiration", [{}])[0] for rule in lifecycle]
    assert made.named("aws_s3_bucket.results")["bucket"] == "user-management-test-canaries-444444444444"


def test_a_canary_stores_below_its_prefix_and_deletes_nothing(made: Template) -> None:
    found = statements(made.only("aws_iam_role_policy")["policy"])
    assert [(one["Action"], one["Resource"]) for one in found] == [
        ("s3:GetBucketLocation", "${aws_s3_bucket.results.arn}"),
        (["s3:GetObject", "s3:PutObject"], "${aws_s3_bucket.results.arn}/site/*"),
        (["kms:Decrypt", "kms:GenerateDataKey"], "${aws_kms_key.key.arn}"),
    ]
