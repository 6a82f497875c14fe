"""The alarms on the proxy of PostgreSQL, and the metrics they watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.alarm import Comparison
from modules.data.database_alarm import add_alarm
from modules.data.instance_alarms import QUARTER_HOUR
from modules.data.instance_metrics import FIVE_MINUTES
from modules.data.postgres_alarms import CONNECTION_MINUTES, MANY_PERCENT
from modules.metric import Metric, MetricExpression
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.data.database_alarm import Subject

QUERY_MILLISECONDS: Final = 50
"""The target of the design for the average query."""
_MICROSECONDS_PER_MILLISECOND: Final = 1000
_BORROW_MILLISECONDS: Final = 100
"""Half of the time that the design has for a whole answer; a connection that is free takes less than one."""
_AVAILABLE_PERCENT: Final = 50
_MINUTES: Final = 3


@dataclass(frozen=True, kw_only=True)
class ProxyMetrics:
    """The metrics of a proxy.

    Each of its machines reports, so a number of connections is a sum:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html
    """

    name: str
    """Name of the proxy, as a reference to it."""
    region: str

    @property
    def query_microseconds(self) -> Metric:
        """Time that the database takes for a query, on average."""
        return self._metric("QueryDatabaseResponseLatency", "Average", period_seconds=FIVE_MINUTES)

    @property
    def borrow_microseconds(self) -> Metric:
        """Time that a query waits for a connection of the pool, on average."""
        return self._metric("DatabaseConnectionsBorrowLatency", "Average", period_seconds=FIVE_MINUTES)

    @property
    def client_count(self) -> Metric:
        """Connections of the services."""
        return self._metric("ClientConnections", "Sum")

    @property
    def failed_connection_count(self) -> Metric:
        """Connections to the database that could not be opened."""
        return self._metric("DatabaseConnectionsSetupFailed", "Sum")

    @property
    def pool_percent(self) -> MetricExpression:
        """Connections that queries use, as a share of what the pool may open."""
        return MetricExpression(
            expression="100 * used / allowed",
            metrics={
                "used": self._metric("DatabaseConnectionsCurrentlyBorrowed", "Sum"),
                "allowed": self._metric("MaxDatabaseConnectionsAllowed", "Sum"),
            },
            label="Percent of the connections that the pool may open",
        )

    @property
    def available_percent(self) -> Metric:
        """Share of the proxy's own checks that the database answered."""
        return self._metric("AvailabilityPercentage", "Average", TargetGroup="default", TargetRole="READ_WRITE")

    def _metric(self, name: str, statistic: str, *, period_seconds: int = 60, **dimensions: str) -> Metric:
        return Metric(
            namespace="AWS/RDS",
            name=name,
            statistic=statistic,
            dimensions={"ProxyName": self.name, **dimensions},
            region=self.region,
            period_seconds=period_seconds,
        )


class ProxyAlarms(Construct):
    """The average query against the target, the pool, and a database that the proxy does not reach."""

    def __init__(self, scope: Construct, id_: str, *, subject: Subject, metrics: ProxyMetrics) -> None:
        super().__init__(scope, id_)
        add_alarm(
            self,
            "query-time",
            subject=subject,
            states=f"measures {QUERY_MILLISECONDS} ms or more for the average query",
            metric=metrics.query_microseconds,
            threshold=QUERY_MILLISECONDS * _MICROSECONDS_PER_MILLISECOND,
            severity=Severity.WARNING,
            runbook=Runbook.SLOW_QUERIES,
            periods=QUARTER_HOUR,
        )
        add_alarm(
            self,
            "borrowing",
            subject=subject,
            states=f"lets queries wait {_BORROW_MILLISECONDS} ms or more for a connection of its pool",
            metric=metrics.borrow_microseconds,
            threshold=_BORROW_MILLISECONDS * _MICROSECONDS_PER_MILLISECOND,
            severity=Severity.WARNING,
            runbook=Runbook.DATABASE_CONNECTIONS,
            periods=QUARTER_HOUR,
        )
        add_alarm(
            self,
            "connections",
            subject=subject,
            states=f"uses {MANY_PERCENT} % or more of the connections that its pool may open",
            metric=metrics.pool_percent,
            threshold=MANY_PERCENT,
            severity=Severity.WARNING,
            runbook=Runbook.DATABASE_CONNECTIONS,
            periods=CONNECTION_MINUTES,
        )
        add_alarm(
            self,
            "refusals",
            subject=subject,
            states="cannot open connections to the database",
            metric=metrics.failed_connection_count,
            threshold=1,
            severity=Severity.CRITICAL,
            runbook=Runbook.DATABASE_CONNECTIONS,
            periods=_MINUTES,  # a failover is one or two
            fires_asleep=True,  # the proxy tries to reach a stopped database
        )
        add_alarm(
            self,
            "availability",
            subject=subject,
            states="does not reach the database",
            metric=metrics.available_percent,
            threshold=_AVAILABLE_PERCENT,
            severity=Severity.CRITICAL,
            runbook=Runbook.DATABASE_ABSENCE,
            periods=_MINUTES,
            comparison=Comparison.BELOW,
            fires_asleep=True,
        )
