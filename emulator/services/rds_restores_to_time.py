"""Restores of an instance of Amazon RDS to a moment, from its backups in its own or in another region."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from moto.rds.models import RDSBackend, rds_backends

from emulator.errors import AwsError
from emulator.keys import key_exists
from emulator.registry import REGISTRY, Context, guard, patch
from emulator.services.rds_backup_records import BACKUPS, AutomatedBackup, all_backups, own_backup
from emulator.services.rds_restores import refuse_database_name, restore_instance

if TYPE_CHECKING:
    from emulator.store import Shape


@guard("rds", "RestoreDBInstanceToPointInTime")
def refuse_restore(params: Shape, context: Context) -> None:
    """Refuse one from no backup, to a moment that it does not have, with a key that cannot be used, or of one database.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
    """
    backup = find_backup(params, context)
    refuse_database_name(backup.instance.engine, params)
    _moment(backup, params.get("RestoreTime"), latest=bool(params.get("UseLatestRestorableTime")))
    if backup.instance.storage_encrypted and backup.key and not key_exists(backup.key, context):
        message = f"The specified KMS key [{backup.key}] does not exist, is not enabled or you do not have permissions."
        raise AwsError(code="KMSKeyNotAccessibleFault", message=message)


@patch(RDSBackend, "restore_db_instance_to_point_in_time")
def restore_to_time(_: Any, backend: Any, source: str | None, target: str, request: dict[str, Any]) -> Any:
    """Create an instance with what another one had at that moment."""
    context = Context("rds", "RestoreDBInstanceToPointInTime", backend.account_id, backend.region_name, REGISTRY.store)
    backup = find_backup(
        {
            "SourceDBInstanceIdentifier": source,
            "SourceDbiResourceId": request.get("source_dbi_resource_id"),
            "SourceDBInstanceAutomatedBackupsArn": request.get("source_db_instance_automated_backups_arn"),
        },
        context,
    )
    moment = _moment(backup, request.get("restore_time"), latest=bool(request.get("use_latest_restorable_time")))
    return restore_instance(
        backend,
        source=backup.instance,
        held=backup.held(moment),
        key=backup.key if backup.instance.storage_encrypted else None,
        wanted={**request, "db_instance_identifier": target},
    )


def find_backup(params: Shape, context: Context) -> AutomatedBackup:
    """Return the backup that a restore names."""
    arn, resource = params.get("SourceDBInstanceAutomatedBackupsArn"), params.get("SourceDbiResourceId")
    name = params.get("SourceDBInstanceIdentifier")
    if name:
        instance = context.backend(rds_backends).databases.get(name)
        if instance is None:
            raise AwsError(code="DBInstanceNotFound", message=f"DBInstance {name} not found.")
        if not instance.backup_retention_period:
            message = f"Point In Time Restore is not enabled for DB instance {name}."
            raise AwsError(code="PointInTimeRestoreNotEnabled", message=message)
        return own_backup(instance)
    for backup in all_backups(context):
        if arn == backup.arn or (resource and resource == backup.instance.dbi_resource_id):
            return backup
    return context.table(BACKUPS).require(str(arn or resource))


def _moment(backup: AutomatedBackup, wanted: dt.datetime | None, *, latest: bool) -> dt.datetime:
    """The moment that a request names; AWS documents its limits, and not the texts of the refusals."""
    if latest == (wanted is not None):
        message = "Specify either RestoreTime or UseLatestRestorableTime."
        raise AwsError(code="InvalidParameterCombination", message=message)
    if wanted is None:
        return backup.latest
    moment = wanted if wanted.tzinfo else wanted.replace(tzinfo=dt.UTC)
    # Its limits are shown in whole seconds.
    name, second = backup.instance.db_instance_identifier, dt.timedelta(seconds=1)
    if not backup.earliest - second < moment < backup.latest + second:
        message = (
            f"The specified instance {name} cannot be restored to {moment.isoformat()}: its backups go from "
            f"{backup.earliest.isoformat()} to {backup.latest.isoformat()}."
        )
        raise AwsError(code="InvalidParameterValue", message=message)
    return moment
