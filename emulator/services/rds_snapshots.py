"""Final snapshots of Amazon RDS and Amazon DocumentDB, which moto does not require."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.rds.models import rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from emulator.store import Shape


@guard("rds", "DeleteDBInstance", "DeleteDBCluster")
def require_final_snapshot(params: Shape, context: Context) -> None:
    """Refuse to delete a database without a final snapshot or the explicit wish for none.

    An instance of a cluster and a replica have none.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_DeleteDBCluster.html
    """
    if params.get("SkipFinalSnapshot") or params.get("FinalDBSnapshotIdentifier"):
        return
    instance = context.backend(rds_backends).databases.get(params.get("DBInstanceIdentifier") or "")
    if instance is not None and (instance.db_cluster_identifier or instance.is_replica):
        return
    raise AwsError(
        code="InvalidParameterCombination",
        message="FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
    )
