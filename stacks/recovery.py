"""Layer `recovery`: backups of what cannot be made again, and copies of it in a second region."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from config.edge import VIEWER_REGION
from modules.data.backups_bucket import BACKUPS
from modules.edge.assets_bucket import ASSETS
from modules.key import key_alias
from modules.recovery.bucket_copies import BucketCopy
from modules.recovery.copied_buckets import copied_buckets
from modules.recovery.copied_files import CopiedFiles
from modules.recovery.image_copies import ImageCopies, RegistryReplication
from modules.recovery.replication_alarms import add_failure_alarm, add_latency_alarm
from modules.security import audit_trail
from modules.state_store import STATE
from stacks.base import LayerStack
from stacks.registry import repository_starts, task_images

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from config.environment import Environment
    from config.recovery import RecoverySettings
    from modules.bucket import Bucket
    from stacks.data import DataStack
    from stacks.edge import EdgeStack
    from stacks.notifications import NotificationsStack
    from stacks.registry import RegistryStack
    from stacks.security import SecurityStack
    from stacks.state import StateStack

_COPIES_KEY: Final = "copies"
"""Component of the alias of the key in the second region."""


class CopiesStack(LayerStack):
    """What receives the copies, in the second region; its state is there, too.

    It knows the environment's own region by names alone, so that it can be planned while that region is lost.
    """

    layer: ClassVar[str] = "recovery"
    survives_home: ClassVar[bool] = True

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: RecoverySettings,
        region: str,
        state: StateStack,
        notifications: NotificationsStack | None,
        data: DataStack | None,
    ) -> None:
        super().__init__(scope, config=config, state=state, region=region, name=f"{self.layer}-{region}")
        self.settings = settings
        self.copies_key = self.key("key", name=_COPIES_KEY, protects="Copies of the data")
        topics = notifications.topics if notifications else None
        self.states = {
            "component": STATE,
            "source": self.label.in_home_region().bucket_name(STATE),
            "target": self.label.bucket_name(STATE),
        }
        self.buckets = {
            copied.component: BucketCopy(
                self, f"{copied.component}-copy", copied=copied, label=self.label, key=self.copies_key, topics=topics
            )
            for copied in copied_buckets(
                self.label,
                backups=config.backups,
                trail=config.security.trail if config.security else None,
                has_assets=config.edge is not None and "edge" not in config.left_out_layers,
                protect=config.protect_data,
            )
        }
        if topics:
            add_latency_alarm(self, "state-late-alarm", label=self.label, topics=topics, **self.states)
        self.images = ImageCopies(
            self,
            "images",
            config=config.registry,
            label=self.label,
            key=self.copies_key,
            repository_prefix=config.repository_prefix,
            services=list(config.services),
            public_images=task_images(config),
            protect=config.protect_data,
        )


class RecoveryStack(LayerStack):
    """What makes the backups and copies, in the environment's own region.

    It knows the second region by names alone, so that it can be planned while that region is lost.
    """

    layer: ClassVar[str] = "recovery"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: RecoverySettings,
        state: StateStack,
        notifications: NotificationsStack | None,
        data: DataStack | None,
        registry: RegistryStack,
        edge: EdgeStack | None,
        security: SecurityStack | None,
        copies: CopiesStack | None,
    ) -> None:
        super().__init__(scope, config=config, state=state)
        self.settings = settings
        if copies:
            self.add_dependency(copies)
            buckets: dict[str, Bucket | None] = {
                ASSETS: edge.assets if edge and edge.region == self.region else None,
                BACKUPS: data.backups if data else None,
                audit_trail.BUCKET: security.trail.bucket if security and security.trail else None,
            }
            sources = {component: bucket for component, bucket in buckets.items() if bucket}
            copy_files(self, notifications, sources=sources, copies=copies)
            if notifications:
                topics = notifications.topics
                add_failure_alarm(self, "state-failed-alarm", label=self.label, topics=topics, **copies.states)
            RegistryReplication(
                self,
                "images",
                label=self.label,
                region=copies.region,
                prefixes=repository_starts(config, registry.image_cache),
            )


class AssetsRecoveryStack(LayerStack):
    """What copies the static files, if the environment's own region is not the one of CloudFront's things.

    S3 takes the configuration of a bucket, and publishes the metric of what failed, in the bucket's region.
    """

    layer: ClassVar[str] = "recovery"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        state: StateStack,
        notifications: NotificationsStack | None,
        edge: EdgeStack,
        copies: CopiesStack,
    ) -> None:
        super().__init__(scope, config=config, state=state, region=VIEWER_REGION, name=f"{self.layer}-{VIEWER_REGION}")
        self.add_dependency(copies)
        copy_files(self, notifications, sources={ASSETS: edge.assets}, copies=copies)

    @staticmethod
    def is_needed(config: Environment) -> bool:
        """Whether static files are in another region than the environment's own."""
        return config.region != VIEWER_REGION


def copy_files(
    stack: LayerStack, notifications: NotificationsStack | None, *, sources: Mapping[str, Bucket], copies: CopiesStack
) -> None:
    """Copy the buckets of a stack's region, by their components, to the second region."""
    CopiedFiles(
        stack,
        "files",
        label=stack.label,
        sources=sources,
        copies_label=copies.label,
        copies_key_alias=key_alias(copies.label, _COPIES_KEY),
        topics=notifications.topics if notifications else None,
    )
