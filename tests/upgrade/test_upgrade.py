"""An upgrade is safe: the baseline is applied to an emulator, and then the present version on the same states.

How to change an address, and what to do when this fails: docs/upgrades.md.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from synthesis.stateful import STATEFUL
from tests.upgrade import baseline
from tests.upgrade.changes import EXPECTED, ExpectedChanges

if TYPE_CHECKING:
    from tests.upgrade.conftest import Upgraded

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.terraform,
    pytest.mark.xdist_group("upgrade"),
    pytest.mark.seconds(700),
]


def test_an_upgrade_changes_what_is_listed_and_destroys_no_data(upgraded: Upgraded) -> None:
    irreplaceable = {*STATEFUL, *baseline.protected_types()}
    problems = []
    for report in upgraded.reports.values():
        expected = ExpectedChanges.read(EXPECTED / f"{report.environment}.txt")
        if os.environ.get("UPDATE_SNAPSHOTS") and not report.failures:
            expected.write(report.changes)
            expected = ExpectedChanges.read(expected.path)
        problems += [report.problems(expected, irreplaceable=irreplaceable)]
    told = "\n\n".join(filter(None, problems))
    assert not told, f"An upgrade from {baseline.commit()} is not safe.\n\n{told}"
