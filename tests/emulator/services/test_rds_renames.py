"""A database with a new name keeps what it has, and its old name is free for another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.emulator.services.test_rds_stopped import CREDENTIALS, create_cluster, create_instance

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_renamed_cluster_keeps_its_instances_and_its_old_name_is_free(client: Client) -> None:
    create_cluster(client, "renamed")
    docdb = client("docdb")
    docdb.modify_db_cluster(DBClusterIdentifier="renamed", NewDBClusterIdentifier="renamed-before")
    docdb.create_db_cluster(DBClusterIdentifier="renamed", Engine="docdb", **CREDENTIALS)
    members = {
        name: [
            one["DBInstanceIdentifier"]
            for one in docdb.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]["DBClusterMembers"]
        ]
        for name in ("renamed", "renamed-before")
    }
    assert members == {"renamed": [], "renamed-before": ["renamed-1"]}


def test_a_name_that_is_in_use_is_refused(client: Client) -> None:
    rds = create_instance(client, "first")
    create_instance(client, "second")
    with pytest.raises(ClientError, match="DBInstanceAlreadyExists"):
        rds.modify_db_instance(DBInstanceIdentifier="first", NewDBInstanceIdentifier="second")
    create_cluster(client, "first-cluster")
    docdb = create_cluster(client, "second-cluster")
    with pytest.raises(ClientError, match="DBClusterAlreadyExistsFault"):
        docdb.modify_db_cluster(DBClusterIdentifier="first-cluster", NewDBClusterIdentifier="second-cluster")


def test_a_cluster_that_gets_the_name_of_another_one_is_reached_at_its_host(client: Client) -> None:
    docdb = create_cluster(client, "served")
    (before,) = docdb.describe_db_clusters(DBClusterIdentifier="served")["DBClusters"]
    docdb.modify_db_cluster(DBClusterIdentifier="served", NewDBClusterIdentifier="served-before")
    docdb.create_db_cluster(DBClusterIdentifier="next", Engine="docdb", **CREDENTIALS)
    docdb.modify_db_cluster(DBClusterIdentifier="next", NewDBClusterIdentifier="served")
    (now,) = docdb.describe_db_clusters(DBClusterIdentifier="served")["DBClusters"]
    assert now["DbClusterResourceId"] != before["DbClusterResourceId"]
    assert [now[name] for name in ("Endpoint", "ReaderEndpoint")] == [
        before[name] for name in ("Endpoint", "ReaderEndpoint")
    ]
