"""A subnet with a database in it stays in its group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

IN_USE = r"SubnetAlreadyInUse.*Some of the subnets to be deleted are currently in use: "


@pytest.fixture
def subnets(client: Client, request: pytest.FixtureRequest) -> list[str]:
    """Those of a group that is named like the test."""
    made = make_subnets(client, "us-east-1a", "us-east-1b", "us-east-1c")
    client("rds").create_db_subnet_group(
        DBSubnetGroupName=request.node.name, DBSubnetGroupDescription="zones", SubnetIds=made
    )
    return made


def test_a_zone_with_an_instance_stays(client: Client, subnets: list[str], request: pytest.FixtureRequest) -> None:
    rds, group = client("rds"), request.node.name
    rds.create_db_instance(
        DBInstanceIdentifier="placed",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
        DBSubnetGroupName=group,
        AvailabilityZone="us-east-1c",
    )
    with pytest.raises(ClientError, match=IN_USE + subnets[2]):
        rds.modify_db_subnet_group(DBSubnetGroupName=group, SubnetIds=subnets[:2])
    rds.modify_db_subnet_group(DBSubnetGroupName=group, SubnetIds=subnets[1:])
    rds.delete_db_instance(DBInstanceIdentifier="placed", SkipFinalSnapshot=True)
    rds.modify_db_subnet_group(DBSubnetGroupName=group, SubnetIds=subnets[:2])


def test_an_instance_of_documentdb_is_in_the_group_of_its_cluster(
    client: Client, subnets: list[str], request: pytest.FixtureRequest
) -> None:
    docdb, group = client("docdb"), request.node.name
    docdb.create_db_cluster(
        DBClusterIdentifier="spread",
        Engine="docdb",
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
        DBSubnetGroupName=group,
    )
    docdb.create_db_instance(
        DBInstanceIdentifier="spread-1",
        DBInstanceClass="db.t3.medium",
        Engine="docdb",
        DBClusterIdentifier="spread",
        AvailabilityZone="us-east-1b",
    )
    with pytest.raises(ClientError, match=IN_USE + subnets[1]):
        docdb.modify_db_subnet_group(DBSubnetGroupName=group, SubnetIds=[subnets[0], subnets[2]])
    docdb.modify_db_subnet_group(DBSubnetGroupName=group, SubnetIds=subnets[:2])
