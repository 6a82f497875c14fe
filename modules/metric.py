"""CloudWatch metrics as values: who owns a resource says how it is measured, who watches it sets the alarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Statistic = Literal["Average", "Maximum", "Minimum", "SampleCount", "Sum"]
STATISTICS: Final = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
"""Every other statistic is an extended one, like `p95`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One series of numbers."""

    namespace: str
    name: str
    statistic: str
    """One of `STATISTICS`, or a percentile like `p95`."""
    dimensions: Mapping[str, str]
    region: str
    """Where CloudWatch has it; an alarm must be there too."""
    period_seconds: int = 60
    """Over which each number of the series is taken."""

    @property
    def is_extended(self) -> bool:
        """Whether CloudWatch takes the statistic by its other argument."""
        return self.statistic not in STATISTICS


@dataclass(frozen=True, kw_only=True)
class MetricExpression:
    """A series that CloudWatch computes from others: `100 * errors / requests`.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """

    expression: str
    """In terms of the keys of `metrics`."""
    metrics: Mapping[str, Metric]
    """By the name that the expression has for each: lowercase letters, digits and `_`."""
    label: str
    """What it means, in a few words."""

    def __post_init__(self) -> None:
        if len({metric.region for metric in self.metrics.values()}) != 1:
            regions = ", ".join(sorted({metric.region for metric in self.metrics.values()})) or "no region"
            message = f"an expression needs metrics of exactly one region, and these are of {regions}"
            raise ValueError(message)

    @property
    def region(self) -> str:
        """Where CloudWatch has all of its metrics."""
        return next(metric.region for metric in self.metrics.values())
