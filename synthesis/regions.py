"""Which regions a stack needs, and the stacks that need one region alone: the ones to go on with if another is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthesis.manifest import OutputError, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack


def regions_of(stack: Stack) -> frozenset[str]:
    """Every region that a plan of the stack calls: of its resources, of its state, and of the states that it reads."""
    read = stack.document.get("data", {}).get("terraform_remote_state", {})
    places = [stack.backend, *(entry.get("config", {}) for entry in read.values())]
    states = {str(place["region"]) for place in places if place.get("region")}
    return frozenset({stack.region, *states, *(stack.region_of(resource) for resource in stack.all())})


def select_region(stacks: Mapping[str, Stack], region: str) -> dict[str, Stack]:
    """The stacks that can be planned while every other region is lost.

    Raises:
        OutputError: There are none; the message lists the regions that have some.
    """
    needed = {id_: regions_of(stack) for id_, stack in stacks.items()}
    chosen = {id_: stack for id_, stack in stacks.items() if needed[id_] == {region}}
    if not chosen:
        names = ", ".join(stack.name for stack in in_order(stacks))
        message = f"None of these stacks has its resources and its state in {region!r} alone: {names}."
        alone = sorted({name for regions in needed.values() if len(regions) == 1 for name in regions})
        raise OutputError(
            message, f"There are some for REGION={' and REGION='.join(alone)}." if alone else "Leave out REGION."
        )
    return chosen
