"""Settings of all logs: how long they are kept, and where they go besides."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.aws import MAX_LIFECYCLE_DAYS, LogRetentionDays
from config.model import Model

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestination.html
_DESTINATION: Final = r"arn:aws:logs:[a-z0-9-]+:[0-9]{12}:destination:[^:*\s]{1,512}"


def _destination(value: str) -> str:
    if re.fullmatch(_DESTINATION, value):
        return value
    message = (
        "is not the ARN of a destination of CloudWatch Logs; use one like "
        '"arn:aws:logs:us-east-1:999999999999:destination:company-logs", which the other account creates'
    )
    raise ValueError(message)


LifecycleDays = Annotated[int, Field(ge=1, le=MAX_LIFECYCLE_DAYS)]
"""Days after which S3 deletes an object: any number, unlike CloudWatch Logs."""


class LogSettings(Model):
    """How long logs are kept: one number for all logs, another for each log that differs; and where they go besides."""

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

    forward_to: tuple[
        Annotated[
            str,
            AfterValidator(_destination),
            WithJsonSchema({"type": "string", "pattern": f"^{_DESTINATION}$"}),
        ],
        ...,
    ] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Destinations in an account for logs, one in each region with log groups: every log group is forwarded to it."""

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
