"""S3 operations that moto lacks: moto ignores an unknown query and runs the operation of the path alone.

`PUT /bucket?metrics` would create a bucket, `DELETE /bucket?metrics` would delete it, `GET /bucket?metrics` list it.
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
def report_gap(_: Shape, __: Context) -> None:
    """Store the call from moto."""
    message = "moto would run another operation for it"
    raise UnansweredError(message)
