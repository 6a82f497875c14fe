"""Buckets of the second region that receive the objects of the environment's buckets.

S3 copies no settings of a bucket, and nothing that a lifecycle does: a copy has the settings of its source.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.bucket import Bucket
from modules.recovery.replication_alarms import add_latency_alarm
from modules.state_store import ACCESS_LOGS

if TYPE_CHECKING:
    from constructs import Construct

    from modules.key import Key
    from modules.label import Label
    from modules.recovery.copied_buckets import CopiedBucket
    from modules.topic import Topics


class BucketCopy(Bucket):
    """The copy of one bucket: versioned, encrypted and logged as every bucket, and locked if its source is.

    A reader of it needs rights of its own: nothing that reads the source reads it.
    """

    def __init__(
        self, scope: Construct, id_: str, *, copied: CopiedBucket, label: Label, key: Key, topics: Topics | None
    ) -> None:
        """Create the bucket, with an alarm on copies that are late.

        Args:
            copied: The bucket that is copied.
            label: Names it, in the second region.
            key: Encrypts the copies.
            topics: Whom the alarm notifies; without them there is none.
        """
        super().__init__(
            scope,
            id_,
            config=copied.config,
            label=label,
            name=copied.target,
            key=key,
            # By its name: the layer `state` keeps its state in the environment's own region.
            access_logs=label.bucket_name(ACCESS_LOGS),
        )
        if topics:
            add_latency_alarm(
                self,
                "late-alarm",
                label=label,
                component=copied.component,
                source=copied.source,
                target=copied.target,
                topics=topics,
            )
