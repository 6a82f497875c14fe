"""DocumentDB has the same place, logs and alarms whether it serves or follows, and is protected in both."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pytest

from config.database_roles import DatabaseRole
from modules.data.documentdb import Documentdb
from modules.data.documentdb_standby import StandbyDocumentdb
from modules.data.origins import DetachedCluster, RestoredCluster, SecondaryOf
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.modules.data.databases import Layers

if TYPE_CHECKING:
    from modules.data.origins import DocumentdbOrigin
    from tests.template import Template

OWNER: Final = DatabaseRole(database="documentdb", name="owner", access="owner")
SETTINGS: Final = present(fixture_environment("prod").documentdb).model_copy(
    update={"global_cluster": True, "instances": 2}
)
SNAPSHOT: Final = "arn:aws:rds:us-east-1:444444444444:cluster-snapshot:one"


@cache
def following(*, protect: bool = True) -> Template:
    layers = Layers.new()
    StandbyDocumentdb(
        layers.data,
        "documentdb",
        config=SETTINGS,
        context=layers.context(protect=protect),
        origin=SecondaryOf(global_cluster="all"),
        log_retention_days=30,
    )
    return layers.templates()[0]


@cache
def serving(origin: DocumentdbOrigin, *, protect: bool = True) -> Template:
    layers = Layers.new()
    Documentdb(
        layers.data,
        "documentdb",
        config=SETTINGS,
        context=layers.context(protect=protect),
        roles=(OWNER,),
        log_retention_days=30,
        origin=origin,
    )
    return layers.templates()[0]


def addresses(template: Template) -> set[str]:
    return {f"{kind}.{name}" for kind, named in template.document["resource"].items() for name in named}


def test_a_cluster_that_is_detached_keeps_every_resource_that_it_had() -> None:
    assert addresses(following()) - addresses(serving(DetachedCluster())) == set()


def test_what_decides_its_place_does_not_change_when_it_is_detached() -> None:
    before, after = (one.only("aws_docdb_cluster") for one in (following(), serving(DetachedCluster())))
    for argument in ("cluster_identifier", "db_subnet_group_name", "kms_key_id", "storage_encrypted", "port"):
        assert before[argument] == after[argument], argument


def test_its_logs_are_kept_as_long_as_the_settings_say() -> None:
    logs = following().all("aws_cloudwatch_log_group").values()
    names = [one["name"] for one in logs if one["name"].startswith("/aws/docdb/")]
    assert sorted(names) == [f"/aws/docdb/user-management-test-documentdb/{log}" for log in ("audit", "profiler")]
    assert {one["retention_in_days"] for one in logs} == {30}


def test_events_of_the_cluster_and_of_each_instance_are_announced() -> None:
    events = following().all("aws_docdb_event_subscription").values()
    assert {one["source_type"]: len(one["source_ids"]) for one in events} == {"db-cluster": 1, "db-instance": 2}


@pytest.mark.parametrize("protect", [True, False])
def test_a_restored_cluster_ignores_another_snapshot_and_is_protected_as_the_settings_say(protect: bool) -> None:  # noqa: FBT001 (a parameter)
    cluster = serving(RestoredCluster(snapshot_arn=SNAPSHOT), protect=protect).only("aws_docdb_cluster")
    assert cluster["snapshot_identifier"] == SNAPSHOT
    assert cluster["lifecycle"]["ignore_changes"] == ["snapshot_identifier"]
    assert cluster["lifecycle"].get("prevent_destroy", False) is protect
    assert cluster["skip_final_snapshot"] is not protect


def test_an_unprotected_cluster_that_follows_can_be_destroyed() -> None:
    cluster = following(protect=False).only("aws_docdb_cluster")
    assert "lifecycle" not in cluster
    assert (cluster["deletion_protection"], cluster["skip_final_snapshot"]) == (False, True)
