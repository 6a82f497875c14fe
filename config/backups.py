"""Settings of the bucket for backups."""

from typing import Final

from pydantic import Field

from config.aws import MAX_LIFECYCLE_DAYS
from config.model import Model

_MAX_LOCK_DAYS: Final = 36_500
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html (100 years)"""


class BackupsSettings(Model):
    """The bucket for exports and dumps that outlive the databases' own backups."""

    noncurrent_version_days: int = Field(ge=1, le=MAX_LIFECYCLE_DAYS)
    """Days that an overwritten or deleted backup can be restored; 0.023 USD a month for each GB of them."""

    intelligent_tiering_after_days: int = Field(ge=0, le=MAX_LIFECYCLE_DAYS)
    """Days after which S3 moves a backup to S3 Intelligent-Tiering.

    A GB that is not read for a month then costs 0.0125 USD a month, not 0.023 USD; 1000 objects cost 0.0025 USD.
    """

    object_lock_days: int | None = Field(default=None, ge=1, le=_MAX_LOCK_DAYS)
    """Days during which a backup cannot be deleted or overwritten; it can only be set when the bucket is created."""
