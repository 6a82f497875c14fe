"""The dashboard `cost`: what the account has cost this month, and what drives the cost of the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.metric import Metric
from modules.observability.dashboard import Dashboard
from modules.observability.widgets import Graph, Line, Search, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from modules.label import Label
    from modules.network.nat_gateway_alarms import NatGatewayMetrics
    from modules.observability.widgets import Widget
    from modules.service.fargate_service import FargateService
    from modules.service.load_balancer import LoadBalancer

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
_BILLING: Final = "AWS/Billing"
_BILLING_REGION: Final = "us-east-1"
_CHARGES: Final = "EstimatedCharges"
_PERIOD_SECONDS: Final = 6 * 3600
"""AWS computes the charges several times a day."""
_MONTH: Final = "-P31D"
_EXPLANATION: Final = (
    "The charges are those of the whole account, this month so far. They are empty until *Receive CloudWatch billing "
    "alerts* is on in its billing preferences, which no API can do. The cost of one environment: the tag Environment "
    "in Cost Explorer."
)


class CostDashboard(Construct):
    """The charges of the whole account, since AWS has no metric of one environment, and its own traffic and tasks."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        services: Mapping[str, FargateService],
        load_balancer: LoadBalancer | None,
        nat_gateways: Mapping[str, NatGatewayMetrics],
        monthly_usd: int | None,
    ) -> None:
        """Create the dashboard.

        Args:
            label: Names it.
            services: By name.
            load_balancer: None if no service takes requests.
            nat_gateways: By the key of their zone.
            monthly_usd: The budget of the account; None without one.
        """
        super().__init__(scope, id_)
        charges = Metric(
            namespace=_BILLING,
            name=_CHARGES,
            statistic="Maximum",
            dimensions={"Currency": "USD"},
            region=_BILLING_REGION,
            period_seconds=_PERIOD_SECONDS,
        )
        rows: list[Sequence[Widget]] = [
            [Text(markdown=f"# Cost of {label.prefix}\n{_EXPLANATION}")],
            [
                Graph(title="US dollars this month", series={"account": charges}, view="singleValue", width=4),
                Graph(
                    title="US dollars, month to date",
                    series={"account": charges},
                    lines=[Line(value=monthly_usd, label="budget")] if monthly_usd else [],
                    start=_MONTH,
                    width=10,
                ),
                Search(
                    title="US dollars by service, month to date",
                    namespace=_BILLING,
                    name=_CHARGES,
                    dimensions=("Currency", "ServiceName"),
                    statistic="Maximum",
                    region=_BILLING_REGION,
                    period_seconds=_PERIOD_SECONDS,
                    width=10,
                ),
            ],
            list(_drivers(services, load_balancer, nat_gateways)),
        ]
        Dashboard(self, "Default", label=label, name="cost", rows=rows)


def _drivers(
    services: Mapping[str, FargateService],
    load_balancer: LoadBalancer | None,
    nat_gateways: Mapping[str, NatGatewayMetrics],
) -> Iterator[Widget]:
    running = {name: count for name, service in services.items() if (count := service.metrics.running_count)}
    if running:
        yield Graph(title="Running tasks", series=running)
    if load_balancer:
        yield Graph(
            title="Capacity units of the load balancer, a minute", series={"used": load_balancer.capacity_units}
        )
    if nat_gateways:
        yield Graph(
            title="Bytes through NAT gateways",
            series={zone: gateway.sent_bytes for zone, gateway in nat_gateways.items()},
            unit="bytes",
        )
