"""What a plan changes in the costs of a month: by resource, with the parts that are not known by name.

For the review of plans: `cost_difference(json)` needs nothing else. Amounts are list prices in US dollars a month, with
the assumptions of use in pricing/usage.toml; units that an account has free are counted as if they were not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.mask import HIDDEN, Mask
from pricing.charge import Site
from pricing.estimate import EstimateError, Unpriced, estimate, lines_by_address, require_regions
from pricing.plan import read_plan
from pricing.prices import format_usd, load_prices
from pricing.usage import load_usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pricing.prices import PriceList
    from pricing.resource import Inventory
    from pricing.usage import Limit, Usage

__all__ = ["CostDifference", "EstimateError", "ResourceCost", "combined", "cost_difference"]


@dataclass(frozen=True, kw_only=True)
class ResourceCost:
    """What one resource costs before and after."""

    address: str
    kind: str
    action: str
    """create, update, replace, delete, forget; empty if only its price changes, because of another resource."""
    before_usd: float
    after_usd: float

    @property
    def usd(self) -> float:
        """How much more it costs."""
        return self.after_usd - self.before_usd


@dataclass(frozen=True, kw_only=True)
class CostDifference:
    """The costs of one or more plans."""

    before_usd: float
    """What the planned resources cost now; those of other stacks are not in it."""
    after_usd: float
    resources: tuple[ResourceCost, ...]
    """Those whose costs change, the largest change first."""
    unknown: tuple[str, ...]
    """What is not in the amounts, one line each: `aws_x.y: why`, without sensitive values.

    Only what the plan creates, changes or deletes.
    """

    @property
    def usd(self) -> float:
        """How much more a month costs."""
        return self.after_usd - self.before_usd

    def exceeded(self, limit: Limit) -> str | None:
        """Why the increase is above a limit, in one line; None if it is not."""
        if limit.increase_usd is not None and self.usd > limit.increase_usd:
            return f"The plan costs {format_usd(self.usd)} a month more; the limit is {format_usd(limit.increase_usd)}"
        if limit.increase_percent is not None and self.usd > self.before_usd * limit.increase_percent / 100:
            percent = f"{self.usd / self.before_usd * 100:.0f} %" if self.before_usd else "more than nothing"
            return f"The plan costs {percent} more a month; the limit is {limit.increase_percent:g} %"
        return None


def cost_difference(
    content: Mapping[str, Any],
    *,
    usage: Usage | None = None,
    region: str = "",
    awake_share: float = 1,
    price_list: PriceList | None = None,
) -> CostDifference:
    """What a plan changes.

    Args:
        content: The JSON of the plan (`terraform show -json PLAN`).
        usage: What is assumed of use; by default that of every environment in pricing/usage.toml.
        region: The region of resources whose provider does not say it.
        awake_share: The part of the time in which tasks and databases run.
        price_list: The prices; those of prices.toml by default.

    Raises:
        PlanError: It is not the JSON of a plan, has another version, or ended with an error.
        EstimateError: A region of the plan has no prices at all.
    """
    assumed = usage or load_usage().usage
    price_list = price_list or load_prices()
    plan = read_plan(content, region=region)
    mask = Mask.of(content)
    sides = []
    for inventory in (plan.before, plan.after):
        _require_regions(inventory, price_list, mask)
        site = Site(inventory=inventory, usage=assumed, awake_share=awake_share)
        sides.append(estimate(site, price_list=price_list, with_free_units=False))
    before, after = (dict(lines_by_address(side.lines)) for side in sides)
    kinds = {each.address: each.kind for side in (plan.before, plan.after) for each in side.resources}
    changed = [
        ResourceCost(
            address=address,
            kind=kinds[address],
            action=plan.actions.get(address, ""),
            before_usd=before.get(address, 0),
            after_usd=after.get(address, 0),
        )
        for address in dict.fromkeys([*before, *after])
        if abs(after.get(address, 0) - before.get(address, 0)) >= 0.005  # noqa: PLR2004 (half a cent)
    ]
    unpriced = [one for side in sides for one in side.unpriced if one.resource.address in plan.actions]
    return CostDifference(
        before_usd=sides[0].usd,
        after_usd=sides[1].usd,
        resources=tuple(sorted(changed, key=lambda one: (-abs(one.usd), one.address))),
        unknown=tuple(dict.fromkeys(f"{one.resource.address}: {_reason(one, mask)}" for one in unpriced)),
    )


def combined(differences: Iterable[CostDifference]) -> CostDifference:
    """Several plans as one; the addresses must be told apart by the caller if two stacks have the same."""
    found = list(differences)
    return CostDifference(
        before_usd=sum(one.before_usd for one in found),
        after_usd=sum(one.after_usd for one in found),
        resources=tuple(sorted((each for one in found for each in one.resources), key=lambda one: -abs(one.usd))),
        unknown=tuple(line for one in found for line in one.unknown),
    )


def _require_regions(inventory: Inventory, price_list: PriceList, mask: Mask) -> None:
    try:
        require_regions(inventory, price_list)
    except EstimateError as error:
        if not mask.hides(str(error)):
            raise
        message = "pricing/prices.toml has no prices of a region of the plan, which is sensitive: docs/cost.md#prices"
        raise EstimateError(message) from None


def _reason(unpriced: Unpriced, mask: Mask) -> str:
    """Why it has no price; what has no price is named by its values, of which one may be sensitive."""
    component = "" if unpriced.component == unpriced.resource.kind else f"{unpriced.component}: "
    return f"{component}{HIDDEN if mask.hides(unpriced.reason) else unpriced.reason}"
