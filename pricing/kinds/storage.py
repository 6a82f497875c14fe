"""S3 buckets with their replication, ECR repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pricing.charge import Charge, Item, Site, prices
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.resource import Billable

_REPLICATION_METRICS: Final = 4
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html"""
_BUCKETS: Final = "S3"
_COPIES: Final = "copies to another region"


@prices("aws_s3_bucket")
def bucket(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001 (all have these parameters)
    """What it holds, and its requests."""
    usage = site.usage
    yield Charge(component=_BUCKETS, price="s3_storage", quantity=usage.bucket_gib, is_usage=True)
    yield Charge(component=_BUCKETS, price="s3_put", quantity=usage.bucket_requests_thousand, is_usage=True)
    yield Charge(component=_BUCKETS, price="s3_get", quantity=usage.bucket_requests_thousand, is_usage=True)


@prices("aws_s3_bucket_replication_configuration")
def replication(resource: Billable, site: Site) -> Iterator[Item]:
    """What it sends, the control of its time, and its metrics."""
    rules = [rule for rule in resource.blocks("rule") if rule.get("status") == "Enabled"]
    gib = site.usage.copied_gib
    if rules:
        yield Charge(component=_COPIES, price="inter_region_data", quantity=gib, is_usage=True)
    destinations = [destination for rule in rules for destination in blocks(rule.get("destination"))]
    if any(blocks(each.get("replication_time")) for each in destinations):
        yield Charge(component=_COPIES, price="s3_replication_time_control", quantity=gib, is_usage=True)
    if any(blocks(each.get("metrics")) for each in destinations):
        yield Charge(component=_COPIES, price="metric", quantity=_REPLICATION_METRICS)


@prices("aws_ecr_repository")
def repository(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """Its images."""
    yield Charge(component="ECR", price="ecr_storage", quantity=site.usage.repository_gib, is_usage=True)


@prices("aws_ecr_replication_configuration")
def image_replication(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """The images that it sends."""
    gib = site.usage.repository_gib
    yield Charge(component=_COPIES, price="inter_region_data", quantity=gib, is_usage=True)
