"""The most that the roles of restore drills may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.backup_names import BACKUP_SNAPSHOTS, DRILL_INSTANCES, RESTORE_GROUPS, RESTORE_TESTS
from modules.policy import Condition, Statement

if TYPE_CHECKING:
    from modules.label import Label

_USE: Final = (
    "backup:ListRestoreJobs",
    "backup:PutRestoreValidationResult",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:PutMetricData",
    "kms:DescribeKey",
    "logs:Describe*",
    "rds:DescribeDB*",
    "rds:ListTagsForResource",
    "xray:Put*",
)
_USE_OF_OWN: Final = (
    "lambda:InvokeFunction",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sns:Publish",
    "sqs:SendMessage",
)
_RESTORES: Final = (
    "rds:AddTagsToResource",
    "rds:CreateDBInstance",
    "rds:DeleteDBCluster",
    "rds:DeleteDBInstance",
    "rds:RestoreDBClusterFromSnapshot",
    "rds:RestoreDBInstanceFromDBSnapshot",
)
_KEY_USE: Final = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
_KEY_USERS: Final = tuple(f"{service}.*.amazonaws.com" for service in ("rds", "sns", "sqs"))
"""The services that use a key on behalf of these roles: for what is restored, for messages, for failed events."""


def restore_limits(label: Label) -> tuple[Statement, ...]:
    """Allow to restore what AWS Backup has backed up under the name of a restore test, and to delete that again.

    No database with a name of this environment can be changed or deleted, no snapshot deleted, copied or shared.
    """
    prefix = label.prefix
    own = (
        ("lambda", f"function:{prefix}-*"),
        ("logs", f"log-group:/aws/lambda/{prefix}-*"),
        ("sns", f"{prefix}-*"),
        ("sqs", f"{prefix}-*"),
    )
    made = (*RESTORE_TESTS, f"db:{prefix}-{DRILL_INSTANCES}-*")
    used = (*BACKUP_SNAPSHOTS, *RESTORE_GROUPS, f"subgrp:{prefix}-*")
    return (
        Statement(sid="AllowUse", actions=_USE, resources=("*",)),
        Statement(
            sid="AllowUseOfOwn",
            actions=_USE_OF_OWN,
            resources=tuple(label.arn(service, resource, region="*") for service, resource in own),
        ),
        Statement(
            sid="AllowRestores",
            actions=_RESTORES,
            resources=tuple(label.arn("rds", resource, region="*") for resource in (*made, *used)),
        ),
        Statement(
            sid="AllowKeyUse",
            actions=_KEY_USE,
            resources=("*",),
            conditions=(Condition(operator="StringLike", key="kms:ViaService", values=_KEY_USERS),),
        ),
        # Lambda decrypts the variables of a function with its role:
        # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
        Statement(
            sid="AllowVariables",
            actions=("kms:Decrypt",),
            resources=("*",),
            conditions=(
                Condition(
                    operator="StringLike",
                    key="kms:EncryptionContext:aws:lambda:FunctionArn",
                    values=(label.arn("lambda", f"function:{prefix}-*", region="*"),),
                ),
            ),
        ),
        Statement(
            sid="AllowGrants",
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(Condition(operator="Bool", key="kms:GrantIsForAWSResource", values=("true",)),),
        ),
    )
