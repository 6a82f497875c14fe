"""Which buckets are copied to the second region, from settings and names alone.

Not those whose objects the pipeline writes again, and not the logs of accesses and of CloudFront. The bucket of the
states is copied by the layer `state`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.buckets import ASSETS, AUDIT, BACKUPS, copy_name, source_name
from modules.data.backups_bucket import backups_config
from modules.edge.assets_bucket import assets_config
from modules.security.audit_trail import trail_config

if TYPE_CHECKING:
    from config.backups import BackupsSettings
    from config.security import TrailSettings
    from modules.bucket import BucketConfig
    from modules.label import Label


@dataclass(frozen=True, kw_only=True)
class CopiedBucket:
    """A bucket that is copied."""

    component: str
    """Component of its name: `backups`."""
    source: str
    """Its full name."""
    target: str
    """Full name of the bucket with the copies."""
    config: BucketConfig
    """What holds for both."""


def copied_buckets(
    label: Label, *, backups: BackupsSettings | None, trail: TrailSettings | None, has_assets: bool, protect: bool
) -> list[CopiedBucket]:
    """The buckets that an environment has and that are copied.

    Args:
        label: Of the second region.
        backups: Settings of the bucket of backups; None if there is none.
        trail: Settings of the audit trail; None if there is none.
        has_assets: Whether there is a bucket of static files.
        protect: Whether the buckets cannot be destroyed.
    """
    found = {
        ASSETS: assets_config(protect=protect) if has_assets else None,
        BACKUPS: backups_config(backups, protect=protect) if backups else None,
        AUDIT: trail_config(trail, protect=protect) if trail else None,
    }
    return [
        CopiedBucket(
            component=component,
            source=source_name(label, component),
            target=copy_name(label, component),
            config=config,
        )
        for component, config in found.items()
        if config
    ]
