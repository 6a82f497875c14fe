"""A skipped copy, a missing right for a key and a closed security group each lose a marker, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acceptance.region_loss.markers import missing
from acceptance.region_loss.tasks import TaskError
from tests.acceptance.region_loss.world import HOME, SECOND, TwoRegions

if TYPE_CHECKING:
    from config.environment import Environment
    from emulator import Emulator

TEXT = "before the loss"


@pytest.fixture
def regions(environments: dict[str, Environment], emulator: Emulator, account_id: str) -> TwoRegions:
    found = TwoRegions(environments["prod"], emulator, account_id)
    found.prepare(HOME)
    found.create_database(HOME)
    return found


def test_a_row_is_found_in_the_database_that_is_made_from_a_copy(regions: TwoRegions) -> None:
    assert regions.marker.write(HOME, TEXT) == TEXT
    regions.snapshot("after")
    regions.prepare(SECOND)
    regions.restore("after")
    assert missing(regions.marker, SECOND, {TEXT}) == ""
    assert missing(regions.marker, SECOND, {TEXT, "more"}) == (
        f"a row in PostgreSQL in {SECOND}: found ['{TEXT}'], and not ['{TEXT}', 'more']"
    )


def test_a_skipped_copy_loses_what_was_written_since(regions: TwoRegions) -> None:
    regions.marker.write(HOME, "long before")
    regions.snapshot("long-before")
    regions.marker.write(HOME, TEXT)
    regions.prepare(SECOND)
    regions.restore("long-before")
    assert "found ['long before']" in missing(regions.marker, SECOND, {"long before", TEXT})


def test_without_a_right_for_the_key_a_task_does_not_get_its_url(regions: TwoRegions) -> None:
    regions.marker.write(HOME, TEXT)
    regions.snapshot("after")
    regions.prepare(SECOND, decrypts=False)
    regions.restore("after")
    assert "may not call kms:Decrypt" in missing(regions.marker, SECOND, {TEXT})


def test_a_closed_security_group_keeps_a_task_from_the_database(regions: TwoRegions) -> None:
    regions.marker.write(HOME, TEXT)
    regions.snapshot("after")
    regions.prepare(SECOND, opens=False)
    regions.restore("after")
    found = missing(regions.marker, SECOND, {TEXT})
    assert "does not reach" in found
    assert "allows port 5432 in" in found


def test_a_service_that_is_not_there_has_nothing(regions: TwoRegions) -> None:
    regions.client("ecs", SECOND).create_cluster(clusterName="user-management-prod-cluster")
    with pytest.raises(TaskError, match=f"{SECOND} has no service user-management-prod-backend"):
        regions.marker.find(SECOND)
