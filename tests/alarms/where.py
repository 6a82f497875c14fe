"""Which of the tests' environments have what, by their settings: what is not there sends no message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.fixtures import ENVIRONMENTS, fixture_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.environment import Environment

_SETTINGS: Final = {name: fixture_environment(name) for name in ENVIRONMENTS}


def where(has: Callable[[Environment], object]) -> tuple[str, ...]:
    """The names of the environments of which this is true."""
    return tuple(name for name, settings in _SETTINGS.items() if has(settings))


BASIC_SCANS: Final = where(lambda one: one.delivery and one.registry.scanning == "basic")
BLUE_GREEN: Final = where(lambda one: one.deployment.strategy == "blue_green")
CANARIES: Final = where(lambda one: one.observability and one.observability.canaries)
CANARY_MINUTES: Final = {
    name: max(canary.interval_minutes for canary in settings.observability.canaries.values())
    for name, settings in _SETTINGS.items()
    if settings.observability and settings.observability.canaries
}
"""How often they run."""
CLOUDFRONT: Final = where(lambda one: one.edge)
CLOUDFRONT_METRICS: Final = where(lambda one: one.edge and one.edge.monitoring)
DRILLS: Final = where(lambda one: one.recovery and one.recovery.drills)
(DRILL_TARGETS,) = {
    (settings.recovery.targets.restore_minutes, settings.recovery.targets.drill_days)
    for name, settings in _SETTINGS.items()
    if name in DRILLS and settings.recovery
}
"""Minutes that a restore may take, and days that the last drill may be old."""
ENHANCED_SCANS: Final = where(lambda one: one.delivery and one.registry.scanning == "enhanced")
COPIES: Final = where(lambda one: one.copied_stores)
COPIED_STORES: Final = {store.name: store for settings in _SETTINGS.values() for store in settings.copied_stores}
"""What has copies in a second region, by its name."""
DELIVERY: Final = where(lambda one: one.delivery)
DNSSEC: Final = where(lambda one: one.domain and one.domain.dnssec)
INFO: Final = where(lambda one: one.notifications and one.notifications.info)
INSIGHTS: Final = where(lambda one: one.cluster.container_insights != "disabled")
OBJECTIVES: Final = where(lambda one: one.observability and one.observability.objectives)
PROXY: Final = where(lambda one: one.postgres and one.postgres.proxy)
NO_PROXY: Final = tuple(name for name in ENVIRONMENTS if name not in PROXY)
RECOVERY: Final = where(lambda one: one.recovery and (one.postgres or one.documentdb))
SECURITY_HUB: Final = where(lambda one: one.security and one.security.security_hub)
SITE_CHECK: Final = where(lambda one: one.domain and one.domain.health_check)
SLEEP: Final = where(lambda one: getattr(getattr(one, "cost", None), "sleep", None))
NO_SLEEP: Final = tuple(name for name in ENVIRONMENTS if name not in SLEEP)
TRAIL: Final = where(lambda one: one.security and one.security.trail)
BLOCKING_FIREWALL: Final = where(lambda one: one.firewall and one.firewall.mode == "block" and one.edge)


def documentdb(number: int) -> tuple[str, ...]:
    """Those with so many instances of DocumentDB."""
    return where(lambda one: one.documentdb and one.documentdb.instances >= number)


def nat_gateways(number: int) -> tuple[str, ...]:
    """Those with so many NAT gateways."""
    return where(lambda one: one.network.nat_gateways == "per_zone" or number == 1)
