"""The buckets that have copies in the second region, and the names of both: each is defined here only."""

from dataclasses import replace
from typing import Final

from config.edge import VIEWER_REGION
from config.names import Names

ASSETS: Final = "assets"
"""Component of the name of the bucket with the static files, which is in CloudFront's region."""
AUDIT: Final = "audit"
"""Component of the name of the bucket of the audit trail."""
BACKUPS: Final = "backups"
"""Component of the name of the bucket for backups."""


def source_name(names: Names, component: str) -> str:
    """Name of a bucket that is copied.

    Args:
        names: Of the environment, in any of its regions.
        component: Component of the name.
    """
    region = VIEWER_REGION if component == ASSETS else names.home_region
    return replace(names, region=region).bucket_name(component)


def copy_name(names: Names, component: str) -> str:
    """Name of the bucket with the copies of a bucket's objects.

    Args:
        names: Of the second region.
        component: Component of the name of the bucket that is copied.
    """
    return names.bucket_name(f"{component}-copy")
