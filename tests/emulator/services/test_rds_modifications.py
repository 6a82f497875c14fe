from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import ClientError

from tests.emulator.services.test_rds import create

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

GP3: Final = {"StorageType": "gp3", "EngineVersion": "16.10"}
NUMBERS: Final = count(1)


def make(client: Client) -> str:
    name = f"changed-{next(NUMBERS)}"
    create(client, name, **GP3)
    return name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"EngineVersion": "15.14", "AllowMajorVersionUpgrade": True}, "Cannot upgrade postgres from 16.10 to 15.14"),
        ({"EngineVersion": "16.9"}, "Cannot upgrade postgres from 16.10 to 16.9"),
        ({"EngineVersion": "17.6"}, "The AllowMajorVersionUpgrade flag must be present"),
        ({"AllocatedStorage": 10}, "Invalid storage size for engine name postgres and storage type gp3: 10"),
        ({"MaxAllocatedStorage": 10}, "Max storage size must be greater than storage size"),
        ({"Iops": 3000}, "You can't specify IOPS or storage throughput for engine postgres and a storage size less"),
        ({"AllocatedStorage": 400, "Iops": 3000}, "Invalid iops value for engine name postgres and storage type gp3"),
    ],
)
def test_a_change_that_aws_cannot_make_is_refused(client: Client, change: dict[str, Any], message: str) -> None:
    name = make(client)
    with pytest.raises(ClientError, match=f"InvalidParameterCombination.*{message}"):
        client("rds").modify_db_instance(DBInstanceIdentifier=name, ApplyImmediately=True, **change)


@pytest.mark.parametrize(
    ("change", "speed"),
    [
        ({"EngineVersion": "17.6", "AllowMajorVersionUpgrade": True}, (3000, 125)),
        ({"AllocatedStorage": 30, "MaxAllocatedStorage": 50}, (3000, 125)),
        ({"AllocatedStorage": 400}, (12_000, 500)),
        ({"AllocatedStorage": 400, "Iops": 15_000, "StorageThroughput": 600}, (15_000, 600)),
    ],
)
def test_a_change_that_aws_makes_has_the_speed_of_its_size(
    client: Client, change: dict[str, Any], speed: tuple[int, int]
) -> None:
    modified = client("rds").modify_db_instance(DBInstanceIdentifier=make(client), ApplyImmediately=True, **change)
    changed = modified["DBInstance"]
    assert (changed["Iops"], changed["StorageThroughput"]) == speed


def test_small_storage_takes_no_speed_of_its_own(client: Client) -> None:
    with pytest.raises(ClientError, match="You can't specify IOPS"):
        create(client, "fast", StorageType="gp3", Iops=3000)


def test_a_cluster_goes_only_forward(client: Client) -> None:
    docdb = client("docdb")
    docdb.create_db_cluster(
        DBClusterIdentifier="changed",
        Engine="docdb",
        EngineVersion="4.0.0",
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
    )
    change = {"DBClusterIdentifier": "changed", "ApplyImmediately": True}
    with pytest.raises(ClientError, match=r"Cannot upgrade docdb from 4\.0\.0 to 3\.6\.0"):
        docdb.modify_db_cluster(EngineVersion="3.6.0", AllowMajorVersionUpgrade=True, **change)
    with pytest.raises(ClientError, match="AllowMajorVersionUpgrade flag must be present"):
        docdb.modify_db_cluster(EngineVersion="5.0.0", **change)
    changed = docdb.modify_db_cluster(EngineVersion="5.0.0", AllowMajorVersionUpgrade=True, **change)
    assert changed["DBCluster"]["EngineVersion"] == "5.0.0"
