"""What denies a role to destroy the copies of the data, to weaken what protects them, or to stop that they are made.

A person applies the layer `recovery`, so a pipeline needs none of it. In the second region it changes nothing at all;
AWS Backup it cannot change in any region, because the boundary of a role allows only to read there. Here is the rest,
once, for all that uses it. The rule `pipeline-cannot-end-copies` compares it with what the layer has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.buckets import ASSETS, AUDIT, BACKUPS, copy_name
from config.edge import VIEWER_REGION
from modules.backup_names import BACKUP_ROLE, BACKUP_SNAPSHOTS
from modules.bucket_replication import replication_role
from modules.function_schedule import schedule_role
from modules.key import key_alias
from modules.label import NameLimit
from modules.policy import Condition, Statement

if TYPE_CHECKING:
    from modules.label import Label

MIRROR: Final = "parameter-mirror"
"""Component of the names of the function that copies parameters, and of its role."""
_FUNCTIONS: Final = (MIRROR, "copy-heartbeats")
"""Of the environment's own region: one writes copies, the other what the age of copies is seen by."""
_ROLES: Final = tuple(replication_role(bucket) for bucket in (ASSETS, AUDIT, BACKUPS))
KEYS: Final = ("copies", "recovery-drills", "recovery-functions")
"""The keys of the layer itself."""
_KEYS_OF_DATA: Final = ("assets", "backups", "databases", "registry", "secrets")
"""The keys of what is copied, which a pipeline makes and changes. The first vault has the backups under `databases`."""
_KEY_ENDS: Final = (
    "kms:Delete*",
    "kms:Disable*",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:Schedule*",
    "kms:UpdateAlias",
    "kms:UpdatePrimaryRegion",
)
"""What makes all that a key encrypts unreadable, or takes the key's name away, by which it is found here."""
_COPYING: Final = ("ecr:PutReplicationConfiguration", "rds:StopDB*Replication", "s3:PutReplicationConfiguration")
"""S3 has no other action for the deletion of a configuration:

https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketReplication.html
"""
_CODE: Final = ("lambda:Add*", "lambda:Create*", "lambda:Delete*", "lambda:Put*", "lambda:Remove*", "lambda:Update*")
_ROLE_CHANGES: Final = (
    "iam:Attach*",
    "iam:CreateRole",
    "iam:Delete*",
    "iam:Detach*",
    "iam:PassRole",
    "iam:Put*",
    "iam:Update*",
)
_FILES: Final = ("s3:Bypass*", "s3:Delete*", "s3:Put*", "s3:Update*")
"""Not s3:Replicate*, with which S3 writes the copies in a role of this environment."""
_SERVICES: Final = (
    "cloudwatch:*",
    "ec2:*",
    "ecr:*",
    "events:*",
    "kms:*",
    "lambda:*",
    "logs:*",
    "rds:*",
    "s3:*",
    "scheduler:*",
    "sns:*",
    "sqs:*",
    "ssm:*",
)
"""Also if that is us-east-1: then the environment has nothing for DNS there (config/recovery_state.py)."""


def deny_copy_changes(label: Label) -> tuple[Statement, ...]:
    """The statements for a role that applies the other layers."""
    functions = (label.in_home_region().name(name, limit=NameLimit.LAMBDA_FUNCTION) for name in _FUNCTIONS)
    aliases = tuple(key_alias(label, name) for name in _KEYS_OF_DATA)
    return (
        *_deny_second_region(label),
        _deny("DenyCopyingChanges", _COPYING, "*"),
        _deny("DenyCopierChanges", _CODE, *(label.arn("lambda", f"function:{one}", region="*") for one in functions)),
        _deny("DenyCopyingRoleChanges", _ROLE_CHANGES, *_copying_roles(label)),
        _deny(
            "DenyBackupDeletion",
            ("rds:DeleteDB*Snapshot",),
            *(label.arn("rds", snapshot, region="*") for snapshot in BACKUP_SNAPSHOTS),
        ),
        Statement(
            sid="DenyDataKeyDeletion",
            effect="Deny",
            actions=_KEY_ENDS,
            resources=("*",),
            conditions=(Condition(operator="ForAnyValue:StringEquals", key="kms:ResourceAliases", values=aliases),),
        ),
        # Else a policy could leave a key to nobody, for good:
        # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-bypass-policy-lockout-safety-check
        Statement(
            sid="DenyKeyLockout",
            effect="Deny",
            actions=("kms:CreateKey", "kms:PutKeyPolicy"),
            resources=("*",),
            conditions=(Condition(operator="Bool", key="kms:BypassPolicyLockoutSafetyCheck", values=("true",)),),
        ),
        _deny(
            "DenyDataAliasChanges",
            ("kms:DeleteAlias", "kms:UpdateAlias"),
            *(label.arn("kms", alias, region="*") for alias in aliases),
        ),
    )


def deny_copy_writes(label: Label) -> tuple[Statement, ...]:
    """The statement for the roles of a pipeline: none writes a copy of a file; S3 does, by replication."""
    copies = tuple(f"{bucket}*" for bucket in copy_buckets(label).values())
    return (_deny("DenyCopyWrites", _FILES, *copies),) if copies else ()


def copy_buckets(label: Label) -> dict[str, str]:
    """ARN of each bucket with copies, by the component of the name of its source.

    A name ends in the account's number, so with `*` behind it these are the bucket and its objects.
    """
    if label.recovery_region is None:
        return {}
    there = label.in_region(label.recovery_region)
    return {one: f"arn:aws:s3:::{copy_name(there, one)}" for one in (ASSETS, AUDIT, BACKUPS)}


def second_region_roles(label: Label, region: str) -> str:
    """A pattern for the ARNs of all roles of the second region, which only a person makes or changes."""
    return label.arn("iam", f"role/{label.prefix}-*-{region}", region="")


def _copying_roles(label: Label) -> tuple[str, ...]:
    """ARNs of the roles that make backups and copies or measure how old they are, and of all of the second region."""
    home = label.in_home_region()
    found = [(home, name) for name in (BACKUP_ROLE, *_FUNCTIONS, *map(schedule_role, _FUNCTIONS), *_ROLES)]
    found.append((label.in_region(VIEWER_REGION), replication_role(ASSETS)))
    arns = dict.fromkeys(label.arn("iam", f"role/{one.role_name(name)}", region="") for one, name in found)
    region = label.recovery_region
    return (*arns, *((second_region_roles(label, region),) if region else ()))


def _deny_second_region(label: Label) -> tuple[Statement, ...]:
    if label.recovery_region is None:
        return ()
    return (
        Statement(
            sid="DenySecondRegion",
            effect="Deny",
            actions=_SERVICES,
            resources=("*",),
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
            conditions=(
                Condition(operator="StringEquals", key="aws:RequestedRegion", values=(label.recovery_region,)),
            ),
        ),
    )


def _deny(sid: str, actions: tuple[str, ...], *resources: str) -> Statement:
    return Statement(sid=sid, effect="Deny", actions=actions, resources=resources)
