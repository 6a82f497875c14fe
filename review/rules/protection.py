"""Protection that a plan switches off: deletion protection, final snapshots, retention of backups, locks, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.mask import UNKNOWN
from review.changes import CHANGE, DESTROY, REPLACE
from review.finding import Finding, Level
from review.rules.data import HOLDS_DATA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from review.changes import ResourceChange
    from review.differences import Path

_ON: Final[Mapping[str, bool]] = {
    "deletion_protection": True,
    "deletion_protection_enabled": True,
    "enable_deletion_protection": True,
    "disable_api_termination": True,
    "termination_protection": True,
    "object_lock_enabled": True,
    "copy_tags_to_snapshot": True,
    "skip_final_snapshot": False,
    "skip_final_backup": False,
    "force_destroy": False,
    "force_delete": False,
    "delete_automated_backups": False,
}
"""Arguments that protect data, with the value that does."""

_LEAST: Final = (
    "backup_retention_period",
    "automated_snapshot_retention_period",
    "snapshot_retention_limit",
    "automatic_backup_retention_days",
    "deletion_window_in_days",
    "recovery_window_in_days",
    "retention_in_days",
    "min_retention_days",
)
"""Numbers of days: fewer protect less. In a log group 0 means for ever."""

_FOR_EVER: Final = "retention_in_days"
_NESTED: Final[Sequence[tuple[str, Path, tuple[object, ...]]]] = (
    ("aws_s3_bucket_versioning", ("versioning_configuration", 0, "status"), ("Suspended", "Disabled")),
    ("aws_dynamodb_table", ("point_in_time_recovery", 0, "enabled"), (False, None)),
    ("aws_s3_bucket_object_lock_configuration", ("rule", 0, "default_retention", 0, "mode"), ("GOVERNANCE", None)),
)
_DAYS: Final[Sequence[tuple[str, Path]]] = (
    ("aws_s3_bucket_object_lock_configuration", ("rule", 0, "default_retention", 0, "days")),
    ("aws_s3_bucket_object_lock_configuration", ("rule", 0, "default_retention", 0, "years")),
)
_GUARDS: Final = frozenset(
    {
        "aws_backup_plan",
        "aws_backup_selection",
        "aws_backup_vault_lock_configuration",
        "aws_backup_vault_policy",
        "aws_db_instance_automated_backups_replication",
        "aws_dlm_lifecycle_policy",
        "aws_s3_bucket_object_lock_configuration",
        "aws_s3_bucket_replication_configuration",
        "aws_s3_bucket_versioning",
    }
)
"""Types that are a protection themselves."""


def dropped_protection(changes: Sequence[ResourceChange]) -> Iterator[Finding]:
    """A finding for each protection that ends; it blocks if data ends in the same plan, or has no other guard."""
    ends = {change.address for change in changes if change.kind in {DESTROY, REPLACE} and change.type in HOLDS_DATA}
    together = "data is destroyed or replaced in the same plan"
    for change in changes:
        for text in _dropped(change):
            yield Finding(
                action="drop-protection",
                level=Level.BLOCK if ends else Level.APPROVAL,
                address=change.address,
                text=f"{text}; {together}" if ends else text,
            )


def _dropped(change: ResourceChange) -> Iterator[str]:
    if change.kind == DESTROY and change.type in _GUARDS and not change.is_deposed:
        yield f"is destroyed: {change.cause()}" if change.cause() else "is destroyed"
    if change.kind in {CHANGE, REPLACE}:
        yield from _switched_off(change)
        yield from _shortened(change)
        for kind, path, weak in _NESTED:
            old = change.old(*path)
            if change.type == kind and old is not None and old not in weak and change.new(*path) in weak:
                yield f"{path[-1]} {change.show(*path)}"


def _switched_off(change: ResourceChange) -> Iterator[str]:
    for name, protects in _ON.items():
        old, new = change.old(name), change.new(name)
        if old is protects and (new is (not protects) or (protects and new is None)):
            yield f"{name} {change.show(name)}"
        elif old is protects and new is UNKNOWN:
            yield f"{name} {change.show(name)}: whether it protects is not known before the apply"


def _shortened(change: ResourceChange) -> Iterator[str]:
    for name in _LEAST:
        if _is_less(change.old(name), change.new(name), for_ever=name == _FOR_EVER):
            yield f"{name} {change.show(name)}"
    for kind, path in _DAYS:
        if change.type == kind and _is_less(change.old(*path), change.new(*path), for_ever=False):
            yield f"{path[-1]} {change.show(*path)}"


def _is_less(old: object, new: object, *, for_ever: bool) -> bool:
    if not isinstance(old, int | float) or isinstance(old, bool):
        return False
    if new is UNKNOWN or (new is not None and not isinstance(new, int | float)):
        return False
    value = new if isinstance(new, int | float) else 0
    if for_ever:
        return value not in (old, 0) and (old == 0 or value < old)
    return value < old
