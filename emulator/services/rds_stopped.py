"""Databases that do not run: AWS changes none of them, and stops only some; moto changes and stops all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, after, guard

if TYPE_CHECKING:
    from emulator.store import Shape

CREATING: Final = "creating"
"""The status of a restored instance until a call asks for it; moto has none for instances."""
_STOPPED: Final = "stopped"
_IDLE: Final = frozenset({_STOPPED, "stopping", "starting"})


@guard("rds", "ModifyDBInstance", "RebootDBInstance", "CreateDBInstanceReadReplica")
def refuse_change_of_stopped_instance(params: Shape, context: Context) -> None:
    """Refuse to change an instance that does not run, or is not restored yet.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html (InvalidDBInstanceState)
    https://github.com/hashicorp/terraform-provider-aws/issues/31594
    """
    name = params.get("SourceDBInstanceIdentifier") or params.get("DBInstanceIdentifier")
    instance = _instance(name, context)
    if instance and instance.status in _IDLE | {CREATING}:
        raise AwsError(code="InvalidDBInstanceState", message="Database instance is not in available state.")


@guard("rds", "DescribeDBInstances")
def complete_restores(_: Shape, context: Context) -> None:
    """Let the instances that were being created be available: whoever waits for one asks for its status."""
    for instance in context.backend(rds_backends).databases.values():
        if instance.status == CREATING:
            instance.status = "available"


@guard("rds", "StopDBInstance")
def refuse_stop_of_source(params: Shape, context: Context) -> None:
    """Refuse to stop an instance that has read replicas, or that is one.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html#USER_StopInstance.Limitations
    """
    instance = _instance(params["DBInstanceIdentifier"], context)
    if instance and (instance.replicas or instance.is_replica):
        what = "has read replicas" if instance.replicas else "is a read replica"
        name = instance.db_instance_identifier
        raise AwsError(code="InvalidDBInstanceState", message=f"Cannot stop instance {name}, because it {what}.")


@guard("rds", "ModifyDBCluster", "DeleteDBCluster")
def refuse_change_of_stopped_cluster(params: Shape, context: Context) -> None:
    """Refuse to change or delete a cluster that does not run.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/db-cluster-stop-start.html
    """
    _require_running_cluster(params["DBClusterIdentifier"], context)


@guard("rds", "CreateDBInstance", "DeleteDBInstance", "ModifyDBInstance")
def refuse_change_of_instances_of_stopped_cluster(params: Shape, context: Context) -> None:
    """Refuse to add, change or delete an instance of such a cluster (the same page)."""
    name = params.get("DBClusterIdentifier")
    instance = _instance(params["DBInstanceIdentifier"], context)
    if name := name or getattr(instance, "db_cluster_identifier", None):
        _require_running_cluster(name, context)


@guard("rds", "StopDBCluster", "StartDBCluster")
def refuse_stop_in_global_cluster(params: Shape, context: Context) -> None:
    """Refuse to stop a cluster of a global one.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/global-clusters.html
    """
    cluster = _cluster(params["DBClusterIdentifier"], context)
    if cluster is not None and cluster.global_cluster_identifier:
        raise AwsError(
            code="InvalidDBClusterStateFault",
            message=f"Cluster {cluster.db_cluster_identifier} is a member of a global cluster.",
        )


@after("rds", "StopDBCluster", "StartDBCluster")
def keep_status_of_instances(params: Shape, context: Context) -> None:
    """Give the instances the status of their cluster; moto leaves them running."""
    cluster = _cluster(params["DBClusterIdentifier"], context)
    for instance in context.backend(rds_backends).databases.values():
        if cluster is not None and getattr(instance, "db_cluster_identifier", None) == cluster.db_cluster_identifier:
            instance.status = cluster.status


def _require_running_cluster(name: str, context: Context) -> None:
    cluster = _cluster(name, context)
    if cluster is not None and cluster.status in _IDLE:
        raise AwsError(
            code="InvalidDBClusterStateFault",
            message=f"Db cluster {cluster.db_cluster_identifier} is in {cluster.status} state",
        )


def _instance(name: str | None, context: Context) -> Any:
    return context.backend(rds_backends).databases.get(str(name).rpartition(":")[2])


def _cluster(name: str, context: Context) -> Any:
    return context.backend(rds_backends).clusters.get(name.rpartition(":")[2])
