"""How each type of store is encrypted: by which argument, and what AWS does without it."""

from __future__ import annotations

import re
from typing import Final

SWITCHES: Final = re.compile(
    r"(^|_)(storage_encrypted|encrypted|at_rest_encryption_enabled|kms_encrypted|cache_data_encrypted"
    r"|(root|user)_volume_encryption_enabled|sqs_managed_sse_enabled|cloud_watch_encryption_enabled"
    r"|s3_bucket_encryption_enabled|ebs_encryption|(catalog|cloudwatch|job_bookmarks|s3)_encryption_mode"
    r"|encryption_at_rest_enabled|encryption_enabled)$"
)
"""Arguments of any type that switch the encryption of what is stored; off is never right."""
INVERTED: Final = frozenset({"encryption_disabled"})
BLOCKS: Final = frozenset({"encrypt_at_rest", "server_side_encryption", "encryption_at_rest"})
"""Blocks whose argument `enabled` does the same."""
TYPES: Final = frozenset({"encryption_type"})
"""Arguments with the way of encryption, one of whose values is NONE."""

REQUIRED: Final = {
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
    "aws_db_instance": ("storage_encrypted",),
    "aws_rds_cluster": ("storage_encrypted",),
    "aws_rds_global_cluster": ("storage_encrypted", "source_db_cluster_identifier"),
    # https://docs.aws.amazon.com/documentdb/latest/developerguide/encryption-at-rest.html
    "aws_docdb_cluster": ("storage_encrypted",),
    "aws_docdb_global_cluster": ("storage_encrypted", "source_db_cluster_identifier"),
    # https://docs.aws.amazon.com/neptune/latest/userguide/encrypt.html
    "aws_neptune_cluster": ("storage_encrypted",),
    "aws_neptune_global_cluster": ("storage_encrypted", "source_db_cluster_identifier"),
    "aws_redshift_cluster": ("encrypted",),
    "aws_dax_cluster": ("server_side_encryption.enabled",),
    # https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
    "aws_ebs_volume": ("encrypted",),
    "aws_ebs_snapshot_copy": ("encrypted",),
    "aws_ebs_snapshot_import": ("encrypted",),
    "aws_ami_copy": ("encrypted",),
    # https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
    "aws_efs_file_system": ("encrypted",),
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
    "aws_elasticache_replication_group": ("at_rest_encryption_enabled",),
    # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/encryption-at-rest.html
    "aws_elasticsearch_domain": ("encrypt_at_rest.enabled",),
    "aws_opensearch_domain": ("encrypt_at_rest.enabled",),
    # https://docs.aws.amazon.com/streams/latest/dev/what-is-sse.html
    "aws_kinesis_stream": ("encryption_type",),
    "aws_kinesis_firehose_delivery_stream": ("server_side_encryption.enabled", "kinesis_source_configuration"),
    # https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html
    "aws_sns_topic": ("kms_master_key_id",),
    "aws_workspaces_workspace": ("root_volume_encryption_enabled",),
    "aws_appsync_api_cache": ("at_rest_encryption_enabled",),
    "aws_athena_database": ("encryption_configuration.encryption_option",),
}
"""What AWS stores in clear text, or did so until lately, unless the first argument is on.

A second argument takes its place: what it names decides.
"""
DISKS: Final = ("aws_instance", "aws_launch_configuration", "aws_spot_instance_request")
"""Types whose root volume is encrypted by the account's default only, unless the block says it."""
ACCOUNT_DEFAULT: Final = "aws_ebs_encryption_by_default"
