"""Who may write what is a copy: the most of any role of a service or a function, whatever its own policies allow.

The rule `boundary-allows-what-the-role-needs` compares it with what those roles do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.buckets import BACKUPS
from config.containers import backups_prefix
from config.copies import COPIED_FOLDERS
from modules.policy import Condition, Statement
from modules.recovery.serving_metric import NAME as SERVING_REGION
from modules.security.copy_protection import MIRROR, copy_buckets, second_region_roles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modules.label import Label

_RECOVERY: Final = "recovery"
"""First part of the names of the layer's own parameters: the switch between the regions, and when copies were equal."""
_CALLER: Final = "aws:PrincipalArn"
_PUT: Final = "s3:PutObject"
# Of the actions that the boundary of a workload allows. Not s3:Replicate*, with which S3 writes the copies in a role of
# this environment; nor s3:AbortMultipartUpload, which removes parts that are not an object yet.
_WRITES: Final = ("s3:Delete*", "s3:Put*")
_CHANGES: Final = ("s3:Delete*", "s3:PutObject?*")
"""All of them but s3:PutObject."""


def deny_copy_changes_of_workloads(label: Label, *, backup_writers: Iterable[str]) -> tuple[Statement, ...]:
    """The statements for a role that a service or a function assumes.

    Args:
        label: Of the environment.
        backup_writers: The services that add backups, each below its name, where they run: in the second region to the
            bucket with the copies.
    """
    region = label.recovery_region
    if region is None:
        return ()
    buckets = copy_buckets(label)
    backups = buckets[BACKUPS]
    limits: tuple[Statement, ...] = ()
    if folders := tuple(f"{backups}/{backups_prefix(name)}*" for name in sorted(backup_writers)):
        del buckets[BACKUPS]
        roles = (second_region_roles(label, region),)
        limits = (
            Statement(sid="DenyBackupChanges", effect="Deny", actions=_CHANGES, resources=(f"{backups}*",)),
            Statement(
                sid="DenyBackupWrites",
                effect="Deny",
                actions=(_PUT,),
                resources=(f"{backups}*",),
                conditions=(Condition(operator="ArnNotLike", key=_CALLER, values=roles),),
            ),
            # A person makes the roles of that region; which of these folders is a service's own is in its own policy.
            Statement(
                sid="DenyOtherPuts",
                effect="Deny",
                actions=(_PUT,),
                not_resources=folders,
                conditions=(Condition(operator="ArnLike", key=_CALLER, values=roles),),
            ),
        )
    copies = tuple(f"{bucket}*" for bucket in buckets.values())
    return (
        Statement(sid="DenyCopyWrites", effect="Deny", actions=_WRITES, resources=copies),
        *limits,
        _deny_parameter_writes(label, region),
    )


def _deny_parameter_writes(label: Label, region: str) -> Statement:
    """Leave the copies to the function that makes them, and the switch between the regions to its own.

    The policy of each names the parameters that it writes. All others of that region are written by who makes them.
    """
    there = label.in_region(region)
    writers = (label.in_home_region().role_name(MIRROR), there.role_name(SERVING_REGION))
    return Statement(
        sid="DenyParameterWrites",
        effect="Deny",
        actions=("ssm:PutParameter",),
        resources=tuple(
            there.arn("ssm", f"parameter{label.path(folder, '*')}") for folder in (*COPIED_FOLDERS, _RECOVERY)
        ),
        conditions=(
            Condition(
                operator="ArnNotEquals",
                key=_CALLER,
                values=tuple(label.arn("iam", f"role/{one}", region="") for one in writers),
            ),
        ),
    )
