"""Lifecycle rules of a bucket: what S3 deletes, or moves to another storage class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketLifecycleConfigurationRuleTransition,
)

if TYPE_CHECKING:
    from modules.bucket import BucketConfig

_ABORT_UPLOAD_DAYS: Final = 7


def lifecycle_rules(config: BucketConfig) -> list[S3BucketLifecycleConfigurationRule]:
    """One rule for everything in the bucket, and one for each start of a key that expires alone."""
    return [
        S3BucketLifecycleConfigurationRule(
            id="expire",
            status="Enabled",
            filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
            expiration=_expiration(config.expiration_days) if "" in config.expiring_prefixes else None,
            transition=[
                S3BucketLifecycleConfigurationRuleTransition(
                    days=config.intelligent_tiering_after_days, storage_class="INTELLIGENT_TIERING"
                )
            ]
            if config.intelligent_tiering_after_days is not None
            else None,
            noncurrent_version_expiration=[
                S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                    noncurrent_days=config.noncurrent_version_days
                )
            ],
            abort_incomplete_multipart_upload=[
                S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                    days_after_initiation=_ABORT_UPLOAD_DAYS
                )
            ],
        ),
        *(
            S3BucketLifecycleConfigurationRule(
                id=f"expire-{prefix.strip('/')}",
                status="Enabled",
                filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=prefix)],
                expiration=_expiration(config.expiration_days),
            )
            for prefix in config.expiring_prefixes
            if prefix
        ),
    ]


def _expiration(days: int | None) -> list[S3BucketLifecycleConfigurationRuleExpiration] | None:
    return [S3BucketLifecycleConfigurationRuleExpiration(days=days)] if days else None
