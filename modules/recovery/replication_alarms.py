"""Alarms on the replication of a bucket, each in the region where S3 publishes its metric.

How late the copies are is published in the region of the copies, also while the other one is lost; what failed in the
region of the source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.alarm import Alarm, Comparison, MissingData
from modules.bucket_replication import RULE, TARGET_MINUTES
from modules.metric import Metric
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from constructs import Construct

    from modules.label import Label
    from modules.topic import Topics

_PERIOD_SECONDS: Final = 300
_MINUTE_SECONDS: Final = 60


def add_latency_alarm(
    scope: Construct, id_: str, *, label: Label, component: str, source: str, target: str, topics: Topics
) -> Alarm:
    """Add an alarm on copies that arrive later than S3 promises.

    Args:
        scope: The construct of the copies.
        label: Of the region of the copies.
        component: Component of the name of the bucket that is copied.
        source: Its full name.
        target: Full name of the bucket with the copies.
        topics: Those of the region of the copies.
    """
    return Alarm(
        scope,
        id_,
        label=label,
        name=f"{component}-copies-late",
        description=f"Copies of the bucket {source} arrive more than {TARGET_MINUTES} minutes late",
        metric=_metric("ReplicationLatency", "Maximum", label=label, source=source, target=target),
        comparison=Comparison.ABOVE,
        threshold=TARGET_MINUTES * _MINUTE_SECONDS,
        severity=Severity.WARNING,
        missing_data=MissingData.NOT_BREACHING,  # S3 reports nothing while nothing is copied
        runbook=Runbook.FILE_COPIES,
        topics=topics,
    )


def add_failure_alarm(
    scope: Construct, id_: str, *, label: Label, component: str, source: str, target: str, topics: Topics
) -> Alarm:
    """Add an alarm on copies that S3 gave up: it does not try them again.

    Args:
        scope: The construct of the replication.
        label: Of the region of the source.
        component: Component of the name of the bucket that is copied.
        source: Its full name.
        target: Full name of the bucket with the copies.
        topics: Those of the region of the source.
    """
    return Alarm(
        scope,
        id_,
        label=label,
        name=f"{component}-copies-failed",
        description=f"S3 could not copy something of the bucket {source} to the second region",
        metric=_metric("OperationsFailedReplication", "Sum", label=label, source=source, target=target),
        threshold=1,
        severity=Severity.WARNING,
        missing_data=MissingData.NOT_BREACHING,
        runbook=Runbook.FILE_COPIES,
        topics=topics,
    )


def _metric(name: str, statistic: str, *, label: Label, source: str, target: str) -> Metric:
    return Metric(
        namespace="AWS/S3",
        name=name,
        statistic=statistic,
        dimensions={"SourceBucket": source, "DestinationBucket": target, "RuleId": RULE},
        region=label.region,
        period_seconds=_PERIOD_SECONDS,
    )
