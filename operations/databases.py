"""The databases of an environment as AWS describes them: where they are, which group guards them, whether they run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from preflight.account import error_code
from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from operations.account import Account

POSTGRES, DOCUMENTDB = "postgres", "documentdb"
_MISSING: Final = {"DBInstanceNotFound", "DBInstanceNotFoundFault", "DBClusterNotFoundFault"}
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
# https://docs.aws.amazon.com/documentdb/latest/developerguide/monitoring_docdb-cluster_status.html
_ASLEEP: Final = {"stopped", "stopping", "starting"}
_WITHOUT_ENDPOINT: Final = {"creating", "deleting", "failed", *_ASLEEP}


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database that runs."""

    kind: str
    """`postgres` or `documentdb`."""
    identifier: str
    host: str
    port: int
    group: str
    """Id of its security group."""
    name: str = ""
    """The database of PostgreSQL in which services have their schemas."""


def find(account: Account, kind: str, identifier: str, environment: str) -> Database:
    """The database, if one can connect to it.

    Raises:
        RunnerError: It is not applied yet, it sleeps, or AWS refused.
    """
    with account.using(f"{kind} of {environment}"):
        found = _unless_missing(lambda: _READ[kind](account, identifier))
    if found is None:
        message = f"{identifier} is not applied yet."
        raise RunnerError(message, f"Apply it first: make apply ENV={environment} LAYER=data")
    status, groups, database = found
    if status in _ASLEEP:
        message = f"{identifier} is {status}, so a tunnel to it would lead nowhere."
        raise RunnerError(message, f"To wake {environment}: make wake ENV={environment}")
    if status in _WITHOUT_ENDPOINT or not database["host"] or not groups:
        message = f"{identifier} is {status}, so a tunnel to it would lead nowhere."
        raise RunnerError(message, f"Repeat it when the database is available: make status ENV={environment}")
    return Database(kind=kind, identifier=identifier, group=groups[0], **database)


def groups(account: Account, identifiers: Mapping[str, str]) -> list[str]:
    """Ids of the security groups of the databases that exist, by kind and identifier, whatever their state."""
    found = (_unless_missing(partial(_READ[kind], account, one)) for kind, one in sorted(identifiers.items()))
    return [group for each in found if each for group in each[1]]


_Found = tuple[str, list[str], dict[str, Any]]


def _unless_missing(read: Callable[[], _Found]) -> _Found | None:
    try:
        return read()
    except ClientError as error:
        if error_code(error) in _MISSING:
            return None
        raise


def _postgres(account: Account, identifier: str) -> _Found:
    (found,) = account.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    endpoint = found.get("Endpoint") or {}
    groups = [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]]
    database = {
        "host": endpoint.get("Address", ""),
        "port": endpoint.get("Port", 0),
        "name": found.get("DBName") or "postgres",
    }
    return found["DBInstanceStatus"], groups, database


def _documentdb(account: Account, identifier: str) -> _Found:
    (found,) = account.client("docdb").describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
    groups = [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]]
    return found["Status"], groups, {"host": found.get("Endpoint", ""), "port": found.get("Port", 0)}


_READ: Final = {POSTGRES: _postgres, DOCUMENTDB: _documentdb}
