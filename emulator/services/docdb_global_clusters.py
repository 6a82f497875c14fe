"""Global clusters of Amazon DocumentDB: moto forgets the primary's password, and detaches in the wrong region.

https://docs.aws.amazon.com/documentdb/latest/developerguide/global-clusters.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.rds.models import DBCluster, RDSBackend, rds_backends

from emulator.databases.servers import SERVERS
from emulator.errors import AwsError
from emulator.registry import Context, guard, patch
from emulator.services.rds_snapshots import hold

if TYPE_CHECKING:
    from emulator.store import Shape

_COMBINATION = "InvalidParameterCombination"


@guard("rds", "CreateDBCluster")
def refuse_cluster(params: Shape, context: Context) -> None:
    """Refuse one of a global cluster that does not exist, and a secondary one that is not as AWS wants it.

    https://github.com/cloudposse/terraform-aws-rds-cluster/pull/89 (the user)
    https://github.com/crossplane-contrib/provider-aws/issues/2072 (the password)
    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html (the key)
    """
    name = params.get("GlobalClusterIdentifier")
    if not name:
        return
    members = _global_cluster(context.account, name).members
    if not members:
        return
    for member, what in (("MasterUsername", "user name"), ("MasterUserPassword", "password")):
        if params.get(member):
            message = f"Cannot specify {what} for cross region replication cluster"
            raise AwsError(code=_COMBINATION, message=message)
    if members[0].storage_encrypted and not params.get("KmsKeyId"):
        message = "For encrypted cross-region replica, kmsKeyId should be explicitly specified"
        raise AwsError(code=_COMBINATION, message=message)


@patch(DBCluster, "__init__")
def keep_password(original: Any, cluster: Any, *args: Any, **kwargs: Any) -> None:
    """Keep the password of the primary cluster's master; moto drops it."""
    original(cluster, *args, **kwargs)
    if cluster.global_cluster_identifier and kwargs.get("master_user_password"):
        cluster.master_user_password = kwargs["master_user_password"]


@patch(RDSBackend, "create_global_cluster")
def inherit_encryption(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Give a global cluster the encryption of the cluster that it is made of, and that one the part of the writer.

    moto takes only the engine over.
    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateGlobalCluster.html
    """
    found = original(backend, *args, **kwargs)
    for primary in found.members:
        found.storage_encrypted, primary.is_writer = bool(primary.storage_encrypted), True
    return found


@patch(RDSBackend, "remove_from_global_cluster")
def detach(_: Any, backend: Any, global_cluster_identifier: str, db_cluster_identifier: str) -> Any:
    """Make a member a cluster of its own, in its own region; a secondary has what the primary has, also its users.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_RemoveFromGlobalCluster.html
    """
    found = _global_cluster(backend.account_id, global_cluster_identifier)
    named = {"db_cluster_arn", "db_cluster_identifier"}
    cluster = next(
        (one for one in found.members if db_cluster_identifier in {getattr(one, name) for name in named}), None
    )
    if cluster is None:
        raise AwsError(code="DBClusterNotFoundFault", message=f"DBCluster {db_cluster_identifier} not found.")
    if not cluster.is_writer:
        primary = next(one for one in found.members if one.is_writer)
        held = hold(primary)
        cluster.master_username, cluster.master_user_password = primary.master_username, held.password
        cluster.is_writer = True
        SERVERS.begin_with(cluster, held.content)
    found.members.remove(cluster)
    cluster.global_cluster_identifier = None
    return found


def _global_cluster(account: str, name: str) -> Any:
    for backend in list(dict.values(rds_backends[account])):
        if name in backend.global_clusters:
            return backend.global_clusters[name]
    raise AwsError(code="GlobalClusterNotFoundFault", message=f"Global cluster {name} not found")
