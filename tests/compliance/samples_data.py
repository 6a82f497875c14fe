"""Samples for the rules on buckets, keys, databases, protection and secrets."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.compliance.samples import Sample, changed, policy, sample, stack, without

_OF = {"bucket": "${aws_s3_bucket.assets.id}"}
_ARN = "${aws_s3_bucket.assets.arn}"
_TLS_ONLY: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [_ARN, f"{_ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
_SSE: dict[str, Any] = {
    "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": "key"},
    "bucket_key_enabled": True,
}
_EXPIRE: dict[str, Any] = {
    "status": "Enabled",
    "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
    "noncurrent_version_expiration": [{"noncurrent_days": 30}],
}
BUCKET: dict[str, dict[str, Any]] = {
    "aws_s3_bucket.assets": {"lifecycle": {"prevent_destroy": True}, "force_destroy": False},
    "aws_s3_bucket_public_access_block.b": {
        **_OF,
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    },
    "aws_s3_bucket_ownership_controls.b": {**_OF, "rule": {"object_ownership": "BucketOwnerEnforced"}},
    "aws_s3_bucket_versioning.b": {**_OF, "versioning_configuration": {"status": "Enabled"}},
    "aws_s3_bucket_server_side_encryption_configuration.b": {**_OF, "rule": [_SSE]},
    "aws_s3_bucket_lifecycle_configuration.b": {**_OF, "rule": [_EXPIRE]},
    "aws_s3_bucket_logging.b": {**_OF, "target_bucket": "logs"},
    "aws_s3_bucket_policy.b": {**_OF, "policy": policy(_TLS_ONLY)},
}


def _bucket(rule: str, part: str, /, *, says: str, **arguments: object) -> Sample:
    return sample(rule, BUCKET, changed(BUCKET, f"aws_s3_bucket_{part}.b", **arguments), says=says)


BUCKETS = (
    _bucket(
        "bucket-blocks-public-access", "public_access_block", block_public_policy=False, says="block_public_policy"
    ),
    sample(
        "bucket-blocks-public-access",
        BUCKET,
        # Another bucket's block does not count.
        changed(BUCKET, "aws_s3_bucket_public_access_block.b", bucket="${aws_s3_bucket.assets-copy.id}"),
        says="no aws_s3_bucket_public_access_block",
    ),
    _bucket("bucket-has-no-acls", "ownership_controls", rule={"object_ownership": "ObjectWriter"}, says="Enforced"),
    _bucket("bucket-is-versioned", "versioning", versioning_configuration={"status": "Suspended"}, says="not enabled"),
    _bucket(
        "bucket-has-customer-managed-key",
        "server_side_encryption_configuration",
        rule=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
        says="not encrypted with a customer managed key",
    ),
    _bucket(
        "bucket-has-customer-managed-key",
        "server_side_encryption_configuration",
        rule=[{**_SSE, "bucket_key_enabled": False}],
        says="bucket_key_enabled",
    ),
    _bucket(
        "bucket-has-lifecycle",
        "lifecycle_configuration",
        rule=[{**_EXPIRE, "abort_incomplete_multipart_upload": None}],
        says="abort_incomplete_multipart_upload",
    ),
    _bucket(
        "bucket-has-lifecycle",
        "lifecycle_configuration",
        rule=[{**_EXPIRE, "status": "Disabled"}],
        says="noncurrent_version_expiration",
    ),
    sample("bucket-logs-access", BUCKET, without(BUCKET, "aws_s3_bucket_logging.b"), says="aws_s3_bucket_logging"),
    _bucket(
        "bucket-refuses-plain-http",
        "policy",
        policy=policy({**_TLS_ONLY, "Resource": f"{_ARN}/*"}),  # the objects only
        says="aws:SecureTransport",
    ),
    _bucket("bucket-refuses-plain-http", "policy", policy=policy({**_TLS_ONLY, "Action": "s3:Get*"}), says="s3:*"),
)

PROTECTED = {"lifecycle": {"prevent_destroy": True}}
KEY: dict[str, dict[str, Any]] = {"aws_kms_key.key": {"enable_key_rotation": True, "policy": policy(), **PROTECTED}}
LOGS: dict[str, dict[str, Any]] = {"aws_cloudwatch_log_group.app": {"retention_in_days": 30, "kms_key_id": "key"}}
TOPIC: dict[str, dict[str, Any]] = {"aws_sns_topic.alarms": {"kms_master_key_id": "key"}}
IMAGES: dict[str, dict[str, Any]] = {
    "aws_ecr_repository.api": {"encryption_configuration": [{"encryption_type": "KMS", "kms_key": "key"}]}
}
PARAMETER: dict[str, dict[str, Any]] = {"aws_ssm_parameter.p": {"type": "SecureString", "key_id": "key"}}
TABLE: dict[str, dict[str, Any]] = {
    "aws_dynamodb_table.lock": {
        "server_side_encryption": {"enabled": True, "kms_key_arn": "key"},
        "point_in_time_recovery": {"enabled": True},
        "deletion_protection_enabled": True,
        **PROTECTED,
    }
}
REPLICA: dict[str, dict[str, Any]] = {
    "aws_dynamodb_table_replica.lock": {
        "kms_key_arn": "key",
        "point_in_time_recovery": True,
        "deletion_protection_enabled": True,
    }
}

ENCRYPTION = (
    sample("key-rotates", KEY, changed(KEY, "aws_kms_key.key", enable_key_rotation=False), says="rotation is off"),
    sample("key-has-a-policy", KEY, changed(KEY, "aws_kms_key.key", policy=None), says="no policy"),
    sample(
        "key-has-a-policy",
        {
            **changed(KEY, "aws_kms_key.key", policy=None),
            "aws_kms_key_policy.key": {"key_id": "${aws_kms_key.key.key_id}", "policy": "{}"},
        },
        {
            **changed(KEY, "aws_kms_key.key", policy=None),
            "aws_kms_key_policy.other": {"key_id": "${aws_kms_key.other.key_id}", "policy": "{}"},
        },
        at="aws_kms_key.key",
        says="no policy",
    ),
    sample(
        "log-group-has-retention",
        LOGS,
        changed(LOGS, "aws_cloudwatch_log_group.app", retention_in_days=0),
        says="retention_in_days",
    ),
    sample(
        "log-group-has-customer-managed-key",
        LOGS,
        changed(LOGS, "aws_cloudwatch_log_group.app", kms_key_id=None),
        says="kms_key_id",
    ),
    sample(
        "resource-has-customer-managed-key",
        TOPIC,
        changed(TOPIC, "aws_sns_topic.alarms", kms_master_key_id="alias/aws/sns"),
        says="kms_master_key_id",
    ),
    sample(
        "repository-has-customer-managed-key", IMAGES, {"aws_ecr_repository.api": {}}, says="no customer managed key"
    ),
    sample(
        "parameter-is-a-secure-string",
        PARAMETER,
        changed(PARAMETER, "aws_ssm_parameter.p", type="String"),
        says="its type is String",
    ),
    sample(
        "parameter-is-a-secure-string", PARAMETER, changed(PARAMETER, "aws_ssm_parameter.p", key_id=None), says="key_id"
    ),
    sample(
        "table-has-customer-managed-key",
        TABLE,
        changed(TABLE, "aws_dynamodb_table.lock", server_side_encryption={"enabled": True}),
        says="no customer managed key",
    ),
    sample(
        "table-has-customer-managed-key",
        REPLICA,
        changed(REPLICA, "aws_dynamodb_table_replica.lock", kms_key_arn=None),
        says="a key of its own region",
    ),
)

POSTGRES: dict[str, dict[str, Any]] = {
    "aws_db_instance.postgres": {
        "publicly_accessible": False,
        "storage_encrypted": True,
        "kms_key_id": "key",
        "backup_retention_period": 7,
        "deletion_protection": True,
        "final_snapshot_identifier": "last",
        **PROTECTED,
    },
    "aws_db_instance.replica": {"replicate_source_db": "postgres"},
}
_P = "aws_db_instance.postgres"
ABROAD: dict[str, dict[str, Any]] = {
    "aws_db_instance.replica": {
        "replicate_source_db": "arn:aws:rds:eu-west-1:333333333333:db:postgres",
        "deletion_protection": True,
        "skip_final_snapshot": True,
        **PROTECTED,
    }
}
_A = "aws_db_instance.replica"
_COPIES = "aws_db_instance_automated_backups_replication.postgres"

DATABASES = (
    sample("database-is-not-public", POSTGRES, changed(POSTGRES, _P, publicly_accessible=True), says="is on"),
    sample("database-has-customer-managed-key", POSTGRES, changed(POSTGRES, _P, kms_key_id=None), says="kms_key_id"),
    # A replica has the key and the backups of its source, but not those of another region.
    *(
        sample(
            rule,
            {_P: {"replicate_source_db": "arn:aws:rds:us-east-1:444444444444:db:acme"}},
            {_P: {"replicate_source_db": "arn:aws:rds:us-west-2:444444444444:db:acme"}},
            says=says,
        )
        for rule, says in (
            ("database-has-customer-managed-key", "kms_key_id are not both set"),
            ("database-has-backups", "is 0; it must be 7"),
        )
    ),
    sample(
        "database-has-customer-managed-key",
        {_COPIES: {"kms_key_id": "${aws_kms_key.copies.arn}"}},
        {_COPIES: {}},
        says="a key is of one region",
    ),
    sample(
        "database-has-backups", POSTGRES, changed(POSTGRES, _P, backup_retention_period=1), says="is 1; it must be 7"
    ),
    sample(
        "table-has-point-in-time-recovery",
        TABLE,
        changed(TABLE, "aws_dynamodb_table.lock", point_in_time_recovery=None),
        says="point_in_time_recovery",
    ),
    sample(
        "table-has-point-in-time-recovery",
        REPLICA,
        changed(REPLICA, "aws_dynamodb_table_replica.lock", point_in_time_recovery=False),
        says="does not get that of its table",
    ),
)

PROTECTION = (
    sample(
        "stateful-resource-cannot-be-destroyed", KEY, changed(KEY, "aws_kms_key.key", lifecycle=None), says="holds data"
    ),
    sample("stateful-resource-cannot-be-destroyed", ABROAD, changed(ABROAD, _A, lifecycle=None), says="holds data"),
    sample("deletion-protection-is-on", POSTGRES, changed(POSTGRES, _P, deletion_protection=False), says="is off"),
    sample("deletion-protection-is-on", ABROAD, changed(ABROAD, _A, deletion_protection=False), says="is off"),
    sample(
        "deletion-protection-is-on",
        REPLICA,
        changed(REPLICA, "aws_dynamodb_table_replica.lock", deletion_protection_enabled=False),
        says="is off",
    ),
    sample("final-snapshot-is-taken", POSTGRES, changed(POSTGRES, _P, skip_final_snapshot=True), says="snapshot"),
    sample(
        "force-destroy-is-off",
        BUCKET,
        changed(BUCKET, "aws_s3_bucket.assets", force_destroy=True),
        says="force_destroy is on",
    ),
    # Without protection it may be destroyed: the same resources are good there.
    *(
        replace(
            sample(rule, POSTGRES, {_P: {"force_destroy": True, "skip_final_snapshot": True}}, says=says),
            good=stack({_P: {"force_destroy": True, "skip_final_snapshot": True}}, protected=False),
        )
        for rule, says in (
            ("database-has-backups", "is 0"),
            ("stateful-resource-cannot-be-destroyed", "prevent_destroy"),
            ("deletion-protection-is-on", "deletion_protection"),
            ("final-snapshot-is-taken", "no final snapshot"),
            ("force-destroy-is-off", "force_destroy"),
        )
    ),
)

_SECRET = "${ephemeral.aws_secretsmanager_random_password.p.random_password}"
PASSWORD: dict[str, dict[str, Any]] = {
    "aws_db_instance.postgres": {"password_wo": _SECRET, "password_wo_version": 1, "username": "app"},
    "aws_ssm_parameter.p": {"value_wo": _SECRET, "value_wo_version": 1},
}
TASK: dict[str, dict[str, Any]] = {
    "aws_ecs_task_definition.api": {
        "container_definitions": json.dumps(
            [
                {
                    "environment": [{"name": "TOKEN_HOURS", "value": "1"}, {"name": "MAPS_TOKEN", "value": "pk"}],
                    "secrets": [{"name": "JWT_SECRET"}],
                    "dockerLabels": {"not-secret.MAPS_TOKEN": "browsers get it"},
                }
            ]
        )
    }
}
BUILD: dict[str, dict[str, Any]] = {
    "aws_codebuild_project.api": {
        "environment": {
            "environment_variable": [
                {"name": "NPM_TOKEN", "type": "PARAMETER_STORE", "value": "/npm"},
                {"name": "SECRET_ARN", "value": "arn"},
            ]
        }
    }
}
FUNCTION: dict[str, dict[str, Any]] = {
    "aws_lambda_function.rotate": {
        "environment": {
            "variables": {
                "SECRET_NAME": 1,
                "MASTER_SECRET": "${data.aws_db_instance.d.master_user_secret[0].secret_arn}",
            }
        }
    }
}

SECRETS = (
    sample("secret-argument-is-write-only", PASSWORD, changed(PASSWORD, _P, password="hunter2"), says="password_wo"),
    sample(
        "secret-argument-is-write-only",
        PASSWORD,
        {"aws_ssm_parameter.p": {"value": "${random_password.p.result}"}},
        says="value_wo",
    ),
    sample("write-only-argument-is-ephemeral", PASSWORD, changed(PASSWORD, _P, password_wo="hunter2"), says="password"),
    sample("text-has-no-secret", PASSWORD, changed(PASSWORD, _P, username="AKIA" + "A" * 16), says="access key"),
    sample(
        "text-has-no-secret",
        PASSWORD,
        changed(PASSWORD, _P, tags={"u": "postgres://app:pw@db"}),
        says="u contains an address with a password",
    ),
    Sample(
        rule="text-has-no-secret",
        good=stack(provider={"aws": [{"region": "us-east-1"}]}),
        bad=stack(provider={"aws": [{"access_key": "AKIA" + "A" * 16}]}),
        at="provider.access_key",
        says="an AWS access key",
    ),
    sample(
        "container-gets-secrets-by-reference",
        TASK,
        {"aws_ecs_task_definition.api": {"container_definitions": json.dumps([{"environment": {"name": "API_KEY"}}])}},
        says="API_KEY is plain",
    ),
    sample(
        "build-gets-secrets-by-reference",
        BUILD,
        {"aws_codebuild_project.api": {"environment": {"environment_variable": {"name": "NPM_TOKEN"}}}},
        says="NPM_TOKEN is plain",
    ),
    sample(
        "function-gets-secrets-by-reference",
        FUNCTION,
        {"aws_lambda_function.rotate": {"environment": {"variables": {"DB_PASSWORD": "x"}}}},
        says="DB_PASSWORD is plain",
    ),
    sample(
        "function-gets-secrets-by-reference",
        FUNCTION,
        {"aws_lambda_function.rotate": {"environment": {"variables": {"MASTER_SECRET": "${var.password} for arn:x"}}}},
        says="MASTER_SECRET is plain",
    ),
)

SAMPLES = (*BUCKETS, *ENCRYPTION, *DATABASES, *PROTECTION, *SECRETS)
