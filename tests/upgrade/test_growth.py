"""The provider agrees: environments that are applied grow, are written in another order, and shrink back.

A zone, put before all others, and a service only add; another order changes nothing; without both, only what they had
is deleted, in the order that AWS needs. `tests/test_growth.py` asks the same of the JSON, of all lists.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest

from config.services import ServiceSettings
from main import synthesize
from tests.test_further_zone import zone
from tests.upgrade import baseline
from tests.upgrade.changes import planned_changes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from config.environment import Environment
    from tests.upgrade.changes import Change
    from tests.upgrade.checkout import Checkout
    from tests.upgrade.conftest import Upgraded

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.terraform,
    pytest.mark.xdist_group("upgrade"),  # it goes on where an upgrade ends
    pytest.mark.seconds(300),
]

SHRINKS: Final = "dev"
"""The one whose data is not protected: subnets of the other one cannot be deleted."""

WORKER: Final = ServiceSettings(
    min_count=1,
    max_count=2,
    cpu_units=256,
    memory_mib=512,
    path_patterns=("/admin/*",),
    priority=50,
    health_path="/admin/health",
    spot_percent=100,
)


def settled(name: str) -> Environment:
    """The settings after the upgrade: `formerly` has done its work and is removed."""
    config = baseline.settings(name)
    zones = tuple(one.model_copy(update={"formerly": None}) for one in config.network.zones)
    chosen = zones[0].id if config.network.nat_gateways == "single" else None  # as with one zone that has services
    network = config.network.model_copy(update={"zones": zones, "nat_gateway_zone": chosen})
    return checked(config.model_copy(update={"network": network}))


def grown(config: Environment) -> Environment:
    """With a zone before all others, and a service."""
    further = zone(4, cidr=str(config.network.cidr), has_tasks=True)
    network = config.network.model_copy(update={"zones": (further, *config.network.zones)})
    return checked(config.model_copy(update={"network": network, "services": {"admin": WORKER, **config.services}}))


def turned(config: Environment) -> Environment:
    """With zones and services in the opposite order."""
    network = config.network.model_copy(update={"zones": config.network.zones[::-1]})
    services = dict(reversed([*config.services.items()]))
    return checked(config.model_copy(update={"network": network, "services": services}))


def checked(config: Environment) -> Environment:
    assert list(config.problems()) == []
    assert list(config.network.problems()) == []
    return config


def install(checkout: Checkout, config: Environment, folder: Path) -> None:
    synthesize([config], folder)
    checkout.install(folder)


def applied(checkouts: Sequence[Checkout]) -> Mapping[str, set[Change]]:
    """What the plans of each environment had, side by side: the provider mostly waits."""
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda checkout: checkout.upgrade(), checkouts))
    assert [failure for _, failures in done for failure in failures] == []
    return {checkout.environment: planned_changes(plans) for checkout, (plans, _) in zip(checkouts, done, strict=True)}


def test_environments_grow_are_written_in_another_order_and_shrink(upgraded: Upgraded, tmp_path: Path) -> None:
    checkouts = list(upgraded.checkouts.values())
    before = {one.environment: settled(one.environment) for one in checkouts}

    for checkout in checkouts:
        install(checkout, grown(before[checkout.environment]), tmp_path / checkout.environment / "grown")
    for name, changes in applied(checkouts).items():
        assert {str(change) for change in changes if change.action not in {"create", "update"}} == set(), name
        for type_ in ("aws_subnet", "aws_ecs_service"):
            assert any(change.address.startswith(f"{type_}.") for change in changes if change.action == "create"), name

    for checkout in checkouts:
        install(checkout, turned(grown(before[checkout.environment])), tmp_path / checkout.environment / "turned")
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(lambda checkout: checkout.second_plan(), checkouts)) == [[], []]

    checkout = upgraded.checkouts[SHRINKS]
    install(checkout, before[SHRINKS], tmp_path / "shrunk")
    (changes,) = applied([checkout]).values()
    assert {str(change) for change in changes if change.action not in {"delete", "update"}} == set()
    gone = [change for change in changes if change.action == "delete" and "update" not in change.address]
    assert all("az4" in change.address or "admin" in change.address for change in gone), sorted(map(str, gone))
    assert any(change.address.startswith("aws_subnet.") for change in gone)
    assert checkout.second_plan() == []
