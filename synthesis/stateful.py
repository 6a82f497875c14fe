"""The types of resources whose loss cannot be undone."""

from __future__ import annotations

from typing import Final

STATEFUL: Final = (
    "aws_backup_vault",
    "aws_db_instance",
    "aws_docdb_cluster",
    "aws_docdb_global_cluster",
    "aws_dynamodb_table",
    "aws_kms_key",
    "aws_kms_replica_key",
    "aws_s3_bucket",
)
"""Types whose instances hold data. Neither an apply nor an upgrade may delete or replace them by mistake."""

IRREPLACEABLE: Final = (
    *STATEFUL,
    "aws_cloudfront_distribution",
    "aws_ecr_repository",
    "aws_lb",
    "aws_route53_zone",
    "aws_subnet",
    "aws_vpc",
)
"""Also those without data that do not come back as they were, or without which all others stop: images, addresses that
others know, and the network. A subnet that is in use cannot be deleted, but its NAT gateway and its routes would be."""

SOURCE_OF_REPLICA: Final = "replicate_source_db"
"""The argument of a replica that names its source. A replica is a copy: only its source must stay."""
