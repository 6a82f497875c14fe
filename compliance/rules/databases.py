"""Databases: encrypted, not public, and recoverable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.rule import Finding, rule
from config.postgres import PROTECTED_BACKUP_DAYS
from synthesis.stateful import is_spare_replica

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_POSTGRES, _DOCUMENTDB = "aws_db_instance", "aws_docdb_cluster"
_COPIED_BACKUPS = "aws_db_instance_automated_backups_replication"


@rule
def database_has_customer_managed_key(stack: Stack) -> Iterator[Finding]:
    """Every database is encrypted with a customer managed key, and so are the copies of its backups."""
    for database in _databases(stack):
        if not database.is_on("storage_encrypted") or not database.get("kms_key_id"):
            yield Finding.about(database, "storage_encrypted and kms_key_id are not both set")
    for copies in stack.all(_COPIED_BACKUPS):
        if not copies.get("kms_key_id"):
            yield Finding.about(copies, "kms_key_id is not set; a key is of one region, so copies have another one")


@rule
def database_has_backups(stack: Stack) -> Iterator[Finding]:
    """A protected database can be restored to any second of the last seven days."""
    for database in _databases(stack):
        days = database.get("backup_retention_period") or 0
        if stack.is_protected and int(days) < PROTECTED_BACKUP_DAYS:
            allowed = f"{PROTECTED_BACKUP_DAYS} or more"
            yield Finding.about(database, f"backup_retention_period is {days}; it must be {allowed}")


@rule
def table_has_point_in_time_recovery(stack: Stack) -> Iterator[Finding]:
    """Every DynamoDB table can be restored to any second of the last weeks."""
    for table in stack.all("aws_dynamodb_table"):
        if table.block("point_in_time_recovery").get("enabled") is not True:
            yield Finding.about(table, "point_in_time_recovery is off")
    for replica in stack.all("aws_dynamodb_table_replica"):
        if not replica.is_on("point_in_time_recovery"):
            yield Finding.about(replica, "point_in_time_recovery is off; a replica does not get that of its table")


def _databases(stack: Stack) -> Iterator[Resource]:
    for database in stack.all(_POSTGRES, _DOCUMENTDB):
        # A replica inherits its key and its backups from its source; in another region it has its own, as what is left
        # when the region of its source is lost.
        if not is_spare_replica(database.arguments, region=stack.region_of(database)):
            yield database
