"""What Route 53 finds of a health check, as a metric."""

from __future__ import annotations

from config.domain import ROUTE_53_REGION
from modules.metric import Metric


def check_status(check_id: str) -> Metric:
    """1 while a check is healthy, else 0.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html
    """
    return Metric(
        namespace="AWS/Route53",
        name="HealthCheckStatus",
        statistic="Minimum",
        dimensions={"HealthCheckId": check_id},
        region=ROUTE_53_REGION,
    )
