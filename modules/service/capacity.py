"""How the tasks of a service are divided between on-demand and Spot capacity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.service.cluster import ON_DEMAND, SPOT

if TYPE_CHECKING:
    from config.services import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class CapacityShare:
    """A part of a service's tasks, by capacity provider."""

    provider: str
    base: int
    weight: int


def capacity_shares(config: ServiceSettings) -> tuple[CapacityShare, ...]:
    """How a service's tasks are divided between on-demand and Spot; a part with neither base nor weight is omitted."""
    shares = (
        CapacityShare(provider=ON_DEMAND, base=config.on_demand_count, weight=100 - config.spot_percent),
        CapacityShare(provider=SPOT, base=0, weight=config.spot_percent),
    )
    return tuple(share for share in shares if share.base or share.weight)
