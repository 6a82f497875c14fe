from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from typing import Any

    from tests.emulator.conftest import Client

ROLE, OTHER_ROLE = (f"arn:aws:iam::123456789012:role/{name}" for name in ("proxy", "other"))


def make_secret(client: Client, name: str) -> str:
    return str(client("secretsmanager").create_secret(Name=name)["ARN"])


def auth(secret: str) -> dict[str, Any]:
    return {"AuthScheme": "SECRETS", "SecretArn": secret, "IAMAuth": "DISABLED"}


def make_proxy(client: Client, name: str) -> None:
    client("rds").create_db_proxy(
        DBProxyName=name,
        EngineFamily="POSTGRESQL",
        Auth=[auth(make_secret(client, f"{name}-first"))],
        RoleArn=ROLE,
        VpcSubnetIds=make_subnets(client, "us-east-1a", "us-east-1b"),
        RequireTLS=True,
    )


def describe(client: Client, name: str) -> Any:
    return client("rds").describe_db_proxies(DBProxyName=name)["DBProxies"][0]


def test_a_change_of_a_proxy_replaces_what_it_names_and_keeps_the_rest(client: Client) -> None:
    make_proxy(client, "changed")
    before = describe(client, "changed")
    wanted = [auth(make_secret(client, f"changed-{end}")) for end in "ab"]

    answer = client("rds").modify_db_proxy(
        DBProxyName="changed", Auth=wanted, RoleArn=OTHER_ROLE, IdleClientTimeout=60, DebugLogging=True
    )["DBProxy"]

    after = describe(client, "changed")
    assert [each["SecretArn"] for each in after["Auth"]] == [each["SecretArn"] for each in wanted]
    assert (after["RoleArn"], after["IdleClientTimeout"], after["DebugLogging"]) == (OTHER_ROLE, 60, True)
    kept = ("Endpoint", "DBProxyArn", "RequireTLS", "VpcSecurityGroupIds", "VpcSubnetIds", "VpcId", "EngineFamily")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert {name: answer[name] for name in (*kept, "Auth", "RoleArn")} == {
        name: after[name] for name in (*kept, "Auth", "RoleArn")
    }


def test_a_proxy_is_renamed_unless_there_is_one_of_that_name(client: Client) -> None:
    make_proxy(client, "old")
    make_proxy(client, "taken")
    with pytest.raises(ClientError, match="DBProxyAlreadyExistsFault"):
        client("rds").modify_db_proxy(DBProxyName="old", NewDBProxyName="taken")
    client("rds").modify_db_proxy(DBProxyName="old", NewDBProxyName="new")
    assert describe(client, "new")["RoleArn"] == ROLE
    with pytest.raises(ClientError, match="DBProxyNotFoundFault"):
        client("rds").modify_db_proxy(DBProxyName="old", RequireTLS=False)


def test_a_change_to_a_secret_that_does_not_exist_is_refused(client: Client) -> None:
    make_proxy(client, "kept")
    missing = "arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf"
    with pytest.raises(ClientError, match=f"The secret {missing} does not exist"):
        client("rds").modify_db_proxy(DBProxyName="kept", Auth=[auth(missing)])
