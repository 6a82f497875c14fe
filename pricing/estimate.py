"""The estimate: each charge of each resource at its price, and by name what has none."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.errors import ConfigError
from pricing.charge import Charge, Gap, Site
from pricing.free import free_kinds
from pricing.kinds import PRICERS
from pricing.prices import PriceList, load_prices, regions
from pricing.resource import Inventory, stack_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pricing.charge import Pricer
    from pricing.resource import Billable
    from pricing.usage import Usage
    from synthesis.manifest import Stack


class EstimateError(Exception):
    """There can be no estimate; `str()` is one line: what is wrong and what to do."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one charge costs."""

    resource: Billable
    component: str
    price: str
    quantity: float
    """Units: those that are always there, or used in a month."""
    unit: str
    usd: float
    """US dollars a month."""
    is_usage: bool
    """Whether the quantity is an assumption."""
    is_spot: bool = False
    """Whether it is of Fargate Spot."""


@dataclass(frozen=True, kw_only=True)
class Unpriced:
    """A resource, or a part of one, whose costs are not in the total."""

    resource: Billable
    component: str
    reason: str
    is_missing_price: bool = False
    """Whether prices.toml lacks a price that the program asks for."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a month costs at list prices, without tax, discounts and credits."""

    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    free_resources: int
    """How many resources are of types that are free."""

    @property
    def usd(self) -> float:
        """All lines together."""
        return sum(line.usd for line in self.lines)

    @property
    def fixed_usd(self) -> float:
        """What it costs without any use."""
        return sum(line.usd for line in self.lines if not line.is_usage)

    def by(self, key: Callable[[Line], str]) -> dict[str, float]:
        """US dollars by a key, the highest first."""
        sums: dict[str, float] = defaultdict(float)
        for line in self.lines:
            sums[key(line)] += line.usd
        return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, kw_only=True)
class View:
    """An estimate, with what it is of."""

    site: Site
    estimate: Estimate


def estimate(site: Site, *, price_list: PriceList | None = None, with_free_units: bool = True) -> Estimate:
    """The estimate of resources.

    Args:
        site: The resources, and what is assumed.
        price_list: The prices; those of prices.toml by default.
        with_free_units: Whether what an account has free each month is free: they are the account of its own.
    """
    meter = _Meter(price_list or load_prices(), with_free_units=with_free_units)
    lines: list[Line] = []
    unpriced: list[Unpriced] = []
    free = 0
    kinds = free_kinds()
    for resource in site.inventory.resources:
        pricer = PRICERS.get(resource.kind)
        if pricer is None and resource.kind in kinds:
            free += resource.count
        elif pricer is None:
            reason = f"the type {resource.kind} has no price and is not known to be free"
            unpriced.append(Unpriced(resource=resource, component=resource.kind, reason=reason))
        elif resource.quantity is None:
            reason = "its number (count or for_each) is not known"
            unpriced.append(Unpriced(resource=resource, component=resource.kind, reason=reason))
        else:
            for item in _items(pricer, resource, site):
                result = meter.measure(resource, item)
                (lines if isinstance(result, Line) else unpriced).append(result)  # type: ignore[arg-type]
    return Estimate(lines=tuple(lines), unpriced=tuple(unpriced), free_resources=free)


def _items(pricer: Pricer, resource: Billable, site: Site) -> list[Charge | Gap]:
    """What is charged for a resource; one whose arguments have another shape than the provider's has a gap."""
    try:
        return list(pricer(resource, site))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = f"an argument has a type that the provider does not accept ({type(error).__name__}: {error})"
        return [Gap(component=resource.kind, reason=" ".join(reason.split()))]


def estimate_stacks(stacks: Iterable[Stack], usage: Usage, *, price_list: PriceList | None = None) -> Estimate:
    """The estimate of the synthesized stacks of one environment.

    Raises:
        EstimateError: A region of the stacks has no prices at all.
    """
    site = site_of_stacks(list(stacks), usage)
    require_regions(site.inventory, price_list or load_prices())
    return estimate(site, price_list=price_list)


def site_of_stacks(stacks: list[Stack], usage: Usage) -> Site:
    """The resources of stacks, with the hours in which they are awake."""
    inventory = Inventory(tuple(resource for stack in stacks for resource in stack_resources(stack)))
    return Site(inventory=inventory, usage=usage, awake_share=min((stack.awake_share for stack in stacks), default=1.0))


def require_regions(inventory: Inventory, price_list: PriceList) -> None:
    """Refuse resources of a region without any price.

    Raises:
        EstimateError: with the regions that have prices.
    """
    known = regions(price_list)
    there = {each.region for each in inventory.resources if each.region}
    if missing := sorted(there - set(known)):
        message = (
            f"pricing/prices.toml has no prices of {', '.join(missing)}; it has those of {', '.join(known)}. "
            "Add the prices, each with its source and date: docs/cost.md#prices"
        )
        raise EstimateError(message)


class _Meter:
    """Multiplies, and takes the units off that are free."""

    def __init__(self, price_list: PriceList, *, with_free_units: bool) -> None:
        self._prices = price_list
        self._with_free_units = with_free_units
        self._taken: dict[str, float] = defaultdict(float)

    def measure(self, resource: Billable, item: Charge | Gap) -> Line | Unpriced:
        if isinstance(item, Gap):
            return Unpriced(resource=resource, component=item.component, reason=item.reason)
        region = item.region or resource.region
        name, quantity = item.price, item.quantity
        if item.otherwise and region not in self._prices.prices.get(name, {}):
            name, quantity = item.otherwise
        quantity *= resource.count
        try:
            price = self._prices.find(name, region=region)
        except ConfigError:
            reason = self._missing(name, region)
            return Unpriced(resource=resource, component=item.component, reason=reason, is_missing_price=True)
        free = 0.0
        if self._with_free_units and price.free:
            free = min(quantity, max(0.0, price.free - self._taken[name]))
            self._taken[name] += free
        return Line(
            resource=resource,
            component=item.component,
            price=name,
            quantity=quantity,
            unit=price.unit,
            usd=price.usd_per_month * (quantity - free) * item.share,
            is_usage=item.is_usage,
            is_spot=item.is_spot,
        )

    def _missing(self, name: str, region: str) -> str:
        places = ", ".join(self._prices.prices.get(name, {}))
        if not region:
            return "its region is not known"
        if places:
            return f"prices.toml has no price {name} of {region}; it has one of {places}"
        start, slash, _ = name.partition("/")
        classes = [one for one in self._prices.prices if slash and one.startswith(f"{start}/")]
        known = f"; it has {', '.join(one.partition('/')[2] for one in classes)}" if classes else ""
        return f"prices.toml has no price {name}{known}"


def lines_by_address(lines: Iterable[Line]) -> Iterator[tuple[str, float]]:
    """US dollars by address."""
    sums: dict[str, float] = defaultdict(float)
    for line in lines:
        sums[line.resource.address] += line.usd
    yield from sums.items()
