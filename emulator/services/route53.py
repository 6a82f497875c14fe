"""Amazon Route 53: moto finds a log group only by an ARN that ends in ":*", and lists missing reusable sets."""

from __future__ import annotations

from typing import Any

from moto.route53.models import Route53Backend

from emulator.registry import patch

_ALL_STREAMS = ":*"


@patch(Route53Backend, "create_query_logging_config")
def find_log_group(original: Any, backend: Any, hosted_zone_id: str, log_group_arn: str) -> Any:
    """Find the log group by the ARN that Terraform uses, which AWS accepts as well."""
    config = original(backend, hosted_zone_id, log_group_arn.removesuffix(_ALL_STREAMS) + _ALL_STREAMS)
    config.cloud_watch_logs_log_group_arn = log_group_arn
    return config


@patch(Route53Backend, "list_reusable_delegation_sets")
def list_created_sets(original: Any, backend: Any) -> list[Any]:
    """List only the reusable sets that were created: moto has one without an id for each zone without a set."""
    return [delegation_set for delegation_set in original(backend) if delegation_set.id]
