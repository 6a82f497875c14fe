"""The users of DocumentDB that sign in by IAM, in `$external`: made, changed and dropped like those with passwords."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from pymongo.errors import OperationFailure

from emulator.databases.documentdb_server import DocumentdbServer
from lambdas.database_roles.database import ConflictError, RolesError
from lambdas.database_roles.documentdb import NOTES
from lambdas.database_roles.settings import Access
from tests.emulator.backup_role import create_role
from tests.emulator.databases.documentdb import MASTER, MAY_LEAVE_A_CONNECTION, PASSWORD, connected
from tests.emulator.databases.iam import credentials, sign_in
from tests.lambdas.database_roles.documentdb_engine import BACKEND, OWNER, REPORTS, WORKER, Wire, engine, role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lambdas.database_roles.documentdb import Documentdb
    from lambdas.database_roles.settings import Role
    from tests.emulator.databases.documentdb import Client

pytestmark = MAY_LEAVE_A_CONNECTION

ACCOUNT, REGION = "700000000364", "us-west-2"
ARN = f"arn:aws:iam::{ACCOUNT}:role/app-dev-restore-reader-us-west-2"
OTHER = ARN.replace("us-west-2", "eu-west-1")
READS_BACKEND, READS_WORKER = ("backend", "read"), ("worker", "read")


def by_iam(arn: str) -> Role:
    """The role of restore drills: it reads all, and has neither a password nor a url."""
    made = role("restore_check", Access.READ_ONLY)
    return replace(made, iam=True, stores={}, url=None, role_arn=arn)


CHECK = by_iam(ARN)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def server(wire: Wire) -> Iterator[DocumentdbServer]:
    with DocumentdbServer(master=MASTER, password=PASSWORD, region=REGION, before=wire) as running:
        yield running


@pytest.fixture
def database(server: DocumentdbServer, tmp_path: Path) -> Iterator[Documentdb]:
    with engine(server, tmp_path) as made:
        yield made


@pytest.fixture
def master(server: DocumentdbServer) -> Iterator[Client]:
    with connected(server) as client:
        yield client


def external(client: Client) -> dict[str, list[tuple[str, str]]]:
    """The users in `$external`, with their rights."""
    found = client["$external"].command("usersInfo", 1)["users"]
    return {user["user"]: sorted((grant["db"], grant["role"]) for grant in user["roles"]) for user in found}


def noted(client: Client) -> set[Any]:
    return {note["_id"] for note in client[NOTES].logins.find()}


def test_the_user_is_the_role_and_reads_what_other_roles_write(database: Documentdb, master: Client) -> None:
    database.ensure_roles([OWNER, BACKEND, WORKER, CHECK])
    assert external(master) == {ARN: [READS_BACKEND, READS_WORKER]}
    names = {user["user"] for user in master.admin.command("usersInfo", 1)["users"]}
    assert "backend_a" in names
    assert not {ARN, "restore_check_a", "restore_check_iam"} & names


def test_the_second_run_changes_nothing(database: Documentdb, wire: Wire) -> None:
    database.ensure_roles([OWNER, BACKEND, CHECK])
    wire.commands.clear()
    database.ensure_roles([OWNER, BACKEND, CHECK])
    assert wire.commands == ["find", "usersInfo", "usersInfo"]  # of both databases with users


def test_one_more_database_is_one_more_right(database: Documentdb, master: Client, wire: Wire) -> None:
    database.ensure_roles([BACKEND, CHECK])
    assert external(master) == {ARN: [READS_BACKEND]}
    wire.commands.clear()
    database.ensure_roles([BACKEND, WORKER, CHECK])
    assert external(master) == {ARN: [READS_BACKEND, READS_WORKER]}
    assert (wire.commands.count("createUser"), wire.commands.count("updateUser")) == (2, 1)  # of worker; of ARN


def test_rights_that_somebody_gave_it_are_taken_away(database: Documentdb, master: Client) -> None:
    database.ensure_roles([BACKEND, CHECK])
    master["$external"].command("updateUser", ARN, roles=[{"role": "root", "db": "admin"}])
    database.ensure_roles([BACKEND, CHECK])
    assert external(master) == {ARN: [READS_BACKEND]}


def test_without_drills_the_user_is_dropped_and_no_other(database: Documentdb, master: Client) -> None:
    database.ensure_roles([BACKEND, REPORTS, CHECK])
    database.ensure_roles([BACKEND, REPORTS])
    assert external(master) == {}
    assert noted(master) == {"backend_a", "backend_b", "reports_a", "reports_b"}
    assert {"backend_a", "reports_b"} <= {user["user"] for user in master.admin.command("usersInfo", 1)["users"]}


def test_drills_in_another_region_have_another_user(database: Documentdb, master: Client) -> None:
    database.ensure_roles([BACKEND, CHECK])
    database.ensure_roles([BACKEND, by_iam(OTHER)])
    assert external(master) == {OTHER: [READS_BACKEND]}


def test_a_user_that_is_gone_is_made_again_and_one_to_drop_is_no_error(database: Documentdb, master: Client) -> None:
    database.ensure_roles([BACKEND, CHECK])
    master["$external"].command("dropUser", ARN)
    database.ensure_roles([BACKEND, CHECK])
    assert external(master) == {ARN: [READS_BACKEND]}
    master["$external"].command("dropUser", ARN)
    database.ensure_roles([BACKEND])
    assert ARN not in noted(master)


def test_a_user_that_somebody_else_made_is_refused(database: Documentdb, master: Client) -> None:
    admin = [{"role": "root", "db": "admin"}]
    master["$external"].command("createUser", ARN, mechanisms=["MONGODB-AWS"], roles=admin)
    with pytest.raises(ConflictError, match=f"a user {ARN} that this function did not make"):
        database.ensure_roles([BACKEND, CHECK])
    assert external(master) == {ARN: [("admin", "root")]}


@pytest.mark.parametrize("arrive", [0, 1])
def test_a_run_that_was_killed_is_ended_by_the_next_one(
    server: DocumentdbServer, master: Client, wire: Wire, tmp_path: Path, arrive: int
) -> None:
    """Before its user is noted, and between the note and the user."""
    with engine(server, tmp_path) as first:
        first.ensure_roles([BACKEND])
        wire.remaining = arrive
        with pytest.raises(RolesError):
            first.ensure_roles([BACKEND, CHECK])
        wire.remaining = None
    assert (external(master), ARN in noted(master)) == ({}, arrive == 1)
    with engine(server, tmp_path) as second:
        second.ensure_roles([BACKEND, CHECK])
    assert external(master) == {ARN: [READS_BACKEND]}


def test_an_earlier_version_is_not_asked_for_users_of_iam(tmp_path: Path, wire: Wire) -> None:
    with (
        DocumentdbServer(master=MASTER, password=PASSWORD, engine_version="4.0.0", before=wire) as server,
        engine(server, tmp_path) as database,
    ):
        database.ensure_roles([BACKEND, REPORTS])
    assert wire.commands.count("usersInfo") == 1


@contextmanager
def signed_in(server: DocumentdbServer, sts: Any, arn: str) -> Iterator[Client]:
    with connected(server, username=None, password=None, maxPoolSize=1) as client:  # type: ignore[arg-type]
        sign_in(client, credentials(sts, arn))
        yield client


def test_the_role_signs_in_and_only_reads(database: Documentdb, server: DocumentdbServer, master: Client) -> None:
    for name in ("backend", "worker"):
        master[name].all.insert_one({"_id": name})
    with mock_aws():
        arn = create_role(boto3.client("iam"), "drill-reader", service="lambda.amazonaws.com")
        sts = boto3.client("sts", region_name=REGION)
        database.ensure_roles([BACKEND, by_iam(arn)])
        with signed_in(server, sts, arn) as reader:
            assert reader.backend.all.find_one() == {"_id": "backend"}
            with pytest.raises(OperationFailure, match="Authorization failure"):
                reader.backend.all.delete_one({})
            with pytest.raises(OperationFailure, match="Authorization failure"):
                reader.worker.all.find_one()
        database.ensure_roles([BACKEND])
        with pytest.raises(OperationFailure, match="Authentication failed"), signed_in(server, sts, arn):
            pass
