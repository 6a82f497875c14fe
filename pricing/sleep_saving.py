"""What an environment that sleeps saves in a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from config.errors import ConfigError
from pricing.prices import SPOT_SHARE, format_usd, monthly_usd

if TYPE_CHECKING:
    from config.environment import Environment
    from config.services import ServiceSettings
    from config.sleep import SleepSettings

_CPU_UNITS: Final = 1024
_MIB: Final = 1024
_INSTANCES_OF_MULTI_AZ: Final = 2
_PERCENT: Final = 100


@dataclass(frozen=True, kw_only=True)
class SleepSaving:
    """US dollars a month, at list prices, of what sleeps: with the fewest tasks of each service, and no holidays."""

    awake_usd: dict[str, float]
    """What it costs always awake."""
    share: float
    """The part of it that sleep saves."""

    @property
    def usd(self) -> float:
        """What it saves in all."""
        return sum(self.awake_usd.values()) * self.share

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {format_usd(usd * self.share)}" for name, usd in self.awake_usd.items())
        return f"saves about {format_usd(self.usd)} a month, {self.share * _PERCENT:.0f} %: {parts}"


def describe_saving(environment: Environment, settings: SleepSettings) -> str:
    """What it saves, for people, or which price is missing."""
    try:
        return str(sleep_saving(environment, settings))
    except ConfigError as error:
        return f"saves an unknown amount: {error}"


def sleep_saving(environment: Environment, settings: SleepSettings) -> SleepSaving:
    """What it saves.

    Raises:
        ConfigError: A price is not in the list.
    """
    region = environment.region
    awake: dict[str, float] = {}
    if "service" not in environment.left_out_layers:
        awake["tasks"] = sum(_tasks_usd(service, region=region) for service in environment.services.values())
    if postgres := environment.postgres:
        instances = _INSTANCES_OF_MULTI_AZ if postgres.multi_az else 1
        awake["PostgreSQL"] = monthly_usd(f"postgres/{postgres.instance_class}", region=region, quantity=instances)
    if documentdb := environment.documentdb:
        name = f"documentdb/{documentdb.instance_class}"
        awake["DocumentDB"] = monthly_usd(name, region=region, quantity=documentdb.instances)
    return SleepSaving(awake_usd=awake, share=1 - settings.awake_share)


def _tasks_usd(service: ServiceSettings, *, region: str) -> float:
    start = f"fargate_{'arm' if service.architecture == 'ARM64' else 'x86'}"
    task = monthly_usd(f"{start}_vcpu", region=region, quantity=service.cpu_units / _CPU_UNITS)
    task += monthly_usd(f"{start}_memory", region=region, quantity=service.memory_mib / _MIB)
    on_spot = max(0, service.min_count - service.on_demand_count) * service.spot_percent / _PERCENT
    return task * (service.min_count - on_spot * (1 - SPOT_SHARE))
