"""Layer `recovery` in the second region: what receives the copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from config.buckets import ASSETS
from config.copies import copied_parameters
from modules.data.identifiers import DATABASES_KEY
from modules.key import key_alias
from modules.recovery.backup_messages import add_backup_messages
from modules.recovery.backup_role import BackupKey, create_backup_role
from modules.recovery.backup_vault import BackupVault
from modules.recovery.bucket_copies import BucketCopy
from modules.recovery.copied_buckets import copied_buckets
from modules.recovery.copy_ages import CopyAges
from modules.recovery.image_copies import ImageCopies
from modules.recovery.parameter_copies import ParameterCopies
from modules.recovery.replicated_backups import leave_automated_backups, replicate_automated_backups
from modules.recovery.replication_alarms import add_latency_alarm
from modules.recovery.serving_region import ServingRegion
from modules.recovery.static_copy import allow_distributions
from modules.state_store import STATE
from stacks.base import LayerStack, topics_for
from stacks.registry import task_images

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.db_instance_automated_backups_replication import DbInstanceAutomatedBackupsReplication
    from constructs import Construct

    from config.environment import Environment
    from config.recovery import RecoverySettings
    from stacks.data import DataStack
    from stacks.notifications import NotificationsStack
    from stacks.state import StateStack

COPIES_KEY: Final = "copies"
"""Component of the alias of the key in the second region."""
_POSTGRES_BACKUPS: Final = "postgres-backups"


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
        self.copies_key = self.key("key", name=COPIES_KEY, protects="Copies of the data")
        self.vault: BackupVault | None = None
        self.postgres_backups: DbInstanceAutomatedBackupsReplication | None = None
        """PostgreSQL's own backups, from which it can be restored in this region; None if RDS replicates none."""
        self.parameters: ParameterCopies | None = None
        self.ages: CopyAges | None = None
        if data and data.databases:
            self._add_database_copies(settings, notifications)
            self.add_dependency(data)  # RDS copies the backups of an instance that exists
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
                has_assets=config.has_assets,
                protect=config.protect_data,
            )
        }
        if settings.standby and ASSETS in self.buckets:
            allow_distributions(self.buckets[ASSETS], label=self.label, key=self.copies_key)
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
        self._add_watch(notifications)
        self.serving: ServingRegion | None = None
        """The switch between the two regions; None if no name can lead here."""
        if config.switched_region:
            self.serving = ServingRegion(
                self,
                "serving-region",
                label=self.label,
                key=self.copies_key,
                log_retention_days=config.logs.function_retention_days,
                is_prepared=settings.fail_over is not None,
                topics=topics_for(self, notifications),
            )

    def _add_database_copies(self, settings: RecoverySettings, notifications: NotificationsStack | None) -> None:
        config = self.config
        role = create_backup_role(
            self,
            "backup-role",
            label=self.label,
            databases_key=BackupKey.named(self.label.in_home_region(), key_alias(self.label, DATABASES_KEY)),
            copies_key=BackupKey.of(self.copies_key.arn),
        )
        self.vault = BackupVault(
            self,
            "vault",
            config=settings.backup_plan,
            label=self.label,
            key_arn=self.copies_key.arn,
            protect=config.protect_data,
            after=role.dependables,
        )
        if settings.fail_over and settings.fail_over.postgres_backups:
            leave_automated_backups(self, _POSTGRES_BACKUPS)
        elif config.postgres:
            self.postgres_backups = replicate_automated_backups(
                self,
                _POSTGRES_BACKUPS,
                label=self.label,
                key=self.copies_key,
                retention_days=config.postgres.backup_retention_days,
            )
        if settings.standby and config.postgres:  # what a restore needs, before there is one
            self.keep_for_others(self.copies_key.resource, "arn")
            if self.postgres_backups:
                self.keep_for_others(self.postgres_backups, "id")
        add_backup_messages(
            self,
            "backup-messages",
            label=self.label,
            has_vault=self.vault is not None,
            has_trail=self.config.has_trail,
            topics=topics_for(self, notifications),
        )

    def _add_watch(self, notifications: NotificationsStack | None) -> None:
        """Add the copies of parameters, and what measures the ages of all copies, after what it asks."""
        config = self.config
        if config.secrets:
            self.parameters = ParameterCopies(
                self,
                "parameters",
                names=copied_parameters(config.parameter_names),
                label=self.label,
                key=self.copies_key,
            )
        if config.copied_stores:
            self.ages = CopyAges(
                self,
                "copy-ages",
                label=self.label,
                stores=config.copied_stores,
                key=self.copies_key,
                log_retention_days=config.logs.function_retention_days,
                topics=topics_for(self, notifications),
                after=[
                    *(one for bucket in self.buckets.values() for one in bucket.dependables),
                    *(self.vault.dependables if self.vault else ()),
                    *(self.parameters.dependables if self.parameters else ()),
                ],
            )
