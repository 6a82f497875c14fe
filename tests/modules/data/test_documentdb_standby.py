"""DocumentDB of another region is followed by a cluster that has its users, and becomes one of its own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

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
SETTINGS: Final = present(fixture_environment("prod").documentdb).model_copy(update={"global_cluster": True})


@cache
def following() -> Template:
    layers = Layers.new()
    StandbyDocumentdb(
        layers.data,
        "documentdb",
        config=SETTINGS,
        context=layers.context(protect=True),
        origin=SecondaryOf(global_cluster="all"),
        log_retention_days=365,
    )
    return layers.templates()[0]


@cache
def serving(origin: DocumentdbOrigin) -> Template:
    layers = Layers.new()
    Documentdb(
        layers.data,
        "documentdb",
        config=SETTINGS,
        context=layers.context(protect=True),
        roles=(OWNER,),
        log_retention_days=365,
        origin=origin,
    )
    return layers.templates()[0]


def test_a_secondary_has_the_master_of_the_primary_and_instances_of_its_own() -> None:
    made = following()
    cluster = made.only("aws_docdb_cluster")
    assert cluster["global_cluster_identifier"] == "all"
    assert not {"master_username", "master_password_wo", "snapshot_identifier"} & cluster.keys()
    assert len(made.all("aws_docdb_cluster_instance")) == SETTINGS.instances
    assert not made.all("aws_lambda_function")
    assert not made.all("aws_docdb_global_cluster")


def test_a_detached_cluster_is_the_same_resource_with_a_password_of_its_own() -> None:
    made = serving(DetachedCluster())
    assert made.all("aws_docdb_cluster").keys() == following().all("aws_docdb_cluster").keys()
    cluster = made.only("aws_docdb_cluster")
    assert "master_password_wo" in cluster
    assert not {"master_username", "global_cluster_identifier"} & cluster.keys()
    assert not made.all("aws_docdb_global_cluster")


def test_another_snapshot_does_not_replace_a_cluster_that_serves() -> None:
    cluster = serving(RestoredCluster(snapshot_arn="arn:aws:rds:us-east-1:444444444444:cluster-snapshot:one")).only(
        "aws_docdb_cluster"
    )
    assert cluster["lifecycle"] == {"prevent_destroy": True, "ignore_changes": ["snapshot_identifier"]}
    assert cluster["kms_key_id"] == "${aws_kms_key.databases-key.arn}"
