"""IAM sign-in to the double of DocumentDB: who gets in, and what such a user may do."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from botocore.credentials import Credentials
from moto.sts.models import sts_backends
from pymongo.errors import OperationFailure

from emulator.databases.documentdb_server import DocumentdbServer
from tests.emulator.backup_role import create_role
from tests.emulator.databases.documentdb import MASTER, MAY_LEAVE_A_CONNECTION, PASSWORD, connected
from tests.emulator.databases.iam import credentials, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client
    from tests.emulator.databases.documentdb import Client as Documents

ACCOUNT, REGION = "700000000363", "us-west-2"
REFUSED = "Authentication failed"
ROLES = {"roles": [{"role": "read", "db": "users"}]}
pytestmark = MAY_LEAVE_A_CONNECTION


@pytest.fixture(scope="module")
def server() -> Iterator[DocumentdbServer]:
    with DocumentdbServer(master=MASTER, password=PASSWORD, region=REGION) as running:
        yield running


@pytest.fixture(scope="module")
def sts(client: Client) -> Any:
    return client("sts", account=ACCOUNT, region=REGION)


@pytest.fixture(scope="module")
def reader(client: Client, server: DocumentdbServer) -> str:
    """A role that is a user and may read all databases."""
    role = create_role(client("iam", account=ACCOUNT), "reader", service="lambda.amazonaws.com")
    with connected(server) as master:
        master["users"]["kept"].insert_one({"number": 7})
        create_user(master, role)
    return role


def create_user(master: Documents, name: str, **settings: Any) -> None:
    command = {
        "createUser": name,
        "mechanisms": ["MONGODB-AWS"],
        "roles": [{"role": "readAnyDatabase", "db": "admin"}],
        **settings,
    }
    master["$external"].command({field: value for field, value in command.items() if value is not None})


@contextmanager
def anonymous(server: DocumentdbServer) -> Iterator[Documents]:
    """A client with one connection and no user."""
    with connected(server, username=None, password=None, maxPoolSize=1) as client:  # type: ignore[arg-type]
        yield client


def test_a_role_signs_in_and_reads_but_does_not_write(server: DocumentdbServer, sts: Any, reader: str) -> None:
    with anonymous(server) as client:
        sign_in(client, credentials(sts, reader))

        status = client["admin"].command("connectionStatus")["authInfo"]
        assert status["authenticatedUsers"] == [{"user": reader, "db": "$external"}]
        assert client["users"]["kept"].count_documents({}) == 1
        assert "users" in client.list_database_names()
        with pytest.raises(OperationFailure, match="Authorization failure"):
            client["users"]["kept"].insert_one({"number": 8})
        with pytest.raises(OperationFailure, match="Authorization failure"):
            client["users"].drop_collection("kept")


@pytest.mark.usefixtures("reader")
def test_the_credentials_of_another_role_do_not_sign_in(client: Client, server: DocumentdbServer, sts: Any) -> None:
    other = create_role(client("iam", account=ACCOUNT), "other-reader", service="lambda.amazonaws.com")
    with anonymous(server) as documents, pytest.raises(OperationFailure, match=REFUSED):
        sign_in(documents, credentials(sts, other))


@pytest.mark.usefixtures("reader")
def test_credentials_from_nowhere_do_not_sign_in(server: DocumentdbServer) -> None:
    nowhere = Credentials("ASIA0000000000000000", "secret", "token")
    with anonymous(server) as documents, pytest.raises(OperationFailure, match=REFUSED):
        sign_in(documents, nowhere)


def test_credentials_that_have_expired_do_not_sign_in(server: DocumentdbServer, sts: Any, reader: str) -> None:
    expired = credentials(sts, reader)
    (assumed,) = [one for one in sts_backends[ACCOUNT]["aws"].assumed_roles if one.access_key_id == expired.access_key]
    assumed.expiration = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(seconds=1)
    with anonymous(server) as documents, pytest.raises(OperationFailure, match=REFUSED):
        sign_in(documents, expired)


def test_a_wrong_secret_or_token_or_region_or_an_old_time_does_not_sign_in(
    server: DocumentdbServer, sts: Any, reader: str
) -> None:
    right = credentials(sts, reader)
    wrong: list[tuple[Credentials, dict[str, Any]]] = [
        (Credentials(right.access_key, "wrong", right.token), {}),
        (Credentials(right.access_key, right.secret_key, "wrong"), {}),
        (Credentials(right.access_key, right.secret_key), {}),
        (right, {"region": "us-east-1"}),
        (right, {"changes": {"d": "20200101T000000Z"}}),
        (right, {"changes": {"a": "AWS4-HMAC-SHA256"}}),
    ]
    for signer, settings in wrong:
        with anonymous(server) as documents, pytest.raises(OperationFailure, match=REFUSED):
            sign_in(documents, signer, **settings)


def test_a_role_that_was_deleted_does_not_sign_in(client: Client, server: DocumentdbServer, sts: Any) -> None:
    iam = client("iam", account=ACCOUNT)
    role = create_role(iam, "gone", service="lambda.amazonaws.com")
    left = credentials(sts, role)
    with connected(server) as master:
        create_user(master, role)
    iam.delete_role_policy(RoleName="gone", PolicyName="rights")
    iam.delete_role(RoleName="gone")
    with anonymous(server) as documents, pytest.raises(OperationFailure, match=REFUSED):
        sign_in(documents, left)


def test_a_user_of_iam_signs_in_with_its_key(client: Client, server: DocumentdbServer) -> None:
    iam = client("iam", account=ACCOUNT)
    arn = iam.create_user(UserName="person")["User"]["Arn"]
    key = iam.create_access_key(UserName="person")["AccessKey"]
    with connected(server) as master:
        create_user(master, arn)
    with anonymous(server) as documents:
        sign_in(documents, Credentials(key["AccessKeyId"], key["SecretAccessKey"]), changes={})
        assert documents["admin"].command("connectionStatus")["authInfo"]["authenticatedUsers"][0]["user"] == arn


@pytest.mark.parametrize(
    ("name", "settings", "problem"),
    [
        ("reader", {}, "the ARN of a role or user"),
        ("arn:aws:iam::700000000363:role/other", {"mechanisms": None}, "must have mechanisms"),
        ("arn:aws:iam::700000000363:role/other", {"mechanisms": ["SCRAM-SHA-1"]}, "must have mechanisms"),
        ("arn:aws:iam::700000000363:role/other", {"pwd": "a-long-password"}, "no password"),
    ],
)
def test_a_user_of_iam_is_refused(server: DocumentdbServer, name: str, settings: dict[str, Any], problem: str) -> None:
    with connected(server) as master, pytest.raises(OperationFailure, match=problem):
        create_user(master, name, **settings)


def test_a_user_with_a_password_cannot_have_the_mechanism(server: DocumentdbServer) -> None:
    with connected(server) as master, pytest.raises(OperationFailure, match="not a valid list of mechanisms"):
        master["admin"].command("createUser", "other", pwd="a-long-password", mechanisms=["MONGODB-AWS"], roles=[])


def test_users_of_iam_are_changed_and_dropped_only_in_their_database(server: DocumentdbServer) -> None:
    name = "arn:aws:iam::700000000363:role/changed"
    with connected(server) as master:
        create_user(master, name)
        for command in ("updateUser", "dropUser", "grantRolesToUser"):
            with pytest.raises(OperationFailure, match="not found"):
                master["admin"].command(
                    {command: name, "roles": ["read"]} if command != "dropUser" else {command: name}
                )
        external = master["$external"]
        with pytest.raises(OperationFailure, match="only its roles can be changed"):
            external.command("updateUser", name, pwd="a-long-password")
        external.command("updateUser", name, roles=[{"role": "read", "db": "users"}])
        assert external.command("usersInfo", name)["users"][0]["roles"] == [{"role": "read", "db": "users"}]
        assert master["admin"].command("usersInfo", name)["users"] == []
        assert master["admin"].command("usersInfo", {"user": name, "db": "$external"})["users"] != []
        assert name not in {user["user"] for user in master["admin"].command("usersInfo", 1)["users"]}
        external.command("dropUser", name)
        assert external.command("usersInfo", name)["users"] == []


def test_version_4_has_no_iam(sts: Any, reader: str) -> None:
    with DocumentdbServer(master=MASTER, password=PASSWORD, engine_version="4.0.0", region=REGION) as old:
        with connected(old) as master, pytest.raises(OperationFailure, match="not supported: MONGODB-AWS"):
            create_user(master, reader)
        with anonymous(old) as documents, pytest.raises(OperationFailure, match=REFUSED):
            sign_in(documents, credentials(sts, reader))
