from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def options(client: Client, service: str, **arguments: Any) -> list[Any]:
    found: list[Any] = client(service).describe_orderable_db_instance_options(**arguments)["OrderableDBInstanceOptions"]
    return found


@pytest.mark.parametrize(("service", "engine", "version"), [("rds", "postgres", "17.6"), ("docdb", "docdb", "5.0.0")])
def test_a_version_is_offered_in_every_zone_of_the_region(
    client: Client, service: str, engine: str, version: str
) -> None:
    (option,) = options(client, service, Engine=engine, EngineVersion=version, DBInstanceClass="db.t3.medium")

    assert option["AvailabilityZones"][0]["Name"] == "us-east-1a"
    assert len(option["AvailabilityZones"]) > 2


def test_a_version_must_be_complete(client: Client) -> None:
    assert options(client, "rds", Engine="postgres", EngineVersion="17") == []


def test_a_standby_is_postgresqls(client: Client) -> None:
    arguments = {"EngineVersion": "17.6", "DBInstanceClass": "db.t4g.micro"}
    assert [option["MultiAZCapable"] for option in options(client, "rds", Engine="postgres", **arguments)] == [True]


def test_all_versions_are_listed_without_one(client: Client) -> None:
    found = {option["EngineVersion"] for option in options(client, "rds", Engine="postgres")}

    assert {"17.6", "17.1", "13.22"} <= found


def test_other_engines_are_motos(client: Client) -> None:
    assert options(client, "rds", Engine="neptune")


@pytest.mark.parametrize("name", ["db.r8g.large", "db.r6gd.xlarge"])
def test_documentdb_4_does_not_have_the_classes_of_5(client: Client, name: str) -> None:
    docdb, new, old = client("docdb"), f"new-{name[3:7]}".strip("."), f"old-{name[3:7]}".strip(".")
    for version, identifier in (("5.0.0", new), ("4.0.0", old)):
        docdb.create_db_cluster(
            DBClusterIdentifier=identifier,
            Engine="docdb",
            EngineVersion=version,
            MasterUsername="owner",
            MasterUserPassword="not-a-secret-1",
        )
    wanted = {"Engine": "docdb", "DBInstanceClass": name}
    docdb.create_db_instance(DBInstanceIdentifier=f"{new}-1", DBClusterIdentifier=new, **wanted)
    with pytest.raises(ClientError, match=f"DBInstanceClass={name}, Engine=docdb, EngineVersion=4.0.0"):
        docdb.create_db_instance(DBInstanceIdentifier=f"{old}-1", DBClusterIdentifier=old, **wanted)
    small = wanted | {"DBInstanceClass": "db.t3.medium"}
    docdb.create_db_instance(DBInstanceIdentifier=f"{old}-1", DBClusterIdentifier=old, **small)
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        docdb.modify_db_instance(DBInstanceIdentifier=f"{old}-1", DBInstanceClass=name, ApplyImmediately=True)
