"""What keeps documents, and a backup of PostgreSQL, from the second region loses their markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acceptance.region_loss.markers import missing
from tests.acceptance.region_loss.copies import copy_backup
from tests.acceptance.region_loss.world import HOME, SECOND, TwoRegions
from tests.emulator.databases.documentdb import MAY_LEAVE_A_CONNECTION

if TYPE_CHECKING:
    from config.environment import Environment
    from emulator import Emulator

TEXT = "before the loss"
pytestmark = MAY_LEAVE_A_CONNECTION


@pytest.fixture
def regions(environments: dict[str, Environment], emulator: Emulator, account_id: str) -> TwoRegions:
    found = TwoRegions(environments["prod"], emulator, account_id)
    found.prepare(HOME)
    return found


@pytest.fixture
def cluster(regions: TwoRegions) -> TwoRegions:
    """With a cluster at home, which has a document."""
    regions.create_cluster(HOME)
    regions.snapshot_cluster("before")
    regions.documents.write(HOME, TEXT)
    return regions


def test_a_document_is_found_in_the_cluster_that_is_made_from_a_copy(cluster: TwoRegions) -> None:
    cluster.snapshot_cluster("after")
    cluster.prepare(SECOND)
    cluster.restore_cluster("after")
    assert missing(cluster.documents, SECOND, {TEXT}) == ""


def test_a_skipped_copy_loses_the_document(cluster: TwoRegions) -> None:
    cluster.prepare(SECOND)
    cluster.restore_cluster("before")
    assert missing(cluster.documents, SECOND, {TEXT}) == (
        f"a document in DocumentDB in {SECOND}: found [], and not ['{TEXT}']"
    )


def test_a_closed_security_group_keeps_a_task_from_the_cluster(cluster: TwoRegions) -> None:
    cluster.snapshot_cluster("after")
    cluster.prepare(SECOND, opens=False)
    cluster.restore_cluster("after")
    assert "allows port 27017 in" in missing(cluster.documents, SECOND, {TEXT})


def test_the_role_of_backups_brings_a_row_into_the_second_region(regions: TwoRegions) -> None:
    assert _restored(regions) == ""


@pytest.mark.parametrize("right", ["GrantDatabaseKey", "DescribeDatabaseKey"])
def test_without_a_right_for_the_key_of_the_databases_the_backup_is_empty(regions: TwoRegions, right: str) -> None:
    assert "backend.rehearsal" in _restored(regions, without=right)


@pytest.mark.parametrize("right", ["GrantCopiesKey", "DescribeCopiesKey", "CopySnapshots"])
def test_without_a_right_for_the_copy_there_is_nothing_to_restore(regions: TwoRegions, right: str) -> None:
    assert "is not there, so a task of backend" in _restored(regions, without=right)


def _restored(regions: TwoRegions, *, without: str = "") -> str:
    """Why the row is not found in what the copy of a backup makes, if the role lacks a right."""
    regions.create_database(HOME)
    regions.marker.write(HOME, TEXT)
    regions.prepare(SECOND)
    if point := copy_backup(regions, without=without):
        regions.restore_from(point)
    return missing(regions.marker, SECOND, {TEXT})
