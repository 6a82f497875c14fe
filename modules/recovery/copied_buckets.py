"""Which buckets are copied to the second region, from settings and names alone.

Not those whose objects the pipeline writes again, and not the logs of accesses and of CloudFront. The bucket of the
states is copied by the layer `state`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from config.edge import VIEWER_REGION
from modules.data.backups_bucket import BACKUPS, backups_config
from modules.edge.assets_bucket import ASSETS, assets_config
from modules.security.audit_trail import BUCKET, trail_config

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


def copy_name(label: Label, component: str) -> str:
    """Name of the bucket with the copies of a bucket's objects.

    Args:
        label: Of the second region.
        component: Component of the name of the bucket that is copied.
    """
    return label.bucket_name(f"{component}-copy")


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
    home, viewer = label.in_home_region(), replace(label, region=VIEWER_REGION)
    found = [
        (ASSETS, viewer, assets_config(protect=protect) if has_assets else None),
        (BACKUPS, home, backups_config(backups, protect=protect) if backups else None),
        (BUCKET, home, trail_config(trail, protect=protect) if trail else None),
    ]
    return [
        CopiedBucket(
            component=component,
            source=place.bucket_name(component),
            target=copy_name(label, component),
            config=config,
        )
        for component, place, config in found
        if config
    ]
