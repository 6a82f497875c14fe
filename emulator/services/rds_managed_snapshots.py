"""Snapshots of Amazon RDS and Amazon DocumentDB that AWS Backup manages: RDS hides them, and does not delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import RDSBackend, rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

MANAGED: Final = "awsbackup"


@guard("rds", "DeleteDBSnapshot", "DeleteDBClusterSnapshot")
def refuse_deletion(params: Shape, context: Context) -> None:
    """Refuse to delete one; AWS documents that it must be done in AWS Backup, and not the text of the refusal.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html
    """
    backend = context.backend(rds_backends)
    name = params.get("DBSnapshotIdentifier") or params["DBClusterSnapshotIdentifier"]
    snapshot = backend.database_snapshots.get(name) or backend.cluster_snapshots.get(name)
    if snapshot is not None and snapshot.snapshot_type == MANAGED:
        is_cluster = "DBClusterSnapshotIdentifier" in params
        raise AwsError(
            code="InvalidDBClusterSnapshotStateFault" if is_cluster else "InvalidDBSnapshotState",
            message=f"The snapshot {name} is managed by AWS Backup; delete its recovery point there.",
        )


@patch(RDSBackend, "describe_db_snapshots")
def hide_instance_snapshots(  # noqa: PLR0917  as in moto
    original: Any,
    backend: Any,
    db_instance_identifier: str | None = None,
    db_snapshot_identifier: str | None = None,
    snapshot_type: str | None = None,
    filters: Any = None,
) -> list[Any]:
    """Return them only if their type or name is asked for.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html (SnapshotType)
    """
    wanted = snapshot_type or _type(db_snapshot_identifier)
    return _shown(original(backend, db_instance_identifier, db_snapshot_identifier, wanted, filters), wanted, filters)


@patch(RDSBackend, "describe_db_cluster_snapshots")
def hide_cluster_snapshots(  # noqa: PLR0917  as in moto
    original: Any,
    backend: Any,
    db_cluster_identifier: str | None = None,
    db_snapshot_identifier: str | None = None,
    snapshot_type: str | None = None,
    filters: Any = None,
) -> list[Any]:
    """Return them only if their type or name is asked for.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
    """
    wanted = snapshot_type or _type(db_snapshot_identifier)
    return _shown(original(backend, db_cluster_identifier, db_snapshot_identifier, wanted, filters), wanted, filters)


def _type(name: str | None) -> str | None:
    """The type that moto must look for, which else has only others."""
    return MANAGED if name and name.startswith(f"{MANAGED}:") else None


def _shown(found: list[Any], wanted: str | None, filters: Any) -> list[Any]:
    asked = wanted or "snapshot-type" in (filters or {})
    return found if asked else [one for one in found if one.snapshot_type != MANAGED]
