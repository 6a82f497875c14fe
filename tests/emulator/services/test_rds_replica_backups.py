from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from typing import Any

    from tests.emulator.conftest import Client

ACCOUNT = "900000000377"


def replica(client: Client, version: str) -> tuple[Any, str]:
    """A client of RDS, and the name of a replica of this version."""
    rds, name = client("rds", account=ACCOUNT), f"source-{version.replace('.', '-')}"
    rds.create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        EngineVersion=version,
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="chief",
        MasterUserPassword="not-a-real-one",
        BackupRetentionPeriod=7,
    )
    rds.create_db_instance_read_replica(DBInstanceIdentifier=f"{name}-replica", SourceDBInstanceIdentifier=name)
    return rds, f"{name}-replica"


def test_a_replica_before_14_1_has_no_backups(client: Client) -> None:
    rds, name = replica(client, "13.22")
    with pytest.raises(ClientError, match="DB Backups not supported on a read replica for engine postgres") as refused:
        rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=7)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterCombination"
    rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=0)
    rds.modify_db_instance(DBInstanceIdentifier=name.removesuffix("-replica"), BackupRetentionPeriod=8)


def test_a_later_one_has_backups(client: Client) -> None:
    rds, name = replica(client, "14.19")
    rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=7, ApplyImmediately=True)
    assert rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["BackupRetentionPeriod"] == 7
