"""The function that measures copies, in the second region: it goes on while the other region is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emulator.outages import state
from tests.emulator.functions import make_role, zip_code
from tests.emulator.services.backup import AWAY, HOME, Backups, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000331"
CODE = Path(__file__).parents[2] / "lambdas" / "copy_ages"


@pytest.fixture
def backups(client: Client, emulator: Emulator) -> Iterator[Backups]:
    yield make(client, emulator, ACCOUNT)
    state.give_back(HOME)


def make_function(backups: Backups, stores: dict[str, dict[str, str]]) -> None:
    backups.service("lambda", AWAY).create_function(
        FunctionName="ages",
        Runtime="python3.13",
        Handler="copy_ages.handler.handler",
        Role=make_role(backups.client, "ages", account=ACCOUNT),
        Code={"ZipFile": zip_code("", files={f"copy_ages/{one.name}": one.read_text() for one in CODE.glob("*.py")})},
        Timeout=60,
        Environment={"Variables": {"NAMESPACE": "app/recovery", "STORES": json.dumps(stores)}},
    )


def ages(backups: Backups) -> Any:
    return json.load(backups.service("lambda", AWAY).invoke(FunctionName="ages", Payload="{}")["Payload"])


def test_copies_of_both_databases_are_found_also_when_their_region_is_lost(backups: Backups) -> None:
    role = backups.role("ages-backup")
    postgres, documentdb = backups.instance("ages-postgres"), backups.cluster("ages-documentdb")
    stores = {
        "postgres": {"way": "automated_backups", "instance": postgres},
        "postgres-backups": {"way": "recovery_points", "vault": "copies", "resource": postgres},
        "documentdb": {"way": "recovery_points", "vault": "copies", "resource": documentdb},
    }
    make_function(backups, stores)
    backups.service("rds", AWAY).start_db_instance_automated_backups_replication(SourceDBInstanceArn=postgres)
    for arn in (postgres, documentdb):
        backups.copy(backups.back_up(arn, role)["RecoveryPointArn"], role)
    there = ages(backups)
    state.lose(HOME)
    lost = ages(backups)

    for found in (there, lost):
        assert found.keys() == stores.keys(), found
        assert all(0 <= age < 30 for age in found.values()), found
    listed = backups.service("cloudwatch", AWAY).list_metrics(Namespace="app/recovery")["Metrics"]
    assert {one["Dimensions"][0]["Value"] for one in listed} == stores.keys()
