"""What expires in a bucket, and what moves to another storage class."""

from __future__ import annotations

from typing import Any

from modules.bucket import Bucket, BucketConfig
from tests.template import LABEL, Template, new_stack


def rules(config: BucketConfig) -> list[dict[str, Any]]:
    stack = new_stack()
    Bucket(stack, "data", config=config, label=LABEL, name="data-1", key=None, access_logs=None)
    found: list[dict[str, Any]] = Template.of(stack).only("aws_s3_bucket_lifecycle_configuration")["rule"]
    return found


def test_old_versions_and_incomplete_uploads_expire() -> None:
    (rule,) = rules(BucketConfig(noncurrent_version_days=30, protect=False))
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 30}]
    assert rule["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 7}]
    assert "expiration" not in rule
    assert "transition" not in rule


def test_everything_expires_and_moves_if_the_settings_say_so() -> None:
    config = BucketConfig(
        noncurrent_version_days=30, expiration_days=90, intelligent_tiering_after_days=0, protect=False
    )
    (rule,) = rules(config)
    assert rule["expiration"] == [{"days": 90}]
    assert rule["transition"] == [{"days": 0, "storage_class": "INTELLIGENT_TIERING"}]


def test_only_what_is_below_a_prefix_expires() -> None:
    config = BucketConfig(noncurrent_version_days=30, expiration_days=90, expiring_prefixes=("runs/",), protect=False)
    everything, below = rules(config)
    assert "expiration" not in everything
    assert (below["id"], below["filter"], below["expiration"]) == ("expire-runs", [{"prefix": "runs/"}], [{"days": 90}])
