"""The static files of a release: what builds must know to copy and to publish them, and may do."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from modules.policy import Statement

if TYPE_CHECKING:
    from config.delivery import AssetsSettings
    from modules.edge.assets_bucket import AssetsBucket
    from modules.edge.distribution import Distribution
    from modules.role import Role


@dataclass(frozen=True)
class StaticFiles:
    """Where the files of one service come from, and where CloudFront serves them from."""

    settings: AssetsSettings
    bucket: AssetsBucket
    _: KW_ONLY
    prefix: str
    """Start of their keys."""
    distribution: Distribution

    @property
    def service(self) -> str:
        """The service whose image has them."""
        return self.settings.service

    @property
    def variables(self) -> dict[str, str]:
        """What a build gets that copies those with a hash in their name."""
        return {
            "ASSETS_BUCKET": self.bucket.name,
            "ASSETS_PREFIX": self.prefix,
            "ASSETS_PATH": self.settings.path,
            **({"HASHED_ASSETS": " ".join(self.settings.hashed)} if self.settings.hashed else {}),
        }

    @property
    def publish_variables(self) -> dict[str, str]:
        """What the build gets that publishes them."""
        return {**self.variables, "ASSETS_SERVICE": self.service, "DISTRIBUTION_ID": self.distribution.id}

    def grant_copy(self, role: Role) -> None:
        """Let a build copy them to the bucket: it compares those that are there."""
        self.bucket.grant_deploy(role)
        role.add_to_policy(
            Statement(sid="CompareAssets", actions=("s3:GetObject",), resources=(f"{self.bucket.arn}/{self.prefix}*",))
        )

    def grant_publish(self, role: Role) -> None:
        """Let a build copy them, and invalidate what has changed."""
        self.grant_copy(role)
        role.add_to_policy(
            Statement(sid="Invalidate", actions=("cloudfront:CreateInvalidation",), resources=(self.distribution.arn,))
        )
