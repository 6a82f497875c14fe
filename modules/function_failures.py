"""The queue of the calls of a function that failed after all retries, with its metric and its alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

from modules.alarm import Alarm, MissingData
from modules.label import Label, NameLimit
from modules.metric import Metric

if TYPE_CHECKING:
    from constructs import Construct

    from modules.key import Key
    from modules.runbook import Runbook
    from modules.topic import Severity, Topics

# Messages of failed calls are kept for two weeks, the maximum of SQS:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_DEAD_LETTER_SECONDS: Final = 14 * 24 * 3600
_PERIOD_SECONDS: Final = 300


def add_failures_queue(
    scope: Construct,
    *,
    label: Label,
    component: str,
    function_name: str,
    key: Key,
    topics: Topics,
    severity: Severity,
    runbook: Runbook,
) -> SqsQueue:
    """Keep the events of failed calls, and notify.

    Args:
        scope: The function.
        label: Names the queue and the alarm.
        component: The function's, in names.
        function_name: The function's whole name.
        key: Encrypts the queue.
        topics: The topics to notify.
        severity: How soon a person must react.
        runbook: What to do first.
    """
    queue = SqsQueue(
        scope,
        "failed",
        name=label.name(f"{component}-failed", limit=NameLimit.SQS_QUEUE),
        message_retention_seconds=_DEAD_LETTER_SECONDS,
        kms_master_key_id=key.arn,
    )
    Alarm(
        scope,
        "failed-alarm",
        label=label,
        name=f"{component}-failed",
        description=f"A call of the function {function_name} failed after all retries; its event is in the queue",
        metric=failures_metric(queue, region=label.region),
        threshold=1,
        severity=severity,
        missing_data=MissingData.NOT_BREACHING,  # SQS sends no metrics for a queue that is idle for hours
        runbook=runbook,
        topics=topics,
    )
    return queue


def failures_metric(queue: SqsQueue, *, region: str) -> Metric:
    """How many calls have failed after all retries and are in the queue."""
    return Metric(
        namespace="AWS/SQS",
        name="ApproximateNumberOfMessagesVisible",
        statistic="Maximum",
        dimensions={"QueueName": queue.name},
        region=region,
        period_seconds=_PERIOD_SECONDS,
    )
