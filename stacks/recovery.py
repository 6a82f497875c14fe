"""Layer `recovery`: backups of what cannot be made again, and what copies it to a second region."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from config.buckets import ASSETS, AUDIT, BACKUPS
from config.edge import VIEWER_REGION
from modules.key import key_alias
from modules.recovery.backup_messages import add_backup_messages
from modules.recovery.backup_plan import BackupPlan
from modules.recovery.backup_role import BackupKey, backup_role_arn, create_backup_role
from modules.recovery.backup_vault import BackupVault, vault_arn
from modules.recovery.copied_files import CopiedFiles
from modules.recovery.copy_heartbeats import CopyHeartbeats
from modules.recovery.image_copies import RegistryReplication
from modules.recovery.parameter_mirror import ParameterMirror
from modules.recovery.replication_alarms import add_failure_alarm
from stacks.base import LayerStack, topics_for
from stacks.recovery_copies import COPIES_KEY
from stacks.registry import copied_repositories

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import TerraformResource
    from constructs import Construct

    from config.environment import Environment
    from config.recovery import RecoverySettings
    from modules.bucket import Bucket
    from modules.key import Key
    from stacks.data import DataStack
    from stacks.edge import EdgeStack
    from stacks.notifications import NotificationsStack
    from stacks.recovery_copies import CopiesStack
    from stacks.registry import RegistryStack
    from stacks.security import SecurityStack
    from stacks.state import StateStack


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
        self.vault: BackupVault | None = None
        self.mirror: ParameterMirror | None = None
        self.heartbeats: CopyHeartbeats | None = None
        if data and data.databases_key:
            self._add_database_backups(settings, data.databases_key)
        add_backup_messages(
            self,
            "backup-messages",
            label=self.label,
            has_vault=self.vault is not None,
            has_trail=self.config.has_trail,
            topics=topics_for(self, notifications),
        )
        if copies:
            self.add_dependency(copies)
            buckets: dict[str, Bucket | None] = {
                ASSETS: edge.assets if edge and edge.region == self.region else None,
                BACKUPS: data.backups if data else None,
                AUDIT: security.trail.bucket if security and security.trail else None,
            }
            sources = {component: bucket for component, bucket in buckets.items() if bucket}
            _copy_files(self, notifications, sources=sources, copies=copies)
            if notifications:
                topics = notifications.topics
                add_failure_alarm(self, "state-failed-alarm", label=self.label, topics=topics, **copies.states)
            RegistryReplication(
                self,
                "images",
                label=self.label,
                region=copies.region,
                prefixes=copied_repositories(config, registry.image_cache),
            )
            self._add_copying(copies.region, data, edge, notifications)

    def _add_copying(
        self, region: str, data: DataStack | None, edge: EdgeStack | None, notifications: NotificationsStack | None
    ) -> None:
        """Add the functions that copy parameters, and that write what the age of the other copies is seen by."""
        buckets: list[tuple[Bucket, Key, str]] = []
        if data and data.backups and data.backups_key:
            buckets.append((data.backups, data.backups_key, data.region))
        if edge:
            buckets.append((edge.assets, edge.assets_key, edge.region))
        secrets = (
            [*data.jwt.by_name.values(), *data.api_keys.by_name.values()] if data and data.jwt and data.api_keys else []
        )
        if not buckets and not secrets:
            return
        key = self.key("functions-key", name="recovery-functions", protects="Functions that make copies")
        days, topics = self.config.logs.function_retention_days, topics_for(self, notifications)
        if secrets:
            self.mirror = ParameterMirror(
                self,
                "parameter-mirror",
                label=self.label,
                parameters=secrets,
                region=region,
                copies_key_alias=key_alias(self.label, COPIES_KEY),
                key=key,
                log_retention_days=days,
                topics=topics,
            )
        if buckets:
            self.heartbeats = CopyHeartbeats(
                self,
                "copy-heartbeats",
                label=self.label,
                buckets=buckets,
                key=key,
                log_retention_days=days,
                topics=topics,
            )

    def _add_database_backups(self, settings: RecoverySettings, key: Key) -> None:
        config, region = self.config, self.config.recovery_region
        role_dependables: Sequence[TerraformResource] = ()
        if region:
            role_arn = backup_role_arn(self.label.in_region(region))  # outlives both vaults there
        else:
            role = create_backup_role(
                self, "backup-role", label=self.label, databases_key=BackupKey.of(key.arn), copies_key=None
            )
            role_arn, role_dependables = role.arn, role.dependables
        self.vault = BackupVault(
            self,
            "vault",
            config=settings.backup_plan,
            label=self.label,
            key_arn=key.arn,  # the one of the snapshots in it, whatever the vault's own is
            protect=config.protect_data,
            after=role_dependables,
        )
        BackupPlan(
            self,
            "backup-plan",
            config=settings.backup_plan,
            label=self.label,
            vault=self.vault,
            role_arn=role_arn,
            copies_vault_arn=vault_arn(self.label, region=region) if region else None,
            has_documentdb=config.documentdb is not None,
            after=role_dependables,
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
        _copy_files(self, notifications, sources={ASSETS: edge.assets}, copies=copies)

    @staticmethod
    def is_needed(config: Environment) -> bool:
        """Whether static files are in another region than the environment's own."""
        return config.region != VIEWER_REGION


def _copy_files(
    stack: LayerStack, notifications: NotificationsStack | None, *, sources: Mapping[str, Bucket], copies: CopiesStack
) -> None:
    """Copy the buckets of a stack's region, by their components, to the second region."""
    CopiedFiles(
        stack,
        "files",
        label=stack.label,
        sources=sources,
        copies_label=copies.label,
        copies_key_alias=key_alias(copies.label, COPIES_KEY),
        topics=notifications.topics if notifications else None,
    )
