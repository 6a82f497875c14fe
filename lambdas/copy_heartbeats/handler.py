"""Write the time into each bucket that is replicated: the age of its newest copy then says whether replication works.

Without it, a bucket in which nothing changes for a day looks the same as one whose replication has stopped.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

_AWS: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5})


class HeartbeatError(Exception):
    """Some buckets could not be written; the message says which, and why."""


def handler(
    event: Mapping[str, Any],  # noqa: ARG001 (Lambda passes it)
    context: object,  # noqa: ARG001 (Lambda passes it)
    *,
    client: Callable[[str], Any] | None = None,
) -> dict[str, Any]:
    """Write the object into each bucket, through the bucket's own region.

    Raises:
        HeartbeatError: It is not in all of them.
    """
    made = client or (lambda region: boto3.client("s3", region_name=region, config=_AWS))
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    buckets: dict[str, str] = json.loads(os.environ["BUCKETS"])
    problems = []
    for bucket, region in buckets.items():
        try:
            # A bucket with Object Lock takes no object without a checksum:
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
            made(region).put_object(
                Bucket=bucket,
                Key=os.environ["OBJECT_KEY"],
                Body=now.encode(),
                ContentType="text/plain",
                ChecksumAlgorithm="SHA256",
            )
        except ClientError as error:
            problems.append(f"{bucket}: {error.response['Error']['Code']}")
        except BotoCoreError as error:
            problems.append(f"{bucket}: {type(error).__name__}")
    if problems:
        raise HeartbeatError("; ".join(problems)) from None
    result = {"time": now, "buckets": len(buckets)}
    LOGGER.info("%s", result)
    return result
