from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

CREDENTIALS = {"MasterUsername": "app", "MasterUserPassword": "not-a-secret"}
NOT_AVAILABLE = "InvalidDBInstanceState.*Database instance is not in available state"
IN_STOPPED_STATE = "InvalidDBClusterStateFault.*Db cluster .* is in stopped state"


def create_instance(client: Client, name: str) -> Any:
    rds = client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        BackupRetentionPeriod=1,
        **CREDENTIALS,
    )
    return rds


def create_cluster(client: Client, name: str) -> Any:
    docdb = client("docdb")
    docdb.create_db_cluster(DBClusterIdentifier=name, Engine="docdb", **CREDENTIALS)
    docdb.create_db_instance(
        DBInstanceIdentifier=f"{name}-1", DBInstanceClass="db.t3.medium", Engine="docdb", DBClusterIdentifier=name
    )
    return docdb


def test_a_stopped_instance_is_not_stopped_again_nor_changed_and_starts(client: Client) -> None:
    rds = create_instance(client, "sleeper")
    rds.stop_db_instance(DBInstanceIdentifier="sleeper")
    with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*Instance sleeper is not in available state"):
        rds.stop_db_instance(DBInstanceIdentifier="sleeper")
    with pytest.raises(ClientError, match=NOT_AVAILABLE):
        rds.modify_db_instance(DBInstanceIdentifier="sleeper", BackupRetentionPeriod=3)
    with pytest.raises(ClientError, match=NOT_AVAILABLE):
        rds.create_db_instance_read_replica(DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="sleeper")
    rds.start_db_instance(DBInstanceIdentifier="sleeper")
    rds.modify_db_instance(DBInstanceIdentifier="sleeper", BackupRetentionPeriod=3)
    with pytest.raises(ClientError, match="InvalidDBInstanceState"):
        rds.start_db_instance(DBInstanceIdentifier="sleeper")


def test_an_instance_with_a_read_replica_does_not_stop(client: Client) -> None:
    rds = create_instance(client, "source")
    rds.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="source")
    with pytest.raises(ClientError, match="Cannot stop instance source, because it has read replicas"):
        rds.stop_db_instance(DBInstanceIdentifier="source")
    with pytest.raises(ClientError, match="Cannot stop instance replica, because it is a read replica"):
        rds.stop_db_instance(DBInstanceIdentifier="replica")


def test_nothing_of_a_stopped_cluster_can_be_changed_or_deleted(client: Client) -> None:
    docdb = create_cluster(client, "sleeping-documents")
    docdb.stop_db_cluster(DBClusterIdentifier="sleeping-documents")
    instance = docdb.describe_db_instances(DBInstanceIdentifier="sleeping-documents-1")["DBInstances"][0]
    assert instance["DBInstanceStatus"] == "stopped"
    with pytest.raises(ClientError, match="InvalidDBClusterStateFault"):
        docdb.stop_db_cluster(DBClusterIdentifier="sleeping-documents")
    for operation, arguments in (
        ("modify_db_cluster", {"DBClusterIdentifier": "sleeping-documents", "BackupRetentionPeriod": 3}),
        ("delete_db_cluster", {"DBClusterIdentifier": "sleeping-documents", "SkipFinalSnapshot": True}),
        ("delete_db_instance", {"DBInstanceIdentifier": "sleeping-documents-1"}),
        (
            "create_db_instance",
            {
                "DBInstanceIdentifier": "sleeping-documents-2",
                "DBInstanceClass": "db.t3.medium",
                "Engine": "docdb",
                "DBClusterIdentifier": "sleeping-documents",
            },
        ),
    ):
        with pytest.raises(ClientError, match=IN_STOPPED_STATE):
            getattr(docdb, operation)(**arguments)
    docdb.start_db_cluster(DBClusterIdentifier="sleeping-documents")
    docdb.modify_db_cluster(DBClusterIdentifier="sleeping-documents", BackupRetentionPeriod=3)
    instance = docdb.describe_db_instances(DBInstanceIdentifier="sleeping-documents-1")["DBInstances"][0]
    assert instance["DBInstanceStatus"] == "available"


def test_a_cluster_of_a_global_one_does_not_stop(client: Client) -> None:
    docdb = client("docdb")
    docdb.create_global_cluster(GlobalClusterIdentifier="world", Engine="docdb")
    docdb.create_db_cluster(DBClusterIdentifier="part", Engine="docdb", GlobalClusterIdentifier="world", **CREDENTIALS)
    with pytest.raises(ClientError, match=r"InvalidDBClusterStateFault.*Cluster part is a member of a global cluster"):
        docdb.stop_db_cluster(DBClusterIdentifier="part")
