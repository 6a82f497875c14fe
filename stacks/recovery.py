"""Layer `recovery`: backups of what cannot be made again, and copies of it in a second region."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from config.buckets import ASSETS, AUDIT, BACKUPS
from config.copies import copied_parameters
from config.edge import VIEWER_REGION
from modules.data.identifiers import DATABASES_KEY
from modules.event_messages import EventMessages
from modules.key import key_alias
from modules.recovery import backup_messages
from modules.recovery.backup_plan import BackupPlan
from modules.recovery.backup_role import BackupKey, backup_role_arn, create_backup_role
from modules.recovery.backup_vault import BackupVault, vault_arn
from modules.recovery.bucket_copies import BucketCopy
from modules.recovery.copied_buckets import copied_buckets
from modules.recovery.copied_files import CopiedFiles
from modules.recovery.copy_ages import CopyAges
from modules.recovery.copy_heartbeats import CopyHeartbeats
from modules.recovery.image_copies import ImageCopies, RegistryReplication
from modules.recovery.parameter_copies import ParameterCopies
from modules.recovery.parameter_mirror import ParameterMirror
from modules.recovery.replicated_backups import leave_automated_backups, replicate_automated_backups
from modules.recovery.replication_alarms import add_failure_alarm, add_latency_alarm
from modules.recovery.restore_drills import DRILLS_KEY, RestoreDrills
from modules.recovery.serving_region import ServingRegion
from modules.recovery.static_copy import allow_distributions
from modules.state_store import STATE
from stacks.base import LayerStack, topics_for
from stacks.registry import copied_repositories, task_images

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import TerraformResource
    from cdktf_cdktf_provider_aws.db_instance_automated_backups_replication import DbInstanceAutomatedBackupsReplication
    from constructs import Construct

    from config.environment import Environment
    from config.recovery import RecoverySettings
    from config.recovery_drills import DrillSettings
    from config.recovery_targets import CopyTargets
    from modules.bucket import Bucket
    from modules.key import Key
    from stacks.data import DataStack
    from stacks.edge import EdgeStack
    from stacks.notifications import NotificationsStack
    from stacks.registry import RegistryStack
    from stacks.security import SecurityStack
    from stacks.state import StateStack

_COPIES_KEY: Final = "copies"
"""Component of the alias of the key in the second region."""
_BACKUP_ROLE: Final = "backup-role"
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
        self.copies_key = self.key("key", name=_COPIES_KEY, protects="Copies of the data")
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
        """The switch between the two regions; None if nothing can serve here."""
        if settings.standby:
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
            _BACKUP_ROLE,
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
        _add_messages(self, notifications)

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
        _add_messages(self, notifications)
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
                copies_key_alias=key_alias(self.label, _COPIES_KEY),
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
                self, _BACKUP_ROLE, label=self.label, databases_key=BackupKey.of(key.arn), copies_key=None
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


class DrillsStack(LayerStack):
    """Restore tests of the copies, in the second region, in a network of their own; its state is there, too."""

    layer: ClassVar[str] = "recovery"
    survives_home: ClassVar[bool] = True

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        drills: DrillSettings,
        targets: CopyTargets,
        state: StateStack,
        notifications: NotificationsStack | None,
        copies: CopiesStack,
    ) -> None:
        region = copies.region
        super().__init__(scope, config=config, state=state, region=region, name=f"{self.layer}-drills-{region}")
        self.drills = RestoreDrills(
            self,
            "drills",
            config=drills,
            targets=targets,
            label=self.label,
            roles={"postgres": config.postgres_roles, "documentdb": config.documentdb_roles},
            copies_key_arn=copies.copies_key.arn,
            key=self.key("key", name=DRILLS_KEY, protects="Restore drills: logs, events and functions"),
            logs=config.logs,
            topics=topics_for(self, notifications),
        )
        self.add_dependency(copies)
        self.output("restore_testing_plan_arn", self.drills.plan.arn)
        self.output("restore_check_function", self.drills.check.function.name)


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
        copies_key_alias=key_alias(copies.label, _COPIES_KEY),
        topics=notifications.topics if notifications else None,
    )


def _add_messages(stack: CopiesStack | RecoveryStack, notifications: NotificationsStack | None) -> None:
    """Add the messages on jobs of AWS Backup in the region of a stack, and on calls that end backups or copies."""
    config, label = stack.config, stack.label
    has_trail = config.security is not None and config.security.trail is not None
    found = [
        *(backup_messages.backup_messages(label, has_trail=has_trail) if stack.vault else ()),
        *(
            backup_messages.copy_change_messages(label, has_trail=has_trail)
            if label.region == label.home_region
            else ()
        ),
    ]
    if found:
        EventMessages(
            stack,
            "backup-messages",
            label=label,
            name=backup_messages.NAME,
            messages=found,
            topics=topics_for(stack, notifications),
        )
