"""The types of resources whose loss cannot be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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

OTHER_STATEFUL: Final = (
    "aws_backup_logically_air_gapped_vault",
    "aws_cognito_user_pool",
    "aws_ebs_volume",
    "aws_efs_file_system",
    "aws_elasticache_cluster",
    "aws_elasticache_replication_group",
    "aws_fsx_lustre_file_system",
    "aws_fsx_ontap_file_system",
    "aws_fsx_openzfs_file_system",
    "aws_fsx_windows_file_system",
    "aws_glacier_vault",
    "aws_keyspaces_table",
    "aws_kinesis_stream",
    "aws_memorydb_cluster",
    "aws_msk_cluster",
    "aws_neptune_cluster",
    "aws_opensearch_domain",
    "aws_qldb_ledger",
    "aws_rds_cluster",
    "aws_rds_global_cluster",
    "aws_redshift_cluster",
    "aws_s3_directory_bucket",
    "aws_timestreamwrite_table",
)
"""Types that hold data and that this platform does not have; the review of a plan knows them."""

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

_ARN_REGION: Final = 3

SOURCE_OF_REPLICA: Final = "replicate_source_db"
"""The argument of a replica that names its source: by its identifier in the same region, else by its ARN.

https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/db_instance#replicate_source_db
"""


def is_spare_replica(arguments: Mapping[str, object], *, region: str) -> bool:
    """Whether a database is a replica that may go, because its source is beside it.

    One that follows an instance of another region is what is left when that region is lost, and once it is promoted it
    has no source.

    Args:
        arguments: Those of the resource, as they are declared or in a state.
        region: Its region.
    """
    source = str(arguments.get(SOURCE_OF_REPLICA) or "")
    return bool(source) and (not source.startswith("arn:") or source.split(":")[_ARN_REGION] == region)
