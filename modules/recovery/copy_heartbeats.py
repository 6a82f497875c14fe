"""The function that writes an object into each bucket which is replicated, so that its copy can be seen to arrive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from constructs import Construct

from config.copies import MEASURE_MINUTES
from modules.function import Function
from modules.function_schedule import add_schedule
from modules.key import KeyUse
from modules.policy import Statement
from modules.recovery.copy_places import HEARTBEAT
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.bucket import Bucket
    from modules.key import Key
    from modules.label import Label
    from modules.topic import Topics

_FOLDER: Final = "copy_heartbeats"
_TIMEOUT_SECONDS: Final = 60
_RETRIES: Final = 2
_RETRY_SECONDS: Final = 600


class CopyHeartbeats(Construct):
    """A function that writes one small object, always under the same key, into each bucket.

    Not into the buckets of the state and of the audit trail, which no workload may write: CloudTrail writes its own all
    the time, and S3's metrics watch the state, which changes in an apply only.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        buckets: Sequence[tuple[Bucket, Key, str]],
        key: Key,
        log_retention_days: int,
        topics: Topics,
    ) -> None:
        """Create the function and its schedule.

        Args:
            label: Names it.
            buckets: Each with its key and its region.
            key: Encrypts the function's variables, its log and its events.
            log_retention_days: Days that its log is kept.
            topics: Whom its alarm notifies.
        """
        super().__init__(scope, id_)
        self.function = Function(
            self,
            "function",
            label=label,
            folder=_FOLDER,
            description="Writes an object into each bucket that is replicated, to see its copy arrive",
            variables={
                "BUCKETS": json.dumps({bucket.name: region for bucket, _, region in buckets}),
                "OBJECT_KEY": HEARTBEAT,
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=topics,
            severity=Severity.WARNING,  # without it the copies grow old, and that is an alarm in the second region
            runbook=Runbook.COPY_AGE,
        )
        for bucket, bucket_key, _ in buckets:
            self.function.role.add_to_policy(
                Statement(sid="WriteHeartbeats", actions=("s3:PutObject",), resources=(f"{bucket.arn}/{HEARTBEAT}",))
            )
            bucket_key.grant_encrypt(self.function.role, KeyUse.objects())
        add_schedule(
            self,
            label=label,
            name="copy-heartbeats",
            rate=f"rate({MEASURE_MINUTES} minutes)",
            function=self.function,
            event={},
            key=key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=("Writes an object into each replicated bucket", "Calls the function copy-heartbeats"),
        )
