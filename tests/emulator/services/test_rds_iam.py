"""IAM sign-in to instances of PostgreSQL: who gets in with a token, and at which instance."""

from __future__ import annotations

import datetime as dt
import ssl
from typing import TYPE_CHECKING, Any

import pg8000.native
import pytest
from moto.sts.models import sts_backends

from tests.emulator import postgres
from tests.emulator.databases import postgres_iam as iam

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000364"
REFUSED = "PAM authentication failed"


@pytest.fixture(scope="module")
def host(client: Client, emulator: Emulator) -> str:
    """An instance with IAM sign-in, a user of IAM and one with a password."""
    postgres.create(client, "users", account=ACCOUNT, EnableIAMDatabaseAuthentication=True)
    host = postgres.host(client, "users", account=ACCOUNT)
    for statement in (
        "CREATE TABLE kept AS SELECT 7 AS number",
        "CREATE USER reader",
        "GRANT rds_iam TO reader",
        "GRANT SELECT ON kept TO reader",
        "CREATE USER worker PASSWORD 'of-the-worker'",
    ):
        postgres.run(emulator, host, statement, account=ACCOUNT)
    return host


@pytest.fixture(scope="module")
def role(client: Client) -> str:
    return iam.make_role(client, "reader", "dbuser:db-*/reader", account=ACCOUNT)


def run(emulator: Emulator, host: str, user: str, password: str, statement: str, *, tls: bool = True) -> Any:
    port, authority = emulator.database(host, account=ACCOUNT)
    trusted = ssl.create_default_context(cadata=authority) if tls else False
    with pg8000.native.Connection(
        user, host="localhost", port=port, database="users", password=password, ssl_context=trusted
    ) as connection:
        return connection.run(statement)


def problem(emulator: Emulator, host: str, user: str, password: str, *, tls: bool = True) -> str:
    with pytest.raises(pg8000.DatabaseError) as refused:
        run(emulator, host, user, password, "SELECT 1", tls=tls)
    return str(refused.value.args[0]["M"])


def test_a_user_of_iam_signs_in_with_a_token_and_has_its_own_rights(
    client: Client, emulator: Emulator, host: str, role: str
) -> None:
    token = iam.token(client, role, host, "reader", account=ACCOUNT)
    assert run(emulator, host, "reader", token, "SELECT current_user, number FROM kept") == [["reader", 7]]
    with pytest.raises(pg8000.DatabaseError, match="permission denied"):
        run(emulator, host, "reader", token, "INSERT INTO kept VALUES (8)")


def test_the_master_and_users_with_a_password_sign_in_as_before(emulator: Emulator, host: str) -> None:
    statement = "SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    assert run(emulator, host, "worker", "of-the-worker", statement) == [["worker", True]]
    assert run(emulator, host, "chief", postgres.PASSWORD, "SELECT current_user") == [["chief"]]
    assert problem(emulator, host, "worker", "wrong").startswith("password authentication failed")


def test_nobody_signs_in_without_tls(client: Client, emulator: Emulator, host: str, role: str) -> None:
    token = iam.token(client, role, host, "reader", account=ACCOUNT)
    assert "no encryption" in problem(emulator, host, "reader", token, tls=False)
    assert "no encryption" in problem(emulator, host, "worker", "of-the-worker", tls=False)


def test_a_password_is_no_token(emulator: Emulator, host: str) -> None:
    assert REFUSED in problem(emulator, host, "reader", "a-password")


def test_a_token_is_of_one_user_one_instance_and_one_region(
    client: Client, emulator: Emulator, host: str, role: str
) -> None:
    for token in (
        iam.token(client, role, host, "worker", account=ACCOUNT),
        iam.token(client, role, f"other-{host}", "reader", account=ACCOUNT),
        iam.token(client, role, host, "reader", account=ACCOUNT, port=5433),
        iam.token(client, role, host, "reader", account=ACCOUNT, region="us-west-2"),
    ):
        assert REFUSED in problem(emulator, host, "reader", token)


def test_a_changed_token_is_refused(client: Client, emulator: Emulator, host: str, role: str) -> None:
    token = iam.token(client, role, host, "reader", account=ACCOUNT)
    assert REFUSED in problem(emulator, host, "reader", token[:-4] + "0000")
    assert REFUSED in problem(emulator, host, "reader", token.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"))


@pytest.mark.parametrize("users", ["dbuser:db-*/worker", "dbuser:db-OTHER/reader"])
def test_a_role_without_the_right_for_the_user_and_the_instance_is_refused(
    client: Client, emulator: Emulator, host: str, users: str
) -> None:
    name = "".join(letter for letter in users if letter.isalnum())
    other = iam.make_role(client, name, users, account=ACCOUNT)
    assert REFUSED in problem(emulator, host, "reader", iam.token(client, other, host, "reader", account=ACCOUNT))


def test_a_token_of_credentials_that_have_expired_is_refused(
    client: Client, emulator: Emulator, host: str, role: str
) -> None:
    token = iam.token(client, role, host, "reader", account=ACCOUNT)
    assumed = sts_backends[ACCOUNT]["aws"].assumed_roles[-1]
    assumed.expiration = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(seconds=1)
    assert REFUSED in problem(emulator, host, "reader", token)


def test_an_instance_takes_tokens_only_while_iam_sign_in_is_on(
    client: Client, emulator: Emulator, host: str, role: str
) -> None:
    rds = client("rds", account=ACCOUNT)
    token = iam.token(client, role, host, "reader", account=ACCOUNT)

    def switch(*, on: bool) -> None:
        rds.modify_db_instance(DBInstanceIdentifier="users", EnableIAMDatabaseAuthentication=on, ApplyImmediately=True)

    switch(on=False)
    assert "pg_hba.conf rejects connection" in problem(emulator, host, "reader", token)
    switch(on=True)
    assert run(emulator, host, "reader", token, "SELECT current_user") == [["reader"]]
