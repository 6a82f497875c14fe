"""The provider agrees: a zone put before all others of an applied environment replaces and removes nothing.

`tests/test_further_zone.py` asks the same of the JSON, in many more variations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from main import synthesize
from tests.fixtures import fixture_environment
from tests.test_further_zone import with_network, zone
from tests.upgrade.changes import planned_changes
from tests.upgrade.checkout import open_checkouts

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.emulator, pytest.mark.terraform, pytest.mark.seconds(500)]

ENVIRONMENT = "prod"
ACCOUNT = "900000000309"


def test_a_further_zone_only_creates_and_updates(tmp_path: Path) -> None:
    config = fixture_environment(ENVIRONMENT).model_copy(update={"security": None})  # it has nothing in a zone
    further = zone(4, cidr=str(config.network.cidr), has_tasks=True)
    versions = {
        "before": config,
        "after": with_network(config, zones=(further, *config.network.zones)),
    }
    for name, version in versions.items():
        synthesize([version], tmp_path / name)
    with open_checkouts({ENVIRONMENT: ACCOUNT}, tmp_path / "checkouts") as checkouts:
        checkout = checkouts[ENVIRONMENT]
        checkout.install(tmp_path / "before")
        checkout.apply()
        checkout.install(tmp_path / "after")
        plans, failures = checkout.upgrade()
        second_plan = [] if failures else checkout.second_plan()

    changes = planned_changes(plans)
    assert failures == []
    assert {str(change) for change in changes if change.action not in {"create", "update"}} == set()
    assert any(change.address.startswith("aws_subnet.") for change in changes)
    assert second_plan == []
