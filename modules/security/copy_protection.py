"""What denies a role to destroy the copies of the data, to weaken what protects them, or to stop that they are made.

A person applies the layer `recovery`, so a pipeline needs none of it. In the second region it changes nothing at all;
AWS Backup it cannot change in any region, because the boundary of a role allows only to read there. Here is the rest,
once, for all that uses it. The rule `pipeline-cannot-end-copies` compares it with what the layer has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.buckets import ASSETS, AUDIT, BACKUPS, copy_name
from config.domain import ROUTE_53_REGION
from config.edge import VIEWER_REGION
from modules.backup_names import BACKUP_ROLE, BACKUP_SNAPSHOTS
from modules.bucket_replication import replication_role
from modules.function_schedule import schedule_role
from modules.key import key_alias
from modules.label import NameLimit
from modules.policy import Condition, Statement
from modules.recovery.parameter_copies import MARKER

if TYPE_CHECKING:
    from modules.label import Label

_MIRROR: Final = "parameter-mirror"
_AGES: Final = "copy-ages"
_FUNCTIONS: Final = (_MIRROR, "copy-heartbeats")
"""Of the environment's own region: one writes copies, the other what the age of copies is seen by."""
_ROLES: Final = tuple(replication_role(bucket) for bucket in (ASSETS, AUDIT, BACKUPS))
KEYS: Final = ("copies", "recovery-functions")
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
OBJECT_WRITES: Final = ("s3:DeleteObject*", "s3:PutObject*")
"""All that the boundary of workloads allows of it, besides s3:Replicate*."""
_OBJECT_CHANGES: Final = ("s3:DeleteObject*", "s3:PutObject?*")
"""Without new objects: with a character after it, s3:PutObject is another action, of locks, tags and access."""
_SECRETS: Final = ("api-keys/*", "jwt/*")
"""The parameters that are copied (config/copies.py); all others of the second region are of what serves there."""
_SERVICES: Final = ("ecr:*", "events:*", "lambda:*", "rds:*", "s3:*", "scheduler:*", "sns:*", "sqs:*", "ssm:*")
_SERVICES_OF_DNS: Final = ("cloudwatch:*", "kms:*", "logs:*")
"""What a pipeline uses in us-east-1 for Route 53; if that is the second region, the keys there are found by alias."""


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


def deny_copy_writes(label: Label, *, of_workloads: bool = False) -> tuple[Statement, ...]:
    """The statements for every role that a pipeline makes or uses: no copy is written but by what makes the copies.

    Args:
        label: Of the environment.
        of_workloads: Whether they are for services and functions. In the second region, these serve while the first one
            is lost: they may add backups to the copy of their bucket, which is versioned, and replace none; and the
            function of a restored database writes the urls of its roles.
    """
    if label.recovery_region is None:
        return ()
    there = label.in_region(label.recovery_region)
    backups = f"arn:aws:s3:::{copy_name(there, BACKUPS)}"
    # A name ends in the account's number, so these are the bucket and its objects, in half as many characters.
    others = tuple(f"arn:aws:s3:::{copy_name(there, one)}*" for one in (ASSETS, AUDIT))
    if not of_workloads:
        return (
            _deny("DenyCopyWrites", _FILES, *others, f"{backups}*"),
            _deny_parameter_writes(label, there.path("*"), writers=(_mirror_role(label),)),
        )
    paths = (*map(there.path, _SECRETS), there.path(MARKER))
    return (
        _deny("DenyCopyWrites", OBJECT_WRITES, *others),
        _deny("DenyCopyChanges", _OBJECT_CHANGES, f"{backups}*"),
        _deny_parameter_writes(label, *paths, writers=(_mirror_role(label),)),
    )


def _mirror_role(label: Label) -> str:
    return label.in_home_region().global_name(_MIRROR, limit=NameLimit.IAM_ROLE)


def _deny_parameter_writes(label: Label, *paths: str, writers: tuple[str, ...]) -> Statement:
    """Only these roles write these parameters of the second region."""
    there = label.in_region(label.recovery_region or label.region)
    return Statement(
        sid="DenyParameterCopyWrites",
        effect="Deny",
        actions=("ssm:PutParameter",),
        resources=tuple(there.arn("ssm", f"parameter{path}") for path in paths),
        conditions=(
            Condition(
                operator="ArnNotEquals",
                key="aws:PrincipalArn",
                values=tuple(label.arn("iam", f"role/{name}", region="") for name in writers),
            ),
        ),
    )


def _copying_roles(label: Label) -> tuple[str, ...]:
    """ARNs of the roles that make backups and copies, and of the function that measures how old they are."""
    home, *there = label.in_regions_with_state
    found = [(home, name) for name in (BACKUP_ROLE, *_FUNCTIONS, *map(schedule_role, _FUNCTIONS), *_ROLES)]
    found.append((label.in_region(VIEWER_REGION), replication_role(ASSETS)))
    found += [(one, name) for one in there for name in (BACKUP_ROLE, _AGES, schedule_role(_AGES))]
    names = dict.fromkeys(one.global_name(name, limit=NameLimit.IAM_ROLE) for one, name in found)
    return tuple(label.arn("iam", f"role/{name}", region="") for name in names)


def _deny_second_region(label: Label) -> tuple[Statement, ...]:
    if label.recovery_region is None:
        return ()
    services = _SERVICES if label.recovery_region == ROUTE_53_REGION else (*_SERVICES, *_SERVICES_OF_DNS)
    return (
        Statement(
            sid="DenySecondRegion",
            effect="Deny",
            actions=services,
            resources=("*",),
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
            conditions=(
                Condition(operator="StringEquals", key="aws:RequestedRegion", values=(label.recovery_region,)),
            ),
        ),
    )


def _deny(sid: str, actions: tuple[str, ...], *resources: str) -> Statement:
    return Statement(sid=sid, effect="Deny", actions=actions, resources=resources)
