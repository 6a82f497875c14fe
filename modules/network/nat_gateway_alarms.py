"""The alarms on a NAT gateway: it has no port for a connection, or loses packets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.alarm import Alarm, MissingData
from modules.metric import Metric, MetricExpression
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.label import Label
    from modules.topic import Topics

_PERIOD_SECONDS: Final = 300
_LEAST_DROPS: Final = 100
"""Dropped packets in a period from which their share counts: of little traffic, a few are a large share."""
_DROPPED_PERCENT: Final = 0.01
"""From this share on, AWS says to look for a problem on its side: the page of `NatGatewayMetrics`."""
_DROPPED_PERIODS: Final = 3  # a transient problem is over within a quarter of an hour


@dataclass(frozen=True, kw_only=True)
class NatGatewayMetrics:
    """The metrics of one NAT gateway.

    https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    """

    gateway_id: str
    region: str

    @property
    def port_error_count(self) -> Metric:
        """Connections for which it had no port: 55,000 at once to one address and port is the most."""
        return self._metric("ErrorPortAllocation")

    @property
    def sent_bytes(self) -> Metric:
        """What went out through it; AWS bills each byte."""
        return self._metric("BytesOutToDestination")

    @property
    def dropped_percent(self) -> MetricExpression:
        """Share of the packets that it dropped; 0 in a period with a few of them only."""
        return MetricExpression(
            expression=f"IF(dropped >= {_LEAST_DROPS}, 100 * dropped / (from_source + from_destination), 0)",
            metrics={
                "dropped": self._metric("PacketsDropCount"),
                "from_source": self._metric("PacketsInFromSource"),
                "from_destination": self._metric("PacketsInFromDestination"),
            },
            label="dropped packets in percent",
        )

    def _metric(self, name: str) -> Metric:
        return Metric(
            namespace="AWS/NATGateway",
            name=name,
            statistic="Sum",
            dimensions={"NatGatewayId": self.gateway_id},
            region=self.region,
            period_seconds=_PERIOD_SECONDS,
        )


class NatGatewayAlarms(Construct):
    """Warnings about one NAT gateway: what fails because of it, users and the alarms of the services notice first."""

    def __init__(
        self, scope: Construct, id_: str, *, label: Label, name: str, metrics: NatGatewayMetrics, topics: Topics
    ) -> None:
        """Create the alarms.

        Args:
            label: Names them.
            name: The gateway, like `nat-az1`.
            metrics: Its metrics.
            topics: Whom they notify.
        """
        super().__init__(scope, id_)
        Alarm(
            self,
            "ports",
            label=label,
            name=f"{name}-ports",
            description=f"The NAT gateway {name} had no port for a connection",
            metric=metrics.port_error_count,
            threshold=1,
            severity=Severity.WARNING,
            missing_data=MissingData.NOT_BREACHING,  # a gateway that is just created has none
            runbook=Runbook.NAT_GATEWAYS,
            topics=topics,
        )
        Alarm(
            self,
            "drops",
            label=label,
            name=f"{name}-drops",
            description=f"The NAT gateway {name} drops {_DROPPED_PERCENT} % or more of its packets",
            metric=metrics.dropped_percent,
            threshold=_DROPPED_PERCENT,
            severity=Severity.WARNING,
            missing_data=MissingData.NOT_BREACHING,  # without packets there is no share
            runbook=Runbook.NAT_GATEWAYS,
            topics=topics,
            periods=_DROPPED_PERIODS,
        )
