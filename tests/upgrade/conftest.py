"""The baseline, applied to an emulator, and the present version on the same states."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from main import synthesize
from tests.upgrade import baseline
from tests.upgrade.checkout import Checkout, open_checkouts
from tests.upgrade.report import UpgradeReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ACCOUNTS: Final = {name: str(900000000300 + number) for number, name in enumerate(baseline.ENVIRONMENTS)}


@dataclass(frozen=True)
class Upgraded:
    """By environment: the checkout, which has the present version now, and what has happened."""

    checkouts: Mapping[str, Checkout]
    reports: Mapping[str, UpgradeReport]


_APPLIED: Final = ExitStack()


def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """End what is applied with the last test of this folder, not of the process.

    Emulators of a process share their state, and the one of the next test is to start empty.
    """
    if nextitem is None or not nextitem.path.is_relative_to(Path(__file__).parent):
        _APPLIED.close()


@pytest.fixture(scope="session")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    """For tests of the `xdist_group` "upgrade", which run in one process."""
    folder = tmp_path_factory.mktemp("upgrade")
    present = {name: folder / f"present-{name}" for name in ACCOUNTS}
    for name, out in present.items():
        synthesize([baseline.settings(name)], out)
    # Side by side: most of the time is spent on the provider's fixed waits.
    with _APPLIED, ThreadPoolExecutor() as pool:  # also if it fails, or if the run stops before the last test
        checkouts = _APPLIED.enter_context(open_checkouts(ACCOUNTS, folder))
        before = [checkout.install(baseline.BASELINE / name) for name, checkout in checkouts.items()]
        # The zone of prod is above the one of dev, which it did not delegate then, so dev's is made first.
        dev, prod = checkouts.values()
        list(pool.map(Checkout.apply, (dev, prod), ("domain", "network")))
        prod.apply(layer="domain")
        reports = pool.map(_upgrade, checkouts.values(), before, present.values())
        yield Upgraded(checkouts, dict(zip(checkouts, reports, strict=True)))


def _upgrade(checkout: Checkout, before: frozenset[str], present: Path) -> UpgradeReport:
    checkout.apply()
    now = checkout.install(present)
    plans, failures = checkout.upgrade()
    second_plan = [] if failures else checkout.second_plan()
    return UpgradeReport(checkout.environment, before, now, plans, failures, second_plan)
