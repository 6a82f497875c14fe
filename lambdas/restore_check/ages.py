"""How long ago the last drill of each database succeeded, from the metrics that this function publishes.

AWS Backup does not keep its jobs for as long as a drill may be old; CloudWatch keeps hours for 15 months:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .jobs import Drill

MINUTES: Final = "RestoreMinutes"
AGE: Final = "DrillAgeDays"
LEFT: Final = "LeftRestores"
DIMENSION: Final = "Store"
REMEMBERED: Final = timedelta(days=59)
"""1,416 hours: one answer has up to 1,440 values.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
"""
_HOUR_SECONDS: Final = 3600
_DAY: Final = timedelta(days=1)


def age_days(cloudwatch: Any, namespace: str, store: str, drills: Iterable[Drill], *, now: datetime) -> float:  # noqa: ANN401 (what boto3 makes has no static type)
    """Days since the last success; before the first one, since this was measured for the first time.

    A success is remembered by the value of its minutes. What AWS Backup says itself counts too, because a new value
    can be read only after some minutes.
    """
    succeeded = [
        drill.completed
        for drill in drills
        if drill.engine == store and drill.validation == "SUCCESSFUL" and drill.completed
    ]
    succeeded += _times(cloudwatch, namespace, MINUTES, store, now=now)
    began = max(succeeded, default=None) or min(_times(cloudwatch, namespace, AGE, store, now=now), default=now)
    return round(max(now - began, timedelta(0)) / _DAY, 2)


def value(metric: str, store: str, number: float) -> dict[str, Any]:
    """A value to publish."""
    return {"MetricName": metric, "Dimensions": [{"Name": DIMENSION, "Value": store}], "Value": number}


def _times(cloudwatch: Any, namespace: str, metric: str, store: str, *, now: datetime) -> list[datetime]:  # noqa: ANN401 (see above)
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": DIMENSION, "Value": store}],
        StartTime=now - REMEMBERED,
        EndTime=now,
        Period=_HOUR_SECONDS,
        Statistics=["SampleCount"],
    )
    return [one["Timestamp"] for one in found["Datapoints"]]
