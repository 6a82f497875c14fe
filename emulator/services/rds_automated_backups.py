"""Automated backups of Amazon RDS: those of a region's own instances, replicated ones and retained ones.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from moto.rds.models import DBInstance, RDSBackend

from emulator.errors import AwsError
from emulator.registry import REGISTRY, Context, operation, patch
from emulator.services.rds_backup_records import BACKUPS, RETAINED, all_backups, naive, own_backup, replications
from emulator.services.rds_snapshots import hold

if TYPE_CHECKING:
    from emulator.store import Shape


@operation("rds", "DescribeDBInstanceAutomatedBackups")
def describe_backups(params: Shape, context: Context) -> Shape:
    """Describe the backups of this region: of its own instances, replicated ones and retained ones."""
    wanted = {
        "DBInstanceAutomatedBackupsArn": params.get("DBInstanceAutomatedBackupsArn"),
        "DbiResourceId": params.get("DbiResourceId"),
        "DBInstanceIdentifier": params.get("DBInstanceIdentifier"),
    }
    found = [
        shape
        for shape in (backup.shape() for backup in all_backups(context))
        if all(value is None or shape.get(name) == value for name, value in wanted.items())
        and all(_passes(shape, one) for one in params.get("Filters") or ())
    ]
    named = wanted["DBInstanceAutomatedBackupsArn"] or wanted["DbiResourceId"]
    if named and not found:
        context.table(BACKUPS).require(named)
    return {"DBInstanceAutomatedBackups": found}


@operation("rds", "DeleteDBInstanceAutomatedBackup")
def delete_backup(params: Shape, context: Context) -> Shape:
    """Delete retained backups, or replicated ones together with their replication.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.Delete.html
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstanceAutomatedBackup.html
    """
    arn, resource = params.get("DBInstanceAutomatedBackupsArn"), params.get("DbiResourceId")
    for backup in all_backups(context):
        if arn == backup.arn or (resource and resource == backup.instance.dbi_resource_id):
            if backup.status == "active":
                message = "The automated backup of a DB instance that exists cannot be deleted."
                raise AwsError(code="InvalidDBInstanceAutomatedBackupState", message=message)
            context.table(BACKUPS).remove(backup.arn)
            return {"DBInstanceAutomatedBackup": {**backup.shape(), "Status": "deleting"}}
    context.table(BACKUPS).require(str(arn or resource))
    return {}


@patch(RDSBackend, "delete_db_instance")
def retain_backups(original: Any, backend: Any, db_instance_identifier: str, *args: Any, **kwargs: Any) -> Any:
    """Keep what an instance has for the backups that outlive it: replicated ones always, its own ones if asked for.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.Retaining.html
    """
    instance = backend.databases.get(db_instance_identifier)
    held = hold(instance) if instance is not None and _outlived(instance, kwargs) else None
    deleted = original(backend, db_instance_identifier, *args, **kwargs)
    if held is None:
        return deleted
    ended = dt.datetime.now(dt.UTC)
    for backup in replications(instance):
        backup.kept, backup.ended, backup.status = held, ended, RETAINED
    if _keeps_own(instance, kwargs):
        own = own_backup(instance)
        own.kept, own.ended, own.status = held, ended, RETAINED
        REGISTRY.store.table(BACKUPS, instance.account_id, instance.region)[own.arn] = own
    return deleted


@patch(DBInstance, "latest_restorable_time")
def latest_restorable_time(_: Any, instance: Any) -> dt.datetime | None:
    """The last moment to which an instance can be restored, which moves on; moto returns now."""
    if instance.db_cluster_identifier or not instance.backup_retention_period:
        return None
    return naive(own_backup(instance).latest)


def _replications_of_instance(instance: Any) -> list[Shape]:
    return [{"DBInstanceAutomatedBackupsArn": one.arn} for one in replications(instance)]


# moto's instances have no such attribute; its serializer reads each member of the response by its name.
DBInstance.db_instance_automated_backups_replications = property(_replications_of_instance)  # type: ignore[attr-defined]


def _outlived(instance: Any, request: Shape) -> bool:
    return bool(replications(instance)) or _keeps_own(instance, request)


def _keeps_own(instance: Any, request: Shape) -> bool:
    wanted = request.get("delete_automated_backups") is False
    return wanted and not instance.db_cluster_identifier and bool(instance.backup_retention_period)


def _passes(shape: Shape, wanted: Shape) -> bool:
    """Whether a backup passes a filter.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstanceAutomatedBackups.html
    """
    member = {"status": "Status", "db-instance-id": "DBInstanceIdentifier", "dbi-resource-id": "DbiResourceId"}
    name = member.get(wanted["Name"])
    if name is None:
        raise AwsError(code="InvalidParameterValue", message=f"Unrecognized filter name: {wanted['Name']}")
    return shape.get(name) in wanted["Values"]
