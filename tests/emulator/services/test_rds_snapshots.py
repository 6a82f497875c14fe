from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.outages import state
from tests.emulator import postgres

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000305"
HOME, AWAY = "us-east-1", "us-west-2"


pytestmark = pytest.mark.usefixtures("_all_regions_answer")


def rds(client: Client, region: str = HOME) -> Any:
    return client("rds", account=ACCOUNT, region=region)


def key(client: Client, region: str) -> str:
    return str(client("kms", account=ACCOUNT, region=region).create_key()["KeyMetadata"]["Arn"])


def run(client: Client, emulator: Emulator, name: str, statement: str, region: str = HOME) -> Any:
    host = postgres.host(client, name, account=ACCOUNT, region=region)
    return postgres.run(emulator, host, statement, account=ACCOUNT)


def snapshot(client: Client, instance: str, name: str) -> str:
    made = rds(client).create_db_snapshot(DBInstanceIdentifier=instance, DBSnapshotIdentifier=name)
    return str(made["DBSnapshot"]["DBSnapshotArn"])


def test_a_snapshot_has_the_data_of_its_time_in_the_other_region_too(client: Client, emulator: Emulator) -> None:
    far = key(client, AWAY)
    postgres.create(client, "origin", account=ACCOUNT, StorageEncrypted=True, KmsKeyId=key(client, HOME))
    run(client, emulator, "origin", "CREATE TABLE kept AS SELECT 1 AS number")
    arn = snapshot(client, "origin", "first")
    run(client, emulator, "origin", "INSERT INTO kept VALUES (2)")
    copied = rds(client, AWAY).copy_db_snapshot(
        SourceDBSnapshotIdentifier=arn, TargetDBSnapshotIdentifier="copied", KmsKeyId=far, SourceRegion=HOME
    )["DBSnapshot"]

    assert (copied["KmsKeyId"], copied["SourceRegion"]) == (far, HOME)
    assert copied["SourceDBSnapshotIdentifier"] == arn
    rds(client, AWAY).restore_db_instance_from_db_snapshot(DBInstanceIdentifier="far", DBSnapshotIdentifier="copied")
    rds(client).restore_db_instance_from_db_snapshot(DBInstanceIdentifier="near", DBSnapshotIdentifier="first")
    assert run(client, emulator, "far", "SELECT number FROM kept", AWAY) == [[1]]
    assert run(client, emulator, "near", "SELECT number FROM kept") == [[1]]


def test_the_first_snapshot_of_a_restored_instance_has_its_data(client: Client, emulator: Emulator) -> None:
    postgres.create(client, "parent", account=ACCOUNT)
    run(client, emulator, "parent", "CREATE TABLE kept AS SELECT 1 AS number")
    snapshot(client, "parent", "of-parent")
    rds(client).restore_db_instance_from_db_snapshot(DBInstanceIdentifier="child", DBSnapshotIdentifier="of-parent")
    (automated,) = rds(client).describe_db_snapshots(DBInstanceIdentifier="child", SnapshotType="automated")[
        "DBSnapshots"
    ]
    rds(client).restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="grandchild", DBSnapshotIdentifier=automated["DBSnapshotIdentifier"]
    )

    assert run(client, emulator, "grandchild", "SELECT number FROM kept") == [[1]]


def test_a_final_snapshot_has_the_data(client: Client, emulator: Emulator) -> None:
    postgres.create(client, "ending", account=ACCOUNT)
    run(client, emulator, "ending", "CREATE TABLE kept AS SELECT 1 AS number")
    rds(client).delete_db_instance(DBInstanceIdentifier="ending", FinalDBSnapshotIdentifier="final")
    rds(client).restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="final")

    assert run(client, emulator, "again", "SELECT number FROM kept") == [[1]]


def test_a_restored_instance_has_the_defaults_of_its_place_and_no_managed_password(client: Client) -> None:
    ec2 = client("ec2", account=ACCOUNT)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    rds(client).create_db_subnet_group(DBSubnetGroupName="own", DBSubnetGroupDescription="own", SubnetIds=subnets)
    group = ec2.create_security_group(GroupName="own", Description="own", VpcId=vpc)["GroupId"]
    rds(client).create_db_instance(
        DBInstanceIdentifier="placed",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="chief",
        ManageMasterUserPassword=True,
        DBSubnetGroupName="own",
        VpcSecurityGroupIds=[group],
        MultiAZ=True,
        DeletionProtection=True,
    )
    snapshot(client, "placed", "of-placed")
    rds(client).restore_db_instance_from_db_snapshot(DBInstanceIdentifier="default", DBSnapshotIdentifier="of-placed")

    (restored,) = rds(client).describe_db_instances(DBInstanceIdentifier="default")["DBInstances"]
    assert [one["VpcSecurityGroupId"] for one in restored["VpcSecurityGroups"]] != [group]
    assert "DBSubnetGroup" not in restored
    assert "MasterUserSecret" not in restored
    assert (restored["MultiAZ"], restored["DeletionProtection"]) == (False, False)
    assert restored["AllocatedStorage"] == 20


def test_a_restored_database_is_changed_when_it_is_available(client: Client) -> None:
    postgres.create(client, "before", account=ACCOUNT)
    snapshot(client, "before", "of-before")
    called = rds(client)
    called.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="restored", DBSnapshotIdentifier="of-before")
    change = {"DBInstanceIdentifier": "restored", "ManageMasterUserPassword": True, "ApplyImmediately": True}

    with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*not in available state"):
        called.modify_db_instance(**change)
    called.get_waiter("db_instance_available").wait(DBInstanceIdentifier="restored")
    assert called.modify_db_instance(**change)["DBInstance"]["MasterUserSecret"]


def test_an_encrypted_snapshot_is_not_copied_without_a_key_of_the_region(client: Client) -> None:
    near = key(client, HOME)
    postgres.create(client, "sealed", account=ACCOUNT, StorageEncrypted=True, KmsKeyId=near)
    arn = snapshot(client, "sealed", "of-sealed")
    sent = {"SourceDBSnapshotIdentifier": arn, "TargetDBSnapshotIdentifier": "never"}

    with pytest.raises(ClientError, match=r"KMSKeyNotAccessibleFault.*KmsKeyId is required"):
        rds(client, AWAY).copy_db_snapshot(**sent)
    with pytest.raises(ClientError, match=f"KMSKeyNotAccessibleFault.*{near}"):
        rds(client, AWAY).copy_db_snapshot(KmsKeyId=near, **sent)
    state.lose(HOME)
    with pytest.raises(ClientError, match="The region us-east-1 does not answer"):
        rds(client, AWAY).copy_db_snapshot(KmsKeyId=key(client, AWAY), **sent)


def test_a_database_that_does_not_run_has_no_new_snapshot(client: Client) -> None:
    postgres.create(client, "asleep", account=ACCOUNT)
    rds(client).stop_db_instance(DBInstanceIdentifier="asleep")
    rds(client).create_db_cluster(
        DBClusterIdentifier="papers", Engine="docdb", MasterUsername="chief", MasterUserPassword=postgres.PASSWORD
    )
    rds(client).describe_db_clusters(DBClusterIdentifier="papers")
    rds(client).stop_db_cluster(DBClusterIdentifier="papers")

    with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*Cannot create a snapshot"):
        snapshot(client, "asleep", "never")
    with pytest.raises(ClientError, match=r"InvalidDBClusterStateFault.*papers is in stopped state"):
        rds(client).create_db_cluster_snapshot(DBClusterIdentifier="papers", DBClusterSnapshotIdentifier="never")
