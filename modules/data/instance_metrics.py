"""What RDS and DocumentDB measure of their instances, for alarms and dashboards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from modules.metric import Metric, MetricExpression

FIVE_MINUTES: Final = 300
_BROKEN: Final = -1
"""What ReplicaLag is while nothing is replicated.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html
"""


@dataclass(frozen=True, kw_only=True)
class _Metrics:
    """What AWS publishes under one dimension."""

    namespace: ClassVar[str]
    dimension: ClassVar[str]

    identifier: str
    """Name of the instance or cluster, as a reference to it."""
    region: str

    def _metric(self, name: str, statistic: str, *, period_seconds: int = FIVE_MINUTES) -> Metric:
        return Metric(
            namespace=self.namespace,
            name=name,
            statistic=statistic,
            dimensions={self.dimension: self.identifier},
            region=self.region,
            period_seconds=period_seconds,
        )


@dataclass(frozen=True, kw_only=True)
class InstanceMetrics(_Metrics):
    """The metrics that both engines publish of an instance, each minute."""

    dimension: ClassVar[str] = "DBInstanceIdentifier"
    second: ClassVar[float]
    """A second in the unit of the latencies."""

    @property
    def sample_count(self) -> Metric:
        """How often it reported in a minute: it does so whenever it is available."""
        return self._metric("CPUUtilization", "SampleCount", period_seconds=60)

    @property
    def cpu_percent(self) -> Metric:
        """CPU utilization."""
        return self._metric("CPUUtilization", "Average")

    @property
    def credit_balance(self) -> Metric:
        """CPU credits that a burstable instance has saved."""
        return self._metric("CPUCreditBalance", "Minimum")

    @property
    def free_memory_bytes(self) -> Metric:
        """Memory that is not used, or could be freed."""
        return self._metric("FreeableMemory", "Average")

    @property
    def swap_bytes(self) -> Metric:
        """Memory that was moved to the disk."""
        return self._metric("SwapUsage", "Average")

    @property
    def connection_count(self) -> Metric:
        """Open connections, including those of a proxy."""
        return self._metric("DatabaseConnections", "Maximum", period_seconds=60)

    @property
    def read_latency(self) -> Metric:
        """Time of one read from the storage, in units of `second`."""
        return self._metric("ReadLatency", "Average")

    @property
    def write_latency(self) -> Metric:
        """Time of one write to the storage, in units of `second`."""
        return self._metric("WriteLatency", "Average")


@dataclass(frozen=True, kw_only=True)
class PostgresMetrics(InstanceMetrics):
    """An instance of RDS.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    """

    namespace: ClassVar[str] = "AWS/RDS"
    second: ClassVar[float] = 1

    @property
    def free_storage_bytes(self) -> Metric:
        """Free storage; RDS adds storage automatically up to `max_storage_gib`."""
        return self._metric("FreeStorageSpace", "Minimum")

    @property
    def waiting_io_count(self) -> Metric:
        """Reads and writes that wait for the storage."""
        return self._metric("DiskQueueDepth", "Average")

    @property
    def used_transaction_ids(self) -> Metric:
        """Transactions since the oldest that is not frozen; at two billion PostgreSQL accepts no writes."""
        return self._metric("MaximumUsedTransactionIDs", "Maximum")

    def replica_lag_seconds(self, *, broken: int) -> MetricExpression:
        """How far a read replica is behind; `broken` if it does not follow at all."""
        lag = self._metric("ReplicaLag", "Maximum")
        return MetricExpression(
            expression=f"IF(lag <= {_BROKEN}, {broken}, lag)", metrics={"lag": lag}, label="Seconds behind the primary"
        )


@dataclass(frozen=True, kw_only=True)
class DocumentdbMetrics(InstanceMetrics):
    """An instance of DocumentDB.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/cloud_watch.html
    """

    namespace: ClassVar[str] = "AWS/DocDB"
    second: ClassVar[float] = 1000

    @property
    def connection_percent(self) -> MetricExpression:
        """Open connections, as a share of what the instance accepts."""
        return MetricExpression(
            expression="100 * used / allowed",
            metrics={
                "used": self._metric("DatabaseConnectionsMax", "Maximum", period_seconds=60),
                "allowed": self._metric("DatabaseConnectionsLimit", "Maximum", period_seconds=60),
            },
            label="Percent of the connections that the instance accepts",
        )

    @property
    def throttled_count(self) -> Metric:
        """Operations that had to wait because memory was short."""
        return self._metric("LowMemNumOperationsThrottled", "Sum")

    @property
    def cache_hit_percent(self) -> Metric:
        """Reads that needed no storage."""
        return self._metric("BufferCacheHitRatio", "Average")


@dataclass(frozen=True, kw_only=True)
class ClusterMetrics(_Metrics):
    """A cluster of DocumentDB: what its instances report together."""

    namespace: ClassVar[str] = DocumentdbMetrics.namespace
    dimension: ClassVar[str] = "DBClusterIdentifier"

    @property
    def sample_count(self) -> Metric:
        """How often instances reported in a minute."""
        return self._metric("CPUUtilization", "SampleCount", period_seconds=60)

    @property
    def cpu_percent(self) -> Metric:
        """CPU utilization of the busiest instance."""
        return self._metric("CPUUtilization", "Maximum")

    @property
    def replica_lag_milliseconds(self) -> Metric:
        """How far the last replica is behind the primary."""
        return self._metric("DBClusterReplicaLagMaximum", "Maximum")
