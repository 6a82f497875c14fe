"""The static files of a release: what a build must know to publish them, and may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.policy import Statement

if TYPE_CHECKING:
    from modules.edge.assets_bucket import AssetsBucket
    from modules.edge.distribution import Distribution
    from modules.role import Role


@dataclass(frozen=True, kw_only=True)
class StaticFiles:
    """Where the files of one service come from, and where CloudFront serves them from."""

    service: str
    """The service whose image has them."""
    path: str
    """Their folder in that image."""
    hashed: tuple[str, ...] = ()
    """Patterns of those with a hash in their name; without any it is recognized by its look."""
    bucket: AssetsBucket
    prefix: str
    """Start of their keys."""
    distribution: Distribution

    @property
    def variables(self) -> dict[str, str]:
        """What the build gets."""
        return {
            "ASSETS_BUCKET": self.bucket.name,
            "ASSETS_PREFIX": self.prefix,
            "ASSETS_PATH": self.path,
            "DISTRIBUTION_ID": self.distribution.id,
            **({"HASHED_ASSETS": " ".join(self.hashed)} if self.hashed else {}),
        }

    def grant_publish(self, role: Role) -> None:
        """Let a build publish them: it compares those that are there, and invalidates what has changed."""
        self.bucket.grant_deploy(role)
        role.add_to_policy(
            Statement(sid="CompareAssets", actions=("s3:GetObject",), resources=(f"{self.bucket.arn}/{self.prefix}*",)),
            Statement(sid="Invalidate", actions=("cloudfront:CreateInvalidation",), resources=(self.distribution.arn,)),
        )
