"""Automated backups of read replicas, which RDS does not make for each version of PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.rds.models import rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from emulator.store import Shape

_FIRST: Final = (14, 1)


@guard("rds", "ModifyDBInstance")
def refuse_backups_of_replica(params: Shape, context: Context) -> None:
    """Refuse backups of a read replica of PostgreSQL before 14.1, which has none.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Overview.Differences.html
    The message: https://github.com/aws/aws-cdk/issues/17356
    """
    instance = context.backend(rds_backends).databases.get(params["DBInstanceIdentifier"])
    if instance is None or not instance.is_replica or instance.engine != "postgres":
        return
    version = tuple(int(part) for part in str(instance.engine_version).split(".")[:2])
    if int(params.get("BackupRetentionPeriod") or 0) > 0 and version < _FIRST:
        message = f"DB Backups not supported on a read replica for engine {instance.engine}"
        raise AwsError(code="InvalidParameterCombination", message=message)
