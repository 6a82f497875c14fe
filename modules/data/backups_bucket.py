"""The bucket for exports and dumps that must outlive the databases' own backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.buckets import BACKUPS
from modules.bucket import Bucket, BucketConfig

if TYPE_CHECKING:
    from constructs import Construct

    from config.backups import BackupsSettings
    from modules.key import Key
    from modules.label import Label


def backups_config(config: BackupsSettings, *, protect: bool) -> BucketConfig:
    """What holds for the bucket, and for its copy in a second region."""
    return BucketConfig(
        noncurrent_version_days=config.noncurrent_version_days,
        intelligent_tiering_after_days=config.intelligent_tiering_after_days,
        object_lock_days=config.object_lock_days,
        protect=protect,
    )


class BackupsBucket(Bucket):
    """A bucket with S3 Intelligent-Tiering and, if the settings say so, Object Lock."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: BackupsSettings,
        label: Label,
        key: Key,
        access_logs: Bucket | str,
        protect: bool,
    ) -> None:
        super().__init__(
            scope,
            id_,
            config=backups_config(config, protect=protect),
            label=label,
            name=label.bucket_name(BACKUPS),
            key=key,
            access_logs=access_logs,
        )
