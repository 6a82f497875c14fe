"""What S3 has and moto lacks: moto overlooks a query it does not know, and does what the path alone would ask for.

`PUT /bucket?metrics` would make a bucket, `DELETE /bucket?metrics` would delete it, `GET /bucket?metrics` list it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.errors import UnansweredError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from emulator.store import Shape


@guard(
    "s3",
    "CreateBucketMetadataConfiguration",
    "CreateBucketMetadataTableConfiguration",
    "CreateSession",
    "DeleteBucketAnalyticsConfiguration",
    "DeleteBucketMetadataConfiguration",
    "DeleteBucketMetadataTableConfiguration",
    "DeleteBucketMetricsConfiguration",
    "DeleteObjectAnnotation",
    "GetBucketAbac",
    "GetBucketAnalyticsConfiguration",
    "GetBucketMetadataConfiguration",
    "GetBucketMetadataTableConfiguration",
    "GetBucketMetricsConfiguration",
    "GetObjectAnnotation",
    "GetObjectRetention",
    "GetObjectTorrent",
    "ListBucketAnalyticsConfigurations",
    "ListBucketMetricsConfigurations",
    "ListObjectAnnotations",
    "PutBucketAbac",
    "PutBucketAnalyticsConfiguration",
    "PutBucketMetricsConfiguration",
    "PutObjectAnnotation",
    "RenameObject",
    "UpdateBucketMetadataAnnotationTableConfiguration",
    "UpdateBucketMetadataInventoryTableConfiguration",
    "UpdateBucketMetadataJournalTableConfiguration",
    "UpdateObjectEncryption",
)
def say_that_it_is_missing(_: Shape, __: Context) -> None:
    """Keep the call from moto."""
    message = "moto would take it for another operation"
    raise UnansweredError(message)
