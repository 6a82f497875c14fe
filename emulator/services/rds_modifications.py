"""Changes of databases that AWS refuses: less storage, older versions, a major upgrade without its flag, wrong speed.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
https://docs.aws.amazon.com/documentdb/latest/developerguide/API_ModifyDBCluster.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import DBInstance, rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

_MAJOR_OF_TWO_PARTS: Final = frozenset({"docdb", "mysql"})
_STRIPED_GIB: Final = 400
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage"""
_SPEED: Final = {False: (3000, 125), True: (12_000, 500)}
"""Operations and MiB a second that gp3 storage has, by whether it is striped; of striped storage also the least."""


@guard("rds", "ModifyDBInstance")
def refuse_impossible_instance(params: Shape, context: Context) -> None:
    """Refuse what AWS cannot do to an instance."""
    instance = context.backend(rds_backends).databases.get(params.get("DBInstanceIdentifier") or "")
    if instance is None or instance.db_cluster_identifier:
        return  # moto refuses an unknown one; that of a cluster has neither storage nor version of its own
    _check_version(instance.engine, instance.engine_version, params)
    _check_storage(instance, params)


@guard("rds", "ModifyDBCluster")
def refuse_impossible_cluster(params: Shape, context: Context) -> None:
    """Refuse what AWS cannot do to a cluster."""
    cluster = context.backend(rds_backends).clusters.get(params.get("DBClusterIdentifier") or "")
    if cluster is not None:
        _check_version(cluster.engine, cluster.engine_version, params)


@guard("rds", "CreateDBInstance")
def refuse_wrong_speed(params: Shape, _: Context) -> None:
    """Refuse a speed of storage that has none of its own, or more."""
    _check_speed(
        params.get("Engine", ""),
        params.get("StorageType"),
        params.get("AllocatedStorage") or 0,
        params.get("Iops"),
        params.get("StorageThroughput"),
    )


@patch(DBInstance, "__init__")
def add_speed(original: Any, instance: Any, *args: Any, **kwargs: Any) -> None:
    """Give gp3 storage the speed of its size."""
    original(instance, *args, **kwargs)
    _complete_speed(instance)


@patch(DBInstance, "update")
def update_speed(original: Any, instance: Any, **kwargs: Any) -> None:
    """Give gp3 storage that has grown the speed of its size, unless another one is asked for."""
    original(instance, **kwargs)
    _complete_speed(instance)


def _complete_speed(instance: Any) -> None:
    if instance.storage_type != "gp3" or instance.engine != "postgres":
        return
    iops, throughput = _SPEED[(instance.allocated_storage or 0) >= _STRIPED_GIB]
    instance.iops = max(int(instance.iops or 0), iops)
    instance.storage_throughput = max(int(instance.storage_throughput or 0), throughput)


def _check_version(engine: str, old: str, params: Shape) -> None:
    new = params.get("EngineVersion")
    if not new:
        return
    before, after = _numbers(old), _numbers(new)
    shorter = min(len(before), len(after))
    if after[:shorter] < before[:shorter]:
        raise _refused(message=f"Cannot upgrade {engine} from {old} to {new}")
    digits = 2 if engine in _MAJOR_OF_TWO_PARTS else 1
    if after[:digits] > before[:digits] and not params.get("AllowMajorVersionUpgrade"):
        # https://github.com/hashicorp/terraform-provider-aws/issues/13389
        raise _refused(
            message="The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
        )


def _check_storage(instance: Any, params: Shape) -> None:
    old = instance.allocated_storage or 0
    new = params.get("AllocatedStorage") or old
    kind = params.get("StorageType") or instance.storage_type
    if new < old:
        # "You can't reduce the amount of storage for a DB instance after storage has been allocated":
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
        raise _refused(message=f"Invalid storage size for engine name {instance.engine} and storage type {kind}: {new}")
    most = params.get("MaxAllocatedStorage")
    if most is not None and most < new:
        # As in https://github.com/ministryofjustice/cloud-platform-environments/pull/7483; the same number turns
        # automatic growth off: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
        raise _refused(message="Max storage size must be greater than storage size")
    _check_speed(instance.engine, kind, new, params.get("Iops"), params.get("StorageThroughput"))


def _check_speed(engine: str, kind: str | None, size: int, iops: int | None, throughput: int | None) -> None:
    """Refuse a speed below that of the size, and any of small storage.

    https://github.com/hashicorp/terraform-provider-aws/issues/28382
    https://github.com/hashicorp/terraform-provider-aws/issues/28589
    """
    if kind != "gp3" or engine != "postgres" or (iops is None and throughput is None):
        return
    if size < _STRIPED_GIB:
        raise _refused(
            message=f"You can't specify IOPS or storage throughput for engine {engine} and a storage size less than "
            f"{_STRIPED_GIB}."
        )
    least, slowest = _SPEED[True]
    if iops is not None and iops < least:
        raise _refused(message=f"Invalid iops value for engine name {engine} and storage type {kind}: {iops}")
    if throughput is not None and throughput < slowest:
        raise _refused(message=f"Invalid storage throughput value for engine name {engine} and storage type {kind}")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _refused(*, message: str) -> AwsError:
    return AwsError(code="InvalidParameterCombination", message=message)
