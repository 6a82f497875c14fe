from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

COVERAGE = (
    r"DBSubnetGroupDoesNotCoverEnoughAZs.*The DB subnet group doesn't meet Availability Zone \(AZ\) coverage "
    r"requirement. Current AZ coverage: us-east-1a. Add subnets to cover at least 2 AZs"
)


def create(client: Client, name: str, **more: Any) -> dict[str, Any]:
    made = client("rds").create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
        **more,
    )
    return dict(made["DBInstance"])


@pytest.mark.parametrize("service", ["rds", "docdb"])
def test_a_subnet_group_in_one_zone_is_refused(client: Client, service: str) -> None:
    subnets = make_subnets(client, "us-east-1a", "us-east-1a")

    with pytest.raises(ClientError, match=COVERAGE):
        client(service).create_db_subnet_group(
            DBSubnetGroupName="one", DBSubnetGroupDescription="one", SubnetIds=subnets
        )


def test_a_subnet_group_survives_a_change(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a", "us-east-1b", "us-east-1c")
    rds = client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="two", DBSubnetGroupDescription="two", SubnetIds=subnets[:2])
    rds.modify_db_subnet_group(DBSubnetGroupName="two", SubnetIds=subnets)

    found = rds.describe_db_subnet_groups(DBSubnetGroupName="two")["DBSubnetGroups"][0]
    assert len(found["Subnets"]) == 3
    with pytest.raises(ClientError, match="DBSubnetGroupNotFoundFault"):
        rds.modify_db_subnet_group(DBSubnetGroupName="none", SubnetIds=subnets)


def test_an_instance_in_a_zone_of_another_region_is_refused(client: Client) -> None:
    unavailable = r"InvalidVPCNetworkStateFault.*Availability zone '\[us-west-2a\]' is unavailable in this region"

    with pytest.raises(ClientError, match=unavailable):
        create(client, "astray", AvailabilityZone="us-west-2a")
    with pytest.raises(ClientError, match=unavailable):
        client("docdb").create_db_instance(
            DBInstanceIdentifier="astray",
            DBInstanceClass="db.t4g.medium",
            Engine="docdb",
            DBClusterIdentifier="none",
            AvailabilityZone="us-west-2a",
        )
    assert create(client, "at-home", AvailabilityZone="us-east-1b")["AvailabilityZone"] == "us-east-1b"


def test_a_cluster_in_zones_of_another_region_is_refused(client: Client) -> None:
    message = r"Availability zones '\[us-west-2a, us-west-2b\]' are unavailable in this region"

    with pytest.raises(ClientError, match=message):
        client("rds").create_db_cluster(
            DBClusterIdentifier="astray",
            Engine="aurora-postgresql",
            MasterUsername="app",
            MasterUserPassword="not-a-secret",
            AvailabilityZones=["us-west-2b", "us-east-1a", "us-west-2a"],
        )


def test_an_unknown_kms_key_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=r"KMSKeyNotAccessibleFault.*The specified KMS key \[none\] does not exist"):
        create(client, "unknown-key", StorageEncrypted=True, KmsKeyId="none")


def test_a_change_to_an_unknown_kms_key_is_refused(client: Client) -> None:
    create(client, "rekeyed")

    with pytest.raises(ClientError, match=r"KMSKeyNotAccessibleFault.*The specified KMS key \[none\]"):
        client("rds").modify_db_instance(
            DBInstanceIdentifier="rekeyed", ManageMasterUserPassword=True, MasterUserSecretKmsKeyId="none"
        )


def test_backups_are_copied_only_with_a_kms_key_of_the_destination_region(client: Client) -> None:
    arn = create(client, "keyed")["DBInstanceArn"]
    here, there = (client("kms", region=region).create_key()["KeyMetadata"] for region in ("us-east-1", "us-west-2"))
    rds = client("rds", region="us-west-2")

    with pytest.raises(ClientError, match="KMSKeyNotAccessibleFault"):
        rds.start_db_instance_automated_backups_replication(SourceDBInstanceArn=arn, KmsKeyId=here["Arn"])
    rds.start_db_instance_automated_backups_replication(SourceDBInstanceArn=arn, KmsKeyId=there["Arn"])


def test_every_instance_has_its_own_resource_id_and_keeps_performance_insights(client: Client) -> None:
    first = create(client, "first", EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=7)
    second = create(client, "second")

    assert first["DbiResourceId"] != second["DbiResourceId"]
    assert (first["PerformanceInsightsEnabled"], first["PerformanceInsightsRetentionPeriod"]) == (True, 7)
    client("rds").modify_db_instance(DBInstanceIdentifier="first", EnablePerformanceInsights=False)
    changed = client("rds").describe_db_instances(DBInstanceIdentifier="first")["DBInstances"][0]
    assert changed["PerformanceInsightsEnabled"] is False


def test_a_replica_shares_no_settings_with_its_primary(client: Client) -> None:
    primary = create(client, "primary", EnableIAMDatabaseAuthentication=True, Tags=[{"Key": "a", "Value": "1"}])
    rds = client("rds")
    replica = rds.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="primary")[
        "DBInstance"
    ]

    assert replica["DbiResourceId"] != primary["DbiResourceId"]
    assert replica["IAMDatabaseAuthenticationEnabled"] is False
    assert replica["TagList"] == []
    rds.delete_db_instance(DBInstanceIdentifier="replica", SkipFinalSnapshot=True)
    rds.delete_db_instance(DBInstanceIdentifier="primary", SkipFinalSnapshot=True)


def test_a_cross_region_replica_uses_the_subnet_group_there_and_can_be_deleted(client: Client) -> None:
    arn = create(client, "here")["DBInstanceArn"]
    there = client("rds", region="us-west-2")
    ec2 = client("ec2", region="us-west-2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"us-west-2{zone}")
        for index, zone in enumerate("ab")
    ]
    identifiers = [one["Subnet"]["SubnetId"] for one in subnets]
    there.create_db_subnet_group(DBSubnetGroupName="there", DBSubnetGroupDescription="there", SubnetIds=identifiers)
    there.create_db_instance_read_replica(
        DBInstanceIdentifier="abroad", SourceDBInstanceIdentifier=arn, DBSubnetGroupName="there"
    )

    replica = there.describe_db_instances(DBInstanceIdentifier="abroad")["DBInstances"][0]
    assert replica["DBSubnetGroup"]["VpcId"] == vpc
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == arn
    there.delete_db_instance(DBInstanceIdentifier="abroad", SkipFinalSnapshot=True)
    source = client("rds").describe_db_instances(DBInstanceIdentifier="here")["DBInstances"][0]
    assert source["ReadReplicaDBInstanceIdentifiers"] == []


def test_changed_parameters_have_the_source_user(client: Client) -> None:
    rds = client("rds")
    rds.create_db_parameter_group(DBParameterGroupName="ssl", DBParameterGroupFamily="postgres16", Description="ssl")
    parameter = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName="ssl", Parameters=[parameter])

    found = rds.describe_db_parameters(DBParameterGroupName="ssl", Source="user")["Parameters"]
    assert [(one["ParameterName"], one["Source"]) for one in found] == [("rds.force_ssl", "user")]


def test_an_event_subscription_can_be_changed(client: Client) -> None:
    rds = client("rds")
    topic = client("sns").create_topic(Name="events")["TopicArn"]
    rds.create_event_subscription(SubscriptionName="events", SnsTopicArn=topic, EventCategories=["failure"])
    rds.modify_event_subscription(SubscriptionName="events", EventCategories=["failover"])

    found = rds.describe_event_subscriptions(SubscriptionName="events")["EventSubscriptionsList"][0]
    assert found["EventCategoriesList"] == ["failover"]
    with pytest.raises(ClientError, match="Subscription none not found"):
        rds.modify_event_subscription(SubscriptionName="none")


def test_an_event_subscription_gets_and_loses_a_source(client: Client) -> None:
    rds = client("rds")
    topic = client("sns").create_topic(Name="sources")["TopicArn"]
    rds.create_event_subscription(
        SubscriptionName="sources", SnsTopicArn=topic, SourceType="db-instance", SourceIds=["one"]
    )

    def sources() -> list[str]:
        found = rds.describe_event_subscriptions(SubscriptionName="sources")["EventSubscriptionsList"][0]
        return list(found["SourceIdsList"])

    rds.add_source_identifier_to_subscription(SubscriptionName="sources", SourceIdentifier="two")
    assert sources() == ["one", "two"]
    rds.remove_source_identifier_from_subscription(SubscriptionName="sources", SourceIdentifier="one")
    assert sources() == ["two"]
    with pytest.raises(ClientError, match="SourceNotFound"):
        rds.remove_source_identifier_from_subscription(SubscriptionName="sources", SourceIdentifier="one")


@pytest.mark.parametrize(
    ("arguments", "version", "family"),
    [
        ({"Engine": "postgres", "EngineVersion": "16.4"}, "16.4", "postgres16"),
        ({"Engine": "postgres", "DBParameterGroupFamily": "postgres15"}, "15.14", "postgres15"),
        ({"Engine": "docdb", "DefaultOnly": True}, "5.0.0", "docdb5.0"),
        ({"Engine": "mysql", "EngineVersion": "8.0"}, "8.0.43", "mysql8.0"),
    ],
)
def test_engine_versions_are_found(client: Client, arguments: dict[str, Any], version: str, family: str) -> None:
    found = client("rds").describe_db_engine_versions(**arguments)["DBEngineVersions"][0]

    assert (found["EngineVersion"], found["DBParameterGroupFamily"]) == (version, family)


def test_an_unknown_engine_version_is_not_found(client: Client) -> None:
    versions = client("rds").describe_db_engine_versions(Engine="postgres", EngineVersion="16.99")

    assert versions["DBEngineVersions"] == []


def test_a_documentdb_cluster_has_the_defaults_of_its_engine(client: Client) -> None:
    docdb = client("docdb")
    cluster = docdb.create_db_cluster(
        DBClusterIdentifier="documents",
        Engine="docdb",
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
    )["DBCluster"]
    docdb.create_db_instance(
        DBInstanceIdentifier="documents-0",
        DBInstanceClass="db.t4g.medium",
        Engine="docdb",
        DBClusterIdentifier="documents",
    )

    assert (cluster["Port"], cluster["EngineVersion"]) == (27017, "5.0.0")
    assert "StorageType" not in cluster
    members = docdb.describe_db_clusters(DBClusterIdentifier="documents")["DBClusters"][0]["DBClusterMembers"]
    assert [one["DBInstanceIdentifier"] for one in members] == ["documents-0"]


def test_a_deleted_cluster_deletes_its_automated_snapshots_but_not_the_final_one(client: Client) -> None:
    docdb = client("docdb", account="900000000082")
    docdb.create_db_cluster(
        DBClusterIdentifier="short", Engine="docdb", MasterUsername="app", MasterUserPassword="not-a-secret"
    )
    docdb.delete_db_cluster(DBClusterIdentifier="short", FinalDBSnapshotIdentifier="last")
    left = docdb.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert [snapshot["DBClusterSnapshotIdentifier"] for snapshot in left] == ["last"]


def test_a_name_of_a_final_snapshot_is_used_once(client: Client) -> None:
    rds, docdb = client("rds", account="900000000083"), client("docdb", account="900000000083")
    master = {"MasterUsername": "app", "MasterUserPassword": "not-a-secret"}

    def create() -> None:
        rds.create_db_instance(
            DBInstanceIdentifier="one", DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20, **master
        )
        docdb.create_db_cluster(DBClusterIdentifier="many", Engine="docdb", **master)

    def delete(snapshot: str) -> None:
        rds.delete_db_instance(DBInstanceIdentifier="one", FinalDBSnapshotIdentifier=snapshot)

    def delete_cluster(snapshot: str) -> None:
        docdb.delete_db_cluster(DBClusterIdentifier="many", FinalDBSnapshotIdentifier=snapshot)

    create()
    delete("last")
    delete_cluster("last")
    create()
    with pytest.raises(ClientError, match=r"\(DBSnapshotAlreadyExists\)"):
        delete("last")
    with pytest.raises(ClientError, match=r"\(DBClusterSnapshotAlreadyExistsFault\)"):
        delete_cluster("last")
    delete("last-2")
    delete_cluster("last-2")


def test_a_database_is_not_deleted_without_a_word_on_its_final_snapshot(client: Client) -> None:
    docdb = client("docdb", account="900000000084")
    docdb.create_db_cluster(
        DBClusterIdentifier="many", Engine="docdb", MasterUsername="app", MasterUserPassword="not-a-secret"
    )
    member = {"DBInstanceClass": "db.t4g.medium", "Engine": "docdb", "DBClusterIdentifier": "many"}
    docdb.create_db_instance(DBInstanceIdentifier="many-0", **member)
    docdb.delete_db_instance(DBInstanceIdentifier="many-0")
    with pytest.raises(ClientError, match="FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot"):
        docdb.delete_db_cluster(DBClusterIdentifier="many")
    docdb.delete_db_cluster(DBClusterIdentifier="many", SkipFinalSnapshot=True)
