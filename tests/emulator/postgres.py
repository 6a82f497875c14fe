"""PostgreSQL instances of the emulator, and statements in them."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import pg8000.native

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

PASSWORD = "first-password"


def create(client: Client, name: str, *, account: str, region: str = "us-east-1", **settings: Any) -> str:
    """Create an instance and return its ARN."""
    created = client("rds", account=account, region=region).create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        DBName="users",
        MasterUsername="chief",
        MasterUserPassword=PASSWORD,
        BackupRetentionPeriod=7,
        **settings,
    )
    return str(created["DBInstance"]["DBInstanceArn"])


def host(client: Client, name: str, *, account: str, region: str = "us-east-1") -> str:
    rds = client("rds", account=account, region=region)
    described = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    return str(described["Endpoint"]["Address"])


def run(emulator: Emulator, name: str, statement: str, *, account: str, password: str = PASSWORD) -> Any:
    """Run a statement as the master at an endpoint."""
    port, authority = emulator.database(name, account=account)
    trusted = ssl.create_default_context(cadata=authority)
    with pg8000.native.Connection(
        "chief", host="localhost", port=port, database="users", password=password, ssl_context=trusted
    ) as connection:
        return connection.run(statement)
