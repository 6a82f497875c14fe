"""Settings of all log retentions."""

from typing import Annotated

from pydantic import Field

from config.aws import MAX_LIFECYCLE_DAYS, LogRetentionDays
from config.model import Model

LifecycleDays = Annotated[int, Field(ge=1, le=MAX_LIFECYCLE_DAYS)]
"""Days after which S3 deletes an object: any number, unlike CloudWatch Logs."""


class LogSettings(Model):
    """How long logs are kept: one number for all logs, and another for each log that differs."""

    retention_days: LogRetentionDays
    """Days that a log is kept if it has no line of its own below; only some numbers are valid.

    To keep a GB costs 0.03 USD a month, in a bucket 0.023 USD; to write it into CloudWatch Logs costs 0.50 USD, once.
    """

    flow_logs_days: LogRetentionDays | None = None
    """Days that VPC flow logs are kept, if not retention_days."""

    postgres_days: LogRetentionDays | None = None
    """Days that the logs of PostgreSQL and its proxy are kept, if not retention_days."""

    documentdb_days: LogRetentionDays | None = None
    """Days that DocumentDB's audit and profiler logs are kept, if not retention_days."""

    functions_days: LogRetentionDays | None = None
    """Days that the logs of Lambda functions are kept, like that of the rotation, if not retention_days."""

    services_days: LogRetentionDays | None = None
    """Days that the logs of services, shell sessions and the cluster's metrics are kept, if not retention_days."""

    firewall_days: LogRetentionDays | None = None
    """Days that the firewall's log of requests is kept, if not retention_days."""

    trail_days: LogRetentionDays | None = None
    """Days that CloudWatch Logs keeps the audit trail and GuardDuty's findings, if not retention_days."""

    dns_days: LogRetentionDays | None = None
    """Days that the DNS queries of the zone are kept, if not retention_days."""

    load_balancer_days: LifecycleDays | None = None
    """Days that the load balancer's access and connection logs are kept, in a bucket, if not retention_days."""

    cloudfront_days: LifecycleDays | None = None
    """Days that CloudFront's access logs are kept, in a bucket, if not retention_days."""

    bucket_access_days: LifecycleDays | None = None
    """Days that the access logs of buckets are kept, in a bucket, if not retention_days."""

    @property
    def flow_log_retention_days(self) -> int:
        """Days for the VPC's flow logs."""
        return self._or_default(self.flow_logs_days)

    @property
    def postgres_retention_days(self) -> int:
        """Days for PostgreSQL and its proxy."""
        return self._or_default(self.postgres_days)

    @property
    def documentdb_retention_days(self) -> int:
        """Days for DocumentDB."""
        return self._or_default(self.documentdb_days)

    @property
    def function_retention_days(self) -> int:
        """Days for Lambda functions."""
        return self._or_default(self.functions_days)

    @property
    def service_retention_days(self) -> int:
        """Days for services, sessions and the cluster's metrics."""
        return self._or_default(self.services_days)

    @property
    def firewall_retention_days(self) -> int:
        """Days for the firewall."""
        return self._or_default(self.firewall_days)

    @property
    def trail_retention_days(self) -> int:
        """Days for the audit trail and GuardDuty's findings in CloudWatch Logs."""
        return self._or_default(self.trail_days)

    @property
    def dns_retention_days(self) -> int:
        """Days for the DNS queries of the zone."""
        return self._or_default(self.dns_days)

    @property
    def load_balancer_retention_days(self) -> int:
        """Days for the load balancer."""
        return self._or_default(self.load_balancer_days)

    @property
    def cloudfront_retention_days(self) -> int:
        """Days for CloudFront."""
        return self._or_default(self.cloudfront_days)

    @property
    def bucket_access_retention_days(self) -> int:
        """Days for the access logs of buckets."""
        return self._or_default(self.bucket_access_days)

    def _or_default(self, days: int | None) -> int:
        return self.retention_days if days is None else days
