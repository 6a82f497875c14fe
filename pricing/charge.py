"""What a resource is charged for: an amount of units of one price, or what cannot be priced and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pricing.resource import Billable, Inventory
    from pricing.usage import Usage


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One item of a bill."""

    component: str
    """What people call it: `NAT gateway`."""
    price: str
    """The name of the price in prices.toml."""
    quantity: float
    """How many are always there; or how many are used in a month, for a price of a use."""
    share: float = 1
    """The part of the price that is paid: of Spot, or of the hours in which it runs."""
    is_spot: bool = False
    """Whether it is of Fargate Spot, to which no commitment applies."""
    is_usage: bool = False
    """Whether the quantity is an assumption of usage.toml, and not in the resource."""
    region: str = ""
    """The region of the price, if it is not that of the resource."""
    otherwise: tuple[str, float] | None = None
    """The price and the quantity that count if there is no such price: two instances for one with a standby."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Something that costs money and has no price here."""

    component: str
    reason: str


Item = Charge | Gap


@dataclass(frozen=True, kw_only=True)
class Site:
    """What the price of a resource depends on, besides its own arguments."""

    inventory: Inventory
    usage: Usage
    awake_share: float = 1
    """The part of the time in which tasks and databases run."""

    @property
    def served_by_cdn(self) -> bool:
        """Whether users reach the load balancer through CloudFront, whose traffic to them is CloudFront's."""
        return any(self.inventory.all("aws_cloudfront_distribution"))


class Pricer(Protocol):
    """Yields what a resource is charged for."""

    def __call__(self, resource: Billable, site: Site, /) -> Iterator[Item]:
        """The charges of one resource."""
        ...


PRICERS: dict[str, Pricer] = {}
"""By the type of the resource; the modules in pricing/kinds/ fill it."""


def prices(*kinds: str) -> Callable[[Pricer], Pricer]:
    """Register the function that prices these types of resources."""

    def register(pricer: Pricer) -> Pricer:
        PRICERS.update(dict.fromkeys(kinds, pricer))
        return pricer

    return register
