"""Resources for tests, and what they are charged for."""

from __future__ import annotations

from typing import Any

from pricing.charge import Charge, Gap, Site
from pricing.estimate import Estimate, estimate
from pricing.kinds import PRICERS
from pricing.resource import Billable, Inventory
from pricing.usage import Usage

REGION = "us-east-1"


def resource(address: str, **arguments: Any) -> Billable:
    """One resource in us-east-1; a value `-> aws_x.y` is a reference to that resource."""
    references = {
        name: frozenset({value.removeprefix("-> ")})
        for name, value in arguments.items()
        if isinstance(value, str) and value.startswith("-> ")
    }
    kind = address.partition(".")[0]
    return Billable(address=address, kind=kind, region=REGION, arguments=arguments, references=references)


def site(*resources: Billable, awake_share: float = 1, **usage: float) -> Site:
    """These resources, with what is assumed of them besides the defaults."""
    return Site(inventory=Inventory(resources), usage=Usage(**usage), awake_share=awake_share)


def charges(of: Billable, *others: Billable, awake_share: float = 1, **usage: float) -> dict[str, float]:
    """Each price that a resource is charged for, with the quantity times the share."""
    items = [*PRICERS[of.kind](of, site(of, *others, awake_share=awake_share, **usage))]
    gaps = [item.reason for item in items if isinstance(item, Gap)]
    assert gaps == []
    found: dict[str, float] = {}
    for item in items:
        assert isinstance(item, Charge)
        found[item.price] = found.get(item.price, 0) + item.quantity * item.share
    return found


def gaps(of: Billable, *others: Billable) -> list[str]:
    """Why a resource, or a part of it, has no price."""
    return [item.reason for item in PRICERS[of.kind](of, site(of, *others)) if isinstance(item, Gap)]


def estimated(*resources: Billable, **usage: float) -> Estimate:
    """The estimate of these resources."""
    return estimate(site(*resources, **usage))
