"""What makes S3 copy the objects of a region's buckets to the second region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from config.buckets import copy_name
from modules.bucket_replication import BucketReplication
from modules.recovery.replication_alarms import add_failure_alarm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.bucket import Bucket
    from modules.label import Label
    from modules.topic import Topics


class CopiedFiles(Construct):
    """A replication of each bucket, with an alarm on what S3 could not copy.

    S3 takes the configuration of a bucket, and publishes the metric of what failed, in the bucket's region only.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        sources: Mapping[str, Bucket],
        copies_label: Label,
        copies_key_alias: str,
        topics: Topics | None,
    ) -> None:
        """Create the replications.

        Args:
            label: Names the roles; of the region of the buckets.
            sources: The buckets, by the component of their names.
            copies_label: Names what is in the second region, which is not read: it may be lost.
            copies_key_alias: The alias of the key that encrypts the copies there.
            topics: Whom the alarms notify; without them there are none.
        """
        super().__init__(scope, id_)
        for component, source in sources.items():
            target = copy_name(copies_label, component)
            BucketReplication(
                self,
                component,
                label=label,
                name=component,
                source=source,
                target_name=target,
                target_region=copies_label.region,
                target_key_alias_arn=copies_label.arn("kms", copies_key_alias),
            )
            if topics:
                add_failure_alarm(
                    self,
                    f"{component}-failed-alarm",
                    label=label,
                    component=component,
                    source=source.full_name,
                    target=target,
                    topics=topics,
                )
