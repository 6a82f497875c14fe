"""The alarm on a firewall that blocks unusually much: an attack, or a rule that blocks users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from modules.alarm import Alarm, MissingData
from modules.metric import Metric, MetricExpression
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from constructs import Construct

    from modules.label import Label
    from modules.topic import Topics

_PERIOD_SECONDS: Final = 300
_PERIODS: Final = 3
"""A scan by one address is over, or stopped by a rate rule, within a quarter of an hour."""
_LEAST_BLOCKED: Final = 100
"""Blocked requests in a period from which their share counts: each site is scanned, at night more than visited."""
_UNUSUAL_PERCENT: Final = 10


@dataclass(frozen=True, kw_only=True)
class WebAclMetrics:
    """The metrics of one web ACL, in its own region.

    That of a load balancer has the dimension Region, that of a distribution has not:
    https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
    """

    name: str
    """Its `metric_name`."""
    region: str
    is_regional: bool

    @property
    def blocked_count(self) -> Metric:
        """Requests that any of its rules blocked."""
        return self._metric("BlockedRequests")

    @property
    def blocked_percent(self) -> MetricExpression:
        """Share of the requests that were blocked; 0 in a period with few of them.

        A number alone would grow with the site, and a share alone would be high at night, when hardly anybody else
        asks. AWS WAF publishes neither metric while it is zero.
        """
        blocked, allowed = "FILL(blocked, 0)", "FILL(allowed, 0)"
        return MetricExpression(
            expression=f"IF({blocked} >= {_LEAST_BLOCKED}, 100 * {blocked} / ({blocked} + {allowed}), 0)",
            metrics={"blocked": self.blocked_count, "allowed": self._metric("AllowedRequests")},
            label="blocked requests in percent",
            late_value=0,
        )

    def _metric(self, name: str) -> Metric:
        dimensions = {"WebACL": self.name, "Rule": "ALL"}
        return Metric(
            namespace="AWS/WAFV2",
            name=name,
            statistic="Sum",
            dimensions=dimensions | ({"Region": self.region} if self.is_regional else {}),
            region=self.region,
            period_seconds=_PERIOD_SECONDS,
        )


def add_block_alarm(scope: Construct, id_: str, *, label: Label, metrics: WebAclMetrics, topics: Topics) -> None:
    """Warn if a tenth of the requests is blocked for a quarter of an hour: a person decides which of both it is."""
    Alarm(
        scope,
        id_,
        label=label,
        name="firewall-blocks",
        description=f"The firewall blocks {_UNUSUAL_PERCENT} % or more of the requests",
        metric=metrics.blocked_percent,
        threshold=_UNUSUAL_PERCENT,
        severity=Severity.WARNING,
        missing_data=MissingData.NOT_BREACHING,  # without blocked requests there is no metric
        runbook=Runbook.FIREWALL_BLOCKS,
        topics=topics,
        periods=_PERIODS,
    )
