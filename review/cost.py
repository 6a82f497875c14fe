"""What a plan changes in the costs of a month, as lines of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.errors import ConfigError
from console.plan_file import PlanError
from pricing.difference import CostDifference, EstimateError, combined, cost_difference
from pricing.prices import format_usd
from pricing.usage import load_usage
from review.finding import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_SHOWN: Final = 5


def difference(plan: Mapping[str, Any], *, environment: str, region: str) -> CostDifference | str:
    """The difference, or in one line why there is none.

    Args:
        plan: The plan as JSON.
        environment: Whose assumptions of use count; empty for those of every environment.
        region: The region of resources whose provider does not say it.
    """
    try:
        return cost_difference(plan, usage=load_usage().of(environment), region=region)
    except (ConfigError, EstimateError, PlanError) as error:
        return str(error).splitlines()[0]


def stack_lines(found: CostDifference | str) -> tuple[str, ...]:
    """The lines of one stack; none if nothing changes."""
    if isinstance(found, str):
        return (f"not known: {found}",)
    if not found.resources and not found.unknown:
        return ()
    lines = [_sum(found)]
    lines += [f"{each.address}: {_signed(each.usd)}" for each in found.resources[:_SHOWN]]
    lines += [f"not in it: {line}" for line in found.unknown[:_SHOWN]]
    left = len(found.resources[_SHOWN:]) + len(found.unknown[_SHOWN:])
    return (*lines, f"and {left} more") if left else tuple(lines)


def total(found: Sequence[CostDifference | str]) -> tuple[str, ...]:
    """The sum of all stacks, and how much of it is not known; none if nothing changes."""
    known = combined(one for one in found if isinstance(one, CostDifference))
    missing = sum(isinstance(one, str) for one in found)
    if not known.resources and not known.unknown and not missing:
        return ()
    notes = []
    if known.unknown:
        notes.append(f"{len(known.unknown)} parts have no price")
    if missing:
        notes.append(f"{missing} plans have no estimate")
    return (_sum(known), *notes)


def above_limit(found: Sequence[CostDifference | str], *, environment: str) -> tuple[Finding, ...]:
    """A finding if all plans together cost more than the limit of the environment (`pricing/usage.toml`)."""
    known = combined(one for one in found if isinstance(one, CostDifference))
    try:
        reason = known.exceeded(load_usage().limit_of(environment))
    except ConfigError as error:
        reason = f"the limit of the costs cannot be read: {str(error).splitlines()[0]}"
    if not reason:
        return ()
    text = f"{reason}; where that is meant, raise the limit in pricing/usage.toml"
    return (Finding(action="raise-cost", level=Level.BLOCK, address="", text=text),)


def _sum(found: CostDifference) -> str:
    if not found.resources:
        return "no known change of the costs"
    return f"{_signed(found.usd)} a month ({format_usd(found.before_usd)} -> {format_usd(found.after_usd)})"


def _signed(usd: float) -> str:
    return f"{'-' if usd < 0 else '+'}{format_usd(abs(usd))}"
