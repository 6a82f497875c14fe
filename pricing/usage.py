"""Reads usage.toml: what is assumed of use that no resource says, and how much a change may cost."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from config.model import Model
from config.toml import load_model

FILE: Final = Path(__file__).with_name("usage.toml")

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Usage(Model):
    """How much is used in a month of 730 hours. The defaults are those of a small production."""

    requests_million: Amount = 3
    """Millions of requests of users."""
    response_kib: Amount = 30
    """KiB of the average response."""
    load_balancer_units: Amount = 1
    """Load balancer capacity units (LCU) in the average hour."""
    nat_gib: Amount = 100
    """GiB through all NAT gateways of a region together."""
    nat_outbound_percent: Percent = 20
    """Percent of it that leaves for the internet, and is charged as such too."""
    endpoint_gib: Amount = 10
    """GiB through each interface endpoint, in all zones together."""
    zones_gib: Amount = 50
    """GiB between the zones of a VPC."""

    service_log_gib: Amount = 3
    """GiB of the log of each service."""
    flow_log_gib: Amount = 5
    """GiB of the flow logs of each VPC."""
    firewall_log_gib: Amount = 0.5
    """GiB of the firewall's log."""
    database_log_gib: Amount = 0.5
    """GiB of each log of a database."""
    insights_log_gib: Amount = 2
    """GiB of the performance log of Container Insights, of each cluster."""
    trail_log_gib: Amount = 0.5
    """GiB of CloudTrail's log in CloudWatch."""
    log_gib: Amount = 0.05
    """GiB of each other log."""
    stored_log_percent: Percent = 15
    """Percent of a log that is stored, because CloudWatch compresses it."""

    insights_metrics_per_service: Amount = 20
    """Metrics of Container Insights for each service and each cluster."""
    insights_metrics_per_task: Amount = 20
    """Metrics of Container Insights "enhanced" for each task; none without it."""

    postgres_gib: Amount = 10
    """GiB of data in each PostgreSQL."""
    documentdb_gib: Amount = 10
    """GiB of data in each DocumentDB cluster."""
    documentdb_io_million: Amount = 20
    """Millions of reads and writes of each DocumentDB cluster."""
    daily_change_percent: Percent = 2
    """Percent of the data of a database that changes in a day, which backups of the following day add."""
    drill_hours: Amount = 2
    """Hours in which a restored database runs in each restore test."""

    bucket_gib: Amount = 2
    """GiB in each S3 bucket."""
    bucket_requests_thousand: Amount = 20
    """Thousands of writes, and as many reads, of each S3 bucket."""
    copied_gib: Amount = 1
    """GiB that each replication of a bucket copies."""
    repository_gib: Amount = 2
    """GiB of images in each ECR repository."""
    images: Amount = 20
    """New images that Amazon Inspector scans."""
    image_rescans: Amount = 300
    """Scans of images that it has scanned before."""

    key_requests_ten_thousand: Amount = 1
    """Ten thousands of requests to each KMS key."""
    secret_calls_ten_thousand: Amount = 0.1
    """Ten thousands of calls for each secret."""
    function_runs: Amount = 3000
    """Runs of each Lambda function."""
    function_milliseconds: Amount = 500
    """Milliseconds of the average run."""
    emails: Amount = 50
    """Messages to the receivers of each SNS topic."""
    table_requests_million: Amount = 0.01
    """Millions of writes, and as many reads, of each DynamoDB table."""

    builds: Amount = 20
    """Runs of each pipeline."""
    build_minutes: Amount = 4
    """Minutes of each CodeBuild project in a run."""

    traces_per_request: Amount = 1
    """Recorded traces of each sampled request."""
    config_items: Amount = 1000
    """Configuration items that AWS Config records."""
    trail_events_million: Amount = 1
    """Millions of management events, which GuardDuty analyzes."""
    trail_data_events_hundred_thousand: Amount = 10
    """Hundred thousands of data events, for a trail that records them, and for GuardDuty's S3_DATA_EVENTS."""
    threat_log_gib: Amount = 5
    """GiB of flow logs and DNS queries that GuardDuty analyzes."""
    security_checks_per_standard: Amount = 5000
    """Checks of each standard of Security Hub."""


class Limit(Model):
    """How much more a plan may cost in a month; above it, `python -m pricing --plan` fails."""

    increase_usd: Amount | None = None
    """US dollars a month; without it there is no limit in dollars."""
    increase_percent: Amount | None = None
    """Percent of what the planned resources cost before; without it there is no limit in percent."""


class EnvironmentUsage(Usage):
    """What differs in one environment; what is left out is that of [usage]."""

    limit: Limit = Limit()
    """How much more a plan may cost."""


class UsageFile(Model):
    """The whole file."""

    usage: Usage = Usage()
    """Of every environment."""
    limit: Limit = Limit()
    """Of every environment that has none of its own."""
    environments: Mapping[str, EnvironmentUsage] = {}
    """What differs, by environment."""

    def of(self, environment: str) -> Usage:
        """What is assumed of an environment."""
        own = self.environments.get(environment)
        changed = own.model_dump(include=own.model_fields_set - {"limit"}) if own else {}
        return self.usage.model_copy(update=changed)

    def limit_of(self, environment: str) -> Limit:
        """How much more a plan of an environment may cost."""
        own = self.environments.get(environment)
        return own.limit if own and "limit" in own.model_fields_set else self.limit


@cache
def load_usage(file: Path = FILE) -> UsageFile:
    """Read the file.

    Raises:
        ConfigError: with every problem of the file, or because it cannot be read.
    """
    return load_model(UsageFile, file)
