"""The metrics of RDS and DocumentDB that alarms and dashboards use, as AWS documents them."""

from __future__ import annotations

from typing import Final

from compliance.metric_family import COUNTED, SAMPLED, TIMED, MetricFamily

_DOCUMENTDB_PAGE: Final = "https://docs.aws.amazon.com/documentdb/latest/developerguide/cloud_watch.html"
_PROXY_PAGE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html"
_RDS_PAGE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html"
_OF_PROXY: Final = (("ProxyName",), ("EndpointName", "ProxyName"))
_OF_TARGET: Final = (("ProxyName",), ("ProxyName", "Target", "TargetGroup"), ("ProxyName", "TargetGroup", "TargetRole"))

DATABASE_METRICS: Final = (
    MetricFamily(
        namespace="AWS/DocDB",
        names=(
            "BufferCacheHitRatio",
            "CPUUtilization",
            "DatabaseConnections",
            "DatabaseConnectionsLimit",
            "DatabaseConnectionsMax",
            "DatabaseCursors",
            "DiskQueueDepth",
            "FreeableMemory",
            "LowMemNumOperationsThrottled",
            "ReadLatency",
            "SwapUsage",
            "WriteLatency",
        ),
        dimensions=(("DBInstanceIdentifier",), ("DBClusterIdentifier",), ("DBClusterIdentifier", "Role")),
        statistics=TIMED,
        source=_DOCUMENTDB_PAGE,
    ),
    MetricFamily(
        namespace="AWS/DocDB",
        names=("DBClusterReplicaLagMaximum", "DBClusterReplicaLagMinimum", "VolumeBytesUsed"),
        dimensions=(("DBClusterIdentifier",),),
        statistics=SAMPLED,
        source=_DOCUMENTDB_PAGE,
    ),
    # Of the burstable classes only, every five minutes.
    MetricFamily(
        namespace="AWS/DocDB",
        names=("CPUCreditBalance", "CPUCreditUsage", "CPUSurplusCreditBalance", "CPUSurplusCreditsCharged"),
        dimensions=(("DBInstanceIdentifier",), ("DBClusterIdentifier",)),
        statistics=SAMPLED,
        source=_DOCUMENTDB_PAGE,
    ),
    # Of running tasks only: SampleCount is their number.
    MetricFamily(
        namespace="AWS/RDS",
        names=(
            "CPUUtilization",
            "DiskQueueDepth",
            "FreeStorageSpace",
            "FreeableMemory",
            "MaximumUsedTransactionIDs",
            "ReadLatency",
            "ReplicaLag",
            "SwapUsage",
            "WriteLatency",
        ),
        dimensions=(("DBInstanceIdentifier",),),
        statistics=(*SAMPLED, "SampleCount"),
        source=_RDS_PAGE,
    ),
    # Of the burstable classes only, every five minutes.
    MetricFamily(
        namespace="AWS/RDS",
        names=("CPUCreditBalance", "CPUCreditUsage", "CPUSurplusCreditBalance", "CPUSurplusCreditsCharged"),
        dimensions=(("DBInstanceIdentifier",),),
        statistics=SAMPLED,
        source=_RDS_PAGE,
    ),
    # Of an instance, and of a proxy. Each machine of a proxy reports, so the number of its connections is the Sum.
    MetricFamily(
        namespace="AWS/RDS",
        names=("DatabaseConnections",),
        dimensions=(("DBInstanceIdentifier",), *_OF_TARGET),
        statistics=(*SAMPLED, "Sum"),
        source=_PROXY_PAGE,
    ),
    MetricFamily(
        namespace="AWS/RDS",
        names=(
            "DatabaseConnectionRequests",
            "DatabaseConnectionsCurrentlyBorrowed",
            "DatabaseConnectionsCurrentlySessionPinned",
            "DatabaseConnectionsSetupFailed",
            "MaxDatabaseConnectionsAllowed",
        ),
        dimensions=_OF_TARGET,
        statistics=COUNTED,
        source=_PROXY_PAGE,
    ),
    MetricFamily(
        namespace="AWS/RDS",
        names=("ClientConnections", "ClientConnectionsReceived", "ClientConnectionsSetupFailedAuth", "QueryRequests"),
        dimensions=_OF_PROXY,
        statistics=COUNTED,
        source=_PROXY_PAGE,
    ),
    # Microseconds.
    MetricFamily(
        namespace="AWS/RDS",
        names=("DatabaseConnectionsBorrowLatency", "QueryResponseLatency"),
        dimensions=_OF_PROXY,
        statistics=TIMED,
        source=_PROXY_PAGE,
    ),
    MetricFamily(
        namespace="AWS/RDS",
        names=("QueryDatabaseResponseLatency",),
        dimensions=(*_OF_TARGET, ("EndpointName", "ProxyName")),
        statistics=TIMED,
        source=_PROXY_PAGE,
    ),
    MetricFamily(
        namespace="AWS/RDS",
        names=("AvailabilityPercentage",),
        dimensions=(("ProxyName", "TargetGroup", "TargetRole"),),
        statistics=SAMPLED,
        source=_PROXY_PAGE,
    ),
    # All of Route 53's metrics are in us-east-1.
)
