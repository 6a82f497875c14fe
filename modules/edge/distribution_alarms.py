"""The alarms on CloudFront: viewers get errors, or wait for the load balancer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs import Construct

from config.edge import VIEWER_REGION
from modules.alarm import Alarm, MissingData
from modules.metric import LEAST_ERRORS, Metric, MetricExpression
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.label import Label
    from modules.topic import Topics

_ERROR_PERIODS: Final = 5  # of one minute: as long as the load balancer's alarm needs, whose message says more
_SPARE_PERIODS: Final = 2
"""In a minute of which only one of both metrics has arrived, the other counts as 0, so there are no errors."""
_SLOW_PERIOD_SECONDS: Final = 300
_SLOW_PERIODS: Final = 3
_LEAST_SAMPLES: Final = 200
"""Requests in a period from which its 95th percentile means something: 10 / (1 - 0.95), as CloudWatch counts.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
"""
_SLOW_MILLISECONDS: Final = 1000
"""Not the design's 200 ms, which are measured at the load balancer: here the way from the viewer's continent and a new
connection are part of it. A second is what a person notices as waiting."""


@dataclass(frozen=True, kw_only=True)
class DistributionMetrics:
    """The metrics of one distribution, which are in us-east-1.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
    """

    distribution_id: str

    @property
    def request_count(self) -> Metric:
        """Requests of viewers."""
        return self._metric("Requests", "Sum")

    @property
    def error_percent(self) -> MetricExpression:
        """Share of the answers with 5xx, from CloudFront or its origins; 0 in a minute with a few of them only.

        CloudFront publishes no value of a minute without requests, and does not publish at once: so there is no FILL.
        """
        return MetricExpression(
            expression=f"IF(requests * errors / 100 >= {LEAST_ERRORS}, errors, 0)",
            metrics={"errors": self._metric("5xxErrorRate", "Average"), "requests": self.request_count},
            label="5xx answers of CloudFront in percent",
        )

    @property
    def p95_origin_milliseconds(self) -> MetricExpression:
        """95th percentile of the time until the first byte of what is not from the cache; with `monitoring` only.

        0 in a period with too few requests for a percentile.
        """
        return MetricExpression(
            expression=f"IF(requests >= {_LEAST_SAMPLES}, latency, 0)",
            metrics={
                "latency": self._metric("OriginLatency", "p95", period_seconds=_SLOW_PERIOD_SECONDS),
                "requests": self._metric("Requests", "Sum", period_seconds=_SLOW_PERIOD_SECONDS),
            },
            label="95th percentile of the origin's time in milliseconds",
        )

    def _metric(self, name: str, statistic: str, *, period_seconds: int = 60) -> Metric:
        return Metric(
            namespace="AWS/CloudFront",
            name=name,
            statistic=statistic,
            dimensions={"DistributionId": self.distribution_id, "Region": "Global"},
            region=VIEWER_REGION,
            period_seconds=period_seconds,
        )


class DistributionAlarms(Construct):
    """Alarms on what viewers get.

    - errors: answers with 5xx. CloudFront that does not reach the load balancer is in no metric of the load balancer.
    - slow: the time of the origin, if CloudFront measures it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        metrics: DistributionMetrics,
        has_latency: bool,
        max_error_percent: int,
        topics: Topics,
    ) -> None:
        """Create the alarms.

        Args:
            label: Names them.
            metrics: The metrics of the distribution.
            has_latency: Whether the distribution has a monitoring subscription.
            max_error_percent: Share of 5xx answers that needs a person at once.
            topics: Whom they notify.
        """
        super().__init__(scope, id_)
        Alarm(
            self,
            "errors",
            label=label,
            name="cloudfront-errors",
            description=f"CloudFront answers {max_error_percent} % or more of the requests with 5xx",
            metric=metrics.error_percent,
            threshold=max_error_percent,
            severity=Severity.CRITICAL,
            missing_data=MissingData.NOT_BREACHING,  # without requests there are no errors
            runbook=Runbook.CLOUDFRONT_ERRORS,
            topics=topics,
            periods=_ERROR_PERIODS,
            spare_periods=_SPARE_PERIODS,
            fires_asleep=True,  # without tasks, each request gets 503
        )
        if has_latency:
            Alarm(
                self,
                "slow",
                label=label,
                name="cloudfront-slow",
                description=f"The origin's 95th percentile response time is {_SLOW_MILLISECONDS} ms or more",
                metric=metrics.p95_origin_milliseconds,
                threshold=_SLOW_MILLISECONDS,
                severity=Severity.WARNING,
                missing_data=MissingData.NOT_BREACHING,  # no request went to the origin
                runbook=Runbook.SERVICE_LATENCY,
                topics=topics,
                periods=_SLOW_PERIODS,
            )
