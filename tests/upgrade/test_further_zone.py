"""The provider agrees: a zone put before all others of an applied environment replaces and removes nothing.

`tests/test_further_zone.py` asks the same of the JSON, in many more variations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from main import synthesize
from tests.test_further_zone import with_network, zone
from tests.upgrade import baseline
from tests.upgrade.changes import planned_changes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.upgrade.conftest import Upgraded

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.terraform,
    pytest.mark.xdist_group("upgrade"),  # it goes on where an upgrade ends
    pytest.mark.seconds(150),
]

ENVIRONMENT = "prod"


def test_a_further_zone_only_creates_and_updates(upgraded: Upgraded, tmp_path: Path) -> None:
    config = baseline.settings(ENVIRONMENT)
    further = zone(4, cidr=str(config.network.cidr), has_tasks=True)
    synthesize([with_network(config, zones=(further, *config.network.zones))], tmp_path / "after")
    checkout = upgraded.checkouts[ENVIRONMENT]
    checkout.install(tmp_path / "after")

    plans, failures = checkout.upgrade()
    second_plan = [] if failures else checkout.second_plan()

    changes = planned_changes(plans)
    assert failures == []
    assert {str(change) for change in changes if change.action not in {"create", "update"}} == set()
    assert any(change.address.startswith("aws_subnet.") for change in changes)
    assert second_plan == []
