"""What the environments cost a month, side by side and beside the design, as `make cost` says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pricing.design import compare
from pricing.estimate import View, estimate, require_regions, site_of_stacks
from pricing.prices import load_prices
from pricing.report import component_rows
from pricing.savings import savings
from pricing.usage import load_usage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pricing.design import Row
    from pricing.estimate import Line
    from pricing.savings import Saving
    from synthesis.manifest import Stack


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The estimate of one environment; all amounts are US dollars a month."""

    usd: float
    fixed_usd: float
    lines: tuple[Line, ...]
    design: Sequence[Row]
    savings: Sequence[Saving]
    unpriced: Sequence[str]
    """What has no price, and why."""

    def of_places(self, places: set[str]) -> dict[str, float]:
        """The amounts of resources by component, the highest first."""
        sums: dict[str, float] = {}
        for line in self.lines:
            if f"{line.resource.stack}/{line.resource.address}" in places and line.usd:
                sums[line.component] = sums.get(line.component, 0) + line.usd
        return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, kw_only=True)
class Costs:
    """The estimates of all environments."""

    by_environment: Mapping[str, Cost]
    components: Sequence[Sequence[str]]
    """A row for each component with the amount of each environment, then the sums."""

    def share(self, amount: str) -> int:
        """An amount of a row as a percentage of the highest one of a component."""
        highest = max((_number(each) for row in self.components[:-1] for each in row[1:]), default=0)
        return round(100 * _number(amount) / highest) if highest else 0


def read_costs(environments: Mapping[str, Sequence[Stack]]) -> Costs:
    """The costs of environments, by name.

    Raises:
        pricing.estimate.EstimateError: A region has no prices.
        config.errors.ConfigError: pricing/usage.toml or prices.toml is not valid.
    """
    usage = load_usage()
    found: dict[str, Cost] = {}
    estimates = {}
    for name, stacks in environments.items():
        site = site_of_stacks(list(stacks), usage.of(name))
        require_regions(site.inventory, load_prices())
        estimates[name] = result = estimate(site)
        view = View(site=site, estimate=result)
        found[name] = Cost(
            usd=result.usd,
            fixed_usd=result.fixed_usd,
            lines=result.lines,
            design=compare(view),
            savings=savings(view),
            unpriced=list(dict.fromkeys(f"{one.component}: {one.reason}" for one in result.unpriced)),
        )
    return Costs(by_environment=found, components=component_rows(estimates))


def _number(amount: str) -> float:
    return float(amount.replace(",", "").replace("-", "") or 0)
