"""What an objective counts: which requests there were, and which of them were bad.

Both are sums, and a sum can be computed over any window: the alarms and the budget on the dashboard use the same two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from modules.metric import Metric, MetricExpression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.service.load_balancer import LoadBalancer
    from modules.service.target_groups import TargetGroups

_MS_PER_SECOND: Final = 1000
_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """Sums of requests, as expressions over metrics."""

    bad: str
    """The bad ones; a metric that is absent counts as 0."""
    total: str
    """All of them."""
    metrics: Mapping[str, Metric]
    """The metrics by their name in both expressions."""
    label: str
    """What a bad request is, in a few words."""

    def bad_percent(self, *, seconds: int, least_requests: int = 1) -> MetricExpression:
        """The share of bad requests over a window; 0 if it had fewer requests."""
        return MetricExpression(
            expression=f"IF({self.total} >= {least_requests}, 100 * ({self.bad}) / {self.total}, 0)",
            metrics=self.metrics,
            label=f"{self.label} in percent",
            late_value=0,
        ).over(seconds)

    def budget_left_percent(self, objective_percent: float) -> MetricExpression:
        """How much of the error budget is left, over the time that the widget shows; less than 0 if it is used up."""
        budget = round((100 - objective_percent) / 100, 8)
        return MetricExpression(
            # The sum of one series is a single number, of which TIME_SERIES makes a series again:
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
            expression=f"TIME_SERIES(100 - 100 * SUM({self.bad}) / SUM({self.total}) / {budget})",
            metrics=self.metrics,
            label="error budget left in percent",
            late_value=100,
        ).over(_DAY_SECONDS)


def availability_of(load_balancer: LoadBalancer) -> Indicator:
    """Requests that got 5xx, from a task or from the load balancer itself, of all requests to the load balancer.

    Of the whole load balancer, not of each service: its own answers have no target group, so each service would count
    all of them, and one cause would use up every budget. Its sums span both target groups of each service.

    A request for which it found no target is in its own errors but not in RequestCount; one that a target broke off is
    in both. So there were at least as many requests as the larger of the two:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    bad = "FILL(own, 0) + FILL(target, 0)"
    return Indicator(
        bad=bad,
        total=f"MAX([FILL(requests, 0), {bad}])",
        metrics={
            "own": load_balancer.own_error_count,
            "target": load_balancer.target_error_count,
            "requests": load_balancer.request_count,
        },
        label="5xx answers",
    )


def latency_of(target: TargetGroups, *, most_ms: int) -> Indicator:
    """Requests that a service answered later than `most_ms`, of all that it answered, over all its target groups.

    Counted, not a percentile: the percentiles of two target groups, or of two hours, cannot be added. TC is the number
    of values in a range: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    """
    slow, answered = {}, {}
    for color, metric in target.response_seconds.items():
        slow[f"slow_{color}"] = replace(metric, statistic=f"TC({most_ms / _MS_PER_SECOND:g}:)")
        answered[f"answered_{color}"] = replace(metric, statistic="SampleCount")
    total = " + ".join(f"FILL({id_}, 0)" for id_ in answered)
    return Indicator(
        bad=" + ".join(f"FILL({id_}, 0)" for id_ in slow),
        total=f"({total})",
        metrics={**slow, **answered},
        label=f"answers after more than {most_ms} ms",
    )
