"""A database of the second region is made of its origin, and of nothing that AWS takes from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from modules.data.documentdb import Documentdb
from modules.data.origins import DetachedCluster, PromotedReplica, RestoredCluster, RestoredInstance
from modules.data.postgres import Postgres
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.modules.data.databases import OWNER, Layers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from modules.data.origins import DocumentdbOrigin, PostgresOrigin

BACKUPS: Final = "arn:aws:rds:us-west-2:444444444444:auto-backup:ab-one"
KEY: Final = "arn:aws:kms:us-west-2:444444444444:key/copies"
SNAPSHOT: Final = "arn:aws:rds:us-west-2:444444444444:cluster-snapshot:one"


def instance(origin: PostgresOrigin | None) -> Mapping[str, Any]:
    layers = Layers.new()
    Postgres(
        layers.data,
        "postgres",
        config=present(fixture_environment("prod").postgres).model_copy(update={"replicas": 0}),
        context=layers.context(protect=True),
        roles=(OWNER,),
        log_retention_days=30,
        origin=origin,
    )
    return layers.templates()[0].only("aws_db_instance")


def cluster(origin: DocumentdbOrigin | None) -> Mapping[str, Any]:
    layers = Layers.new()
    Documentdb(
        layers.data,
        "documentdb",
        config=present(fixture_environment("prod").documentdb).model_copy(update={"global_cluster": False}),
        context=layers.context(protect=True),
        roles=(),
        log_retention_days=30,
        origin=origin,
    )
    return layers.templates()[0].only("aws_docdb_cluster")


@pytest.mark.parametrize(
    ("time", "wanted"),
    [
        (None, {"use_latest_restorable_time": True}),
        ("2026-03-01T10:00:00Z", {"restore_time": "2026-03-01T10:00:00Z"}),
    ],
)
def test_an_instance_is_restored_to_the_second_or_to_the_latest_one(time: str | None, wanted: dict[str, Any]) -> None:
    made = instance(RestoredInstance(backups_arn=BACKUPS, key_arn=KEY, time=time))
    restored = {name: value for name, value in made["restore_to_point_in_time"].items() if value is not None}
    assert restored == {"source_db_instance_automated_backups_arn": BACKUPS, **wanted}
    assert made["kms_key_id"] == KEY
    assert made["lifecycle"]["ignore_changes"] == ["restore_to_point_in_time"]


def test_only_an_instance_that_is_restored_has_the_key_of_its_backups() -> None:
    for origin in (None, PromotedReplica()):
        made = instance(origin)
        assert made["kms_key_id"] == "${aws_kms_key.databases-key.arn}"
        assert "restore_to_point_in_time" not in made


@pytest.mark.parametrize(
    "origin", [PromotedReplica(), RestoredInstance(backups_arn=BACKUPS, key_arn=KEY, time=None)], ids=type
)
def test_an_instance_keeps_the_names_of_its_origin(origin: PostgresOrigin) -> None:
    assert {"db_name", "username"} <= instance(None).keys()
    assert {"db_name", "username"} & instance(origin).keys() == set()


@pytest.mark.parametrize("origin", [DetachedCluster(), RestoredCluster(snapshot_arn=SNAPSHOT)], ids=type)
def test_a_cluster_keeps_the_master_of_its_origin_and_gets_a_password(origin: DocumentdbOrigin) -> None:
    assert {"master_username", "master_password_wo"} <= cluster(None).keys()
    made = cluster(origin)
    assert "master_username" not in made
    assert "master_password_wo" in made


def test_only_a_cluster_that_is_restored_has_a_snapshot() -> None:
    assert cluster(RestoredCluster(snapshot_arn=SNAPSHOT))["snapshot_identifier"] == SNAPSHOT
    assert not [one for one in (None, DetachedCluster()) if "snapshot_identifier" in cluster(one)]
