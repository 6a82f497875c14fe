"""Replication of the automated backups of Amazon RDS to another region.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.outages.state import require_region
from emulator.registry import Context, guard, operation
from emulator.services.rds_backup_records import BACKUPS, RETAINED, AutomatedBackup, replications

if TYPE_CHECKING:
    from emulator.store import Shape

DEFAULT_RETENTION_DAYS: Final = 7
MOST_RETENTION_DAYS: Final = 35
MOST_REPLICATIONS: Final = 20
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html (cross-Region automated backups) ."""


@guard("rds", "StartDBInstanceAutomatedBackupsReplication")
def refuse_replication(params: Shape, context: Context) -> None:
    """Refuse what RDS cannot replicate; AWS documents the rules and the codes, not all texts.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstanceAutomatedBackupsReplication.html
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.Replicating.Enable.html
    """
    arn = str(params["SourceDBInstanceArn"])
    instance = _source(arn, context)
    days = params.get("BackupRetentionPeriod")
    if days is not None and not 1 <= days <= MOST_RETENTION_DAYS:
        message = f"Invalid backup retention period: {days}. Must be between 1 and {MOST_RETENTION_DAYS}"
        raise AwsError(code="InvalidParameterValue", message=message)
    if instance.db_cluster_identifier:
        raise _invalid_state(arn, "is a member of a cluster; its automated backups are not replicated.")
    if not instance.backup_retention_period:
        raise _invalid_state(arn, "does not have automated backups enabled.")
    if instance.status in {"stopped", "stopping", "starting"}:
        raise _invalid_state(arn, "is not in available state.")
    if instance.storage_encrypted and not params.get("KmsKeyId"):
        message = "KmsKeyId is required: the backups of an encrypted DB instance need a key of the destination region."
        raise AwsError(code="KMSKeyNotAccessibleFault", message=message)
    for one in replications(instance):
        raise _invalid_state(arn, f"already replicates its automated backups to {one.region}.")
    if sum(one.status == "replicating" for one in context.table(BACKUPS).values()) >= MOST_REPLICATIONS:
        message = f"The quota of {MOST_REPLICATIONS} cross-Region automated backups has been reached."
        raise AwsError(code="DBInstanceAutomatedBackupQuotaExceeded", message=message)


@operation("rds", "StartDBInstanceAutomatedBackupsReplication")
def start_replication(params: Shape, context: Context) -> Shape:
    """Replicate the backups of an instance of another region to this one.

    Backups of the same instance that are still retained go on, with their key.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedXREGBackups.Troubleshooting.html
    """
    instance = _source(params["SourceDBInstanceArn"], context)
    key, days = params.get("KmsKeyId"), params.get("BackupRetentionPeriod") or DEFAULT_RETENTION_DAYS
    table = context.table(BACKUPS)
    kept = next((one for one in table.values() if one.instance.dbi_resource_id == instance.dbi_resource_id), None)
    if kept is not None:
        if kept.key != key:
            message = f"{kept.arn} is encrypted with another KMS key; delete it before you replicate again."
            raise AwsError(code="InvalidDBInstanceAutomatedBackupState", message=message)
        kept.status, kept.ended, kept.kept, kept.retention_days = "replicating", None, None, days
        return {"DBInstanceAutomatedBackup": kept.shape()}
    backup = AutomatedBackup(
        arn=context.arn(f"auto-backup:ab-{uuid.uuid4().hex[:26]}"),
        instance=instance,
        region=context.region,
        key=key,
        retention_days=days,
        began=dt.datetime.now(dt.UTC),
        status="replicating",
    )
    table[backup.arn] = backup
    return {"DBInstanceAutomatedBackup": backup.shape()}


@operation("rds", "StopDBInstanceAutomatedBackupsReplication")
def stop_replication(params: Shape, context: Context) -> Shape:
    """Stop the replication; what is there is retained.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.StopReplicating.html
    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/rds/instance_automated_backups_replication.go
    has the text of the refusal.
    """
    arn = params["SourceDBInstanceArn"]
    found = [one for one in context.table(BACKUPS).values() if one.instance.db_instance_arn == arn]
    for backup in found:
        if backup.status == "replicating":
            backup.end(RETAINED)
            return {"DBInstanceAutomatedBackup": backup.shape()}
    raise _invalid_state(arn, "is not replicating to the current region.")


def _source(text: str, context: Context) -> Any:
    arn = parse_arn(text)
    if arn is None or arn.service != "rds":
        raise AwsError(code="InvalidParameterValue", message=f"Invalid ARN: {text}")
    if arn.region == context.region:
        message = "The source DB instance must be in another AWS Region than the replicated automated backups."
        raise AwsError(code="InvalidParameterValue", message=message)
    require_region(arn.region)
    name = arn.resource.removeprefix("db:")
    instance = rds_backends[arn.account][arn.region].databases.get(name) if arn.account == context.account else None
    if instance is None:
        raise AwsError(code="DBInstanceNotFound", message=f"DBInstance {name} not found.")
    return instance


def _invalid_state(arn: str, what: str) -> AwsError:
    return AwsError(code="InvalidDBInstanceState", message=f"DB instance {arn} {what}")
