"""Names of the buckets with copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modules.label import Label


def copy_name(label: Label, component: str) -> str:
    """Name of the bucket with the copies of a bucket's objects.

    Args:
        label: Of the second region.
        component: Component of the name of the bucket that is copied.
    """
    return label.bucket_name(f"{component}-copy")
