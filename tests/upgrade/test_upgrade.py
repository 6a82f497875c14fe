"""An upgrade is safe: the baseline is applied to an emulator, and then the present version on the same states.

How to change an address, and what to do when this fails: docs/upgrades.md.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest

from main import synthesize
from synthesis.stateful import STATEFUL
from tests.upgrade import baseline
from tests.upgrade.changes import EXPECTED, ExpectedChanges
from tests.upgrade.checkout import Checkout, open_checkouts
from tests.upgrade.report import UpgradeReport

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.emulator, pytest.mark.terraform, pytest.mark.seconds(700)]

ACCOUNTS: Final = {name: str(900000000300 + number) for number, name in enumerate(baseline.ENVIRONMENTS)}


def upgraded(checkout: Checkout, before: frozenset[str], present: Path) -> UpgradeReport:
    checkout.apply()
    now = checkout.install(present)
    plans, failures = checkout.upgrade()
    second_plan = [] if failures else checkout.second_plan()
    return UpgradeReport(checkout.environment, before, now, plans, failures, second_plan)


def test_an_upgrade_changes_what_is_listed_and_destroys_no_data(tmp_path: Path) -> None:
    present = {name: tmp_path / f"present-{name}" for name in ACCOUNTS}
    for name, folder in present.items():
        synthesize([baseline.settings(name)], folder)
    # Side by side: most of the time is spent on the provider's fixed waits.
    with open_checkouts(ACCOUNTS, tmp_path) as checkouts, ThreadPoolExecutor() as pool:
        before = [checkout.install(baseline.BASELINE / name) for name, checkout in checkouts.items()]
        # The zone of prod is above the one of dev, which it did not delegate then, so dev's is made first.
        dev, prod = checkouts.values()
        list(pool.map(Checkout.apply, (dev, prod), ("domain", "network")))
        prod.apply(layer="domain")
        reports = list(pool.map(upgraded, checkouts.values(), before, present.values()))

    irreplaceable = {*STATEFUL, *baseline.protected_types()}
    problems = []
    for report in reports:
        expected = ExpectedChanges.read(EXPECTED / f"{report.environment}.txt")
        if os.environ.get("UPDATE_SNAPSHOTS") and not report.failures:
            expected.write(report.changes)
            expected = ExpectedChanges.read(expected.path)
        problems += [report.problems(expected, irreplaceable=irreplaceable)]
    told = "\n\n".join(filter(None, problems))
    assert not told, f"An upgrade from {baseline.commit()} is not safe.\n\n{told}"
