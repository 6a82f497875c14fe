"""The metric that says which region serves, and the alarm by whose name Route 53's checks in both regions find it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from modules.alarm import Comparison, MissingData
from modules.label import Label, NameLimit
from modules.metric import Metric

if TYPE_CHECKING:
    from typing import Any

METRIC: Final = "ServingRegion"
NAME: Final = "serving-region"
"""Component of the names of the function and the alarm."""
SECOND: Final = 1
"""Its value while the second region serves; it is 0 while the environment's own does."""
COMPARISON: Final = Comparison.AT_LEAST
MISSING_DATA: Final = MissingData.MISSING
"""Without values the alarm has insufficient data, for which a health check has a setting of its own."""


def serving_namespace(label: Label) -> str:
    """Namespace of the metric: its own, so that the right to publish anything else does not switch the traffic."""
    return f"{label.prefix}/traffic"


def serving_region_metric(label: Label, *, region: str, period_seconds: int = 60) -> Metric:
    """Which region serves; in a minute with both values it is the second one.

    Args:
        label: Of the environment, in whatever region.
        region: The second region.
        period_seconds: The length of the period of each value.
    """
    return Metric(
        namespace=serving_namespace(label),
        name=METRIC,
        statistic="Maximum",
        dimensions={},
        region=region,
        period_seconds=period_seconds,
    )


def serving_alarm_name(label: Label) -> str:
    """Name of the alarm in the second region."""
    return label.name(NAME, limit=NameLimit.ALARM)


def serving_alarm_digest(label: Label, *, region: str) -> str:
    """A text that changes with what Route 53 reads of the alarm: it does so once, when a check is made or updated.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-updating-cloudwatch-alarm-settings.html
    """
    metric = serving_region_metric(label, region=region)
    read: dict[str, Any] = {
        "namespace": metric.namespace,
        "name": metric.name,
        "statistic": metric.statistic,
        "period": metric.period_seconds,
        "threshold": SECOND,
        "comparison": COMPARISON.value,
        "missing": MISSING_DATA.value,
    }
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:16]
