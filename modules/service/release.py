"""The release that Terraform itself runs, where no pipeline sets the image."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Release:
    """What a service runs in the second region, whose pipeline may be lost with the first one."""

    tag: str | None
    """The tag of its image in the service's repository; None runs the placeholder."""
