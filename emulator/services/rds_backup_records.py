"""What Amazon RDS keeps of one instance in one region, and until when it can be restored.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends

from emulator.databases.content import as_of
from emulator.outages.state import lost_since
from emulator.registry import REGISTRY, Context
from emulator.releases.clock import CLOCK
from emulator.services.rds_snapshots import Held, hold
from emulator.store import Kind

if TYPE_CHECKING:
    from emulator.store import Shape

LAG_MINUTES: Final = 5
"""RDS uploads transaction logs every five minutes.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
"""
RETAINED: Final = "retained"


@dataclass
class AutomatedBackup:
    """The backups of one instance in one region."""

    arn: str
    instance: Any
    """moto's instance; it may be deleted."""
    region: str
    """Where the backup is."""
    key: str | None
    retention_days: int
    began: dt.datetime
    status: str
    ended: dt.datetime | None = None
    """When the instance was deleted, or its replication stopped."""
    kept: Held | None = None
    """What the instance had then."""

    @property
    def latest(self) -> dt.datetime:
        """The last moment to which it can be restored; it moves on as long as the instance's region answers."""
        moments = (self.ended, lost_since(self.instance.region))
        end = min((moment for moment in moments if moment), default=dt.datetime.now(dt.UTC))
        return max(self.began, end - dt.timedelta(seconds=CLOCK.seconds(LAG_MINUTES)))

    @property
    def earliest(self) -> dt.datetime:
        """The first moment to which it can be restored."""
        return max(self.began, self.latest - dt.timedelta(days=self.retention_days))

    def held(self, moment: dt.datetime) -> Held:
        """Return what the instance had at a moment."""
        now = self.kept or hold(self.instance)
        return Held(as_of(now.content, moment), now.password)

    def end(self, status: str) -> None:
        """Keep what is there until its retention is over."""
        if self.ended is None:
            self.kept, self.ended = hold(self.instance), dt.datetime.now(dt.UTC)
        self.status = status

    def shape(self) -> Shape:
        """Describe it as the API does.

        https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstanceAutomatedBackup.html
        """
        instance = self.instance
        described = {
            "DBInstanceArn": instance.db_instance_arn,
            "DbiResourceId": instance.dbi_resource_id,
            "Region": instance.region,
            "DBInstanceIdentifier": instance.db_instance_identifier,
            "RestoreWindow": {"EarliestTime": naive(self.earliest), "LatestTime": naive(self.latest)},
            "AllocatedStorage": instance.allocated_storage,
            "Status": self.status,
            "Port": instance.port,
            "AvailabilityZone": instance.availability_zone,
            "InstanceCreateTime": instance.created,
            "MasterUsername": instance.master_username,
            "Engine": instance.engine,
            "EngineVersion": instance.engine_version,
            "LicenseModel": instance.license_model,
            "Iops": instance.iops,
            "OptionGroupName": instance.option_group_name,
            "Encrypted": bool(instance.storage_encrypted),
            "StorageType": instance.storage_type,
            "KmsKeyId": self.key,
            "IAMDatabaseAuthenticationEnabled": bool(instance.enable_iam_database_authentication),
            "BackupRetentionPeriod": self.retention_days,
            "DBInstanceAutomatedBackupsArn": self.arn,
            "BackupTarget": "region",
            "TagList": instance.tags,
        }
        return {name: value for name, value in described.items() if value is not None}


BACKUPS: Kind[AutomatedBackup] = Kind(
    "automated backup",
    missing="DBInstanceAutomatedBackupNotFound",
    message="DBInstanceAutomatedBackup {key} not found.",
)


def all_backups(context: Context) -> list[AutomatedBackup]:
    """Return all of the caller's account and region."""
    instances = context.backend(rds_backends).databases.values()
    own = [own_backup(one) for one in instances if not one.db_cluster_identifier and one.backup_retention_period]
    return [*own, *context.table(BACKUPS).values()]


def own_backup(instance: Any) -> AutomatedBackup:
    """The backup of an instance in its own region."""
    began = instance.created.replace(tzinfo=dt.UTC)
    return AutomatedBackup(
        arn=f"arn:aws:rds:{instance.region}:{instance.account_id}:auto-backup:ab-{_own_id(instance)}",
        instance=instance,
        region=instance.region,
        key=instance.kms_key_id,
        retention_days=instance.backup_retention_period,
        began=began,
        status="active",
    )


def _own_id(instance: Any) -> str:
    return str(instance.dbi_resource_id).removeprefix("db-").lower()


def replications(instance: Any) -> list[AutomatedBackup]:
    """All replications of an instance that are going on, whatever their regions."""
    account = rds_backends[instance.account_id]
    tables = [REGISTRY.store.table(BACKUPS, instance.account_id, region) for region in list(dict.keys(account))]
    return [
        one
        for table in tables
        for one in table.values()
        if one.status == "replicating" and one.instance.dbi_resource_id == instance.dbi_resource_id
    ]


def naive(moment: dt.datetime) -> dt.datetime:
    """In the form of moto's serializers."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
