"""CloudWatch metrics as values: a construct returns the metrics of its resource, an alarm uses them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Statistic = Literal["Average", "Maximum", "Minimum", "SampleCount", "Sum"]
STATISTICS: Final = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
"""Every other statistic is an extended one, like `p95`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

LEAST_ERRORS: Final = 3
"""Failed requests in a minute from which their share counts: one of two at night is not an outage."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One time series."""

    namespace: str
    name: str
    statistic: str
    """One of `STATISTICS`, or a percentile like `p95`."""
    dimensions: Mapping[str, str]
    region: str
    """The region of the metric; an alarm on it must be in the same region."""
    period_seconds: int = 60
    """The length of the period of each value."""

    @property
    def is_extended(self) -> bool:
        """Whether the statistic belongs in the alarm's argument `extended_statistic`."""
        return self.statistic not in STATISTICS


@dataclass(frozen=True, kw_only=True)
class MetricExpression:
    """A time series computed from others: `100 * errors / requests`.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """

    expression: str
    """A formula over the keys of `metrics`."""
    metrics: Mapping[str, Metric]
    """The metrics by their name in the expression: lowercase letters, digits and `_`."""
    label: str
    """What the result means, in a few words."""
    late_value: float | None = None
    """Its value in a minute whose data have not arrived yet: what FILL makes of them; None without FILL."""

    def __post_init__(self) -> None:
        if ("FILL(" in self.expression) != (self.late_value is not None):
            message = f"{self.expression}: an expression with FILL must have a late_value, any other must have none"
            raise ValueError(message)
        if len({metric.region for metric in self.metrics.values()}) != 1:
            regions = ", ".join(sorted({metric.region for metric in self.metrics.values()})) or "no region"
            message = f"an expression must have metrics of exactly one region, not of {regions}"
            raise ValueError(message)

    def over(self, seconds: int) -> MetricExpression:
        """The same with a period of so many seconds."""
        metrics = {id_: replace(metric, period_seconds=seconds) for id_, metric in self.metrics.items()}
        return replace(self, metrics=metrics)

    @property
    def period_seconds(self) -> int:
        """The longest period of its metrics, which is that of its values."""
        return max(metric.period_seconds for metric in self.metrics.values())

    @property
    def region(self) -> str:
        """The region of all its metrics."""
        return next(metric.region for metric in self.metrics.values())
