"""A secondary cluster of a global cluster has the master of the primary one, and keeps its data when it is detached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import ClientError
from moto.rds.models import rds_backends

from emulator.databases.content import DocumentContent
from emulator.databases.servers import SERVERS, master_password
from emulator.outages import state

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "700000000399"
HOME, AWAY = "us-east-1", "us-west-2"
CREDENTIALS: Final = {"MasterUsername": "chief", "MasterUserPassword": "not-a-secret"}


def docdb(client: Client, region: str = HOME) -> Any:
    return client("docdb", region=region, account=ACCOUNT)


def primary(client: Client, name: str, **settings: Any) -> None:
    docdb(client).create_global_cluster(GlobalClusterIdentifier=name, Engine="docdb")
    docdb(client).create_db_cluster(
        DBClusterIdentifier=f"{name}-home", Engine="docdb", GlobalClusterIdentifier=name, **CREDENTIALS, **settings
    )


def secondary(client: Client, name: str, **settings: Any) -> str:
    made = docdb(client, AWAY).create_db_cluster(
        DBClusterIdentifier=f"{name}-away", Engine="docdb", GlobalClusterIdentifier=name, **settings
    )["DBCluster"]
    return str(made["DBClusterArn"])


def test_a_secondary_has_no_master_of_its_own(client: Client) -> None:
    primary(client, "users")
    with pytest.raises(ClientError, match="Cannot specify user name for cross region replication cluster"):
        secondary(client, "users", **CREDENTIALS)
    with pytest.raises(ClientError, match="Cannot specify password for cross region replication cluster"):
        secondary(client, "users", MasterUserPassword="not-a-secret")


def test_a_secondary_of_an_encrypted_one_names_a_key_of_its_region(client: Client) -> None:
    primary(client, "sealed", StorageEncrypted=True)
    with pytest.raises(ClientError, match="kmsKeyId should be explicitly specified"):
        secondary(client, "sealed", StorageEncrypted=True)


def test_a_global_cluster_is_made_of_one_that_exists_and_is_encrypted_like_it(client: Client) -> None:
    made = docdb(client).create_db_cluster(
        DBClusterIdentifier="old-home", Engine="docdb", StorageEncrypted=True, **CREDENTIALS
    )["DBCluster"]
    found = docdb(client).create_global_cluster(
        GlobalClusterIdentifier="old", SourceDBClusterIdentifier=made["DBClusterArn"]
    )["GlobalCluster"]
    assert found["StorageEncrypted"] is True
    assert [(one["DBClusterArn"], one["IsWriter"]) for one in found["GlobalClusterMembers"]] == [
        (made["DBClusterArn"], True)
    ]
    with pytest.raises(ClientError, match="kmsKeyId should be explicitly specified"):
        secondary(client, "old", StorageEncrypted=True)


def test_a_cluster_of_an_unknown_global_one_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match="GlobalClusterNotFoundFault"):
        secondary(client, "nobody")


def test_a_detached_cluster_has_the_data_and_the_master_of_the_primary_also_of_a_lost_region(client: Client) -> None:
    primary(client, "kept")
    arn = secondary(client, "kept")
    home = rds_backends[ACCOUNT][HOME].clusters["kept-home"]
    away = rds_backends[ACCOUNT][AWAY].clusters["kept-away"]
    content = DocumentContent(users={}, databases=None)
    SERVERS.begin_with(home, content)
    state.lose(HOME)
    try:
        docdb(client, AWAY).remove_from_global_cluster(GlobalClusterIdentifier="kept", DbClusterIdentifier=arn)
    finally:
        state.give_back(HOME)
    assert SERVERS.content(away) is content
    assert (away.master_username, master_password(away)) == ("chief", "not-a-secret")
    (left,) = (
        one
        for one in docdb(client).describe_global_clusters()["GlobalClusters"]
        if one["GlobalClusterIdentifier"] == "kept"
    )
    assert [one["DBClusterArn"] for one in left["GlobalClusterMembers"]] == [home.db_cluster_arn]
