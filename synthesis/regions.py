"""Which stacks a command is about, and which regions a stack needs: with one region lost, the others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthesis.manifest import OutputError
from synthesis.stack_order import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack


def regions_of(stack: Stack) -> frozenset[str]:
    """Every region that a plan of the stack calls: of its resources, of its state, and of the states that it reads."""
    read = stack.document.get("data", {}).get("terraform_remote_state", {})
    places = [stack.backend, *(entry.get("config", {}) for entry in read.values())]
    states = {str(place["region"]) for place in places if place.get("region")}
    return frozenset({stack.region, *states, *(stack.region_of(resource) for resource in stack.all())})


def select(stacks: Mapping[str, Stack], layer: str | None) -> dict[str, Stack]:
    """All stacks of an environment, or those of a layer; the name of a single stack selects only that one.

    A layer that stands by in a second region has its own name there (`network-us-west-2`): the name of the layer does
    not select it, as long as the layer has another stack.

    Raises:
        OutputError: There is no such layer; the message lists the layers that exist.
    """
    if layer is None:
        return dict(stacks)
    chosen = {id_: stack for id_, stack in stacks.items() if layer in {stack.layer, stack.name}}
    chosen = {id_: stack for id_, stack in chosen.items() if not stack.stands_by or stack.name == layer} or chosen
    if not chosen and any(layer in stack.left_out for stack in stacks.values()):
        message = f"The layer {layer!r} is left out, because `delegated = false` in [domain]."
        raise OutputError(
            message, "Set it to true when the parent domain has the zone's name servers (docs/domain.md)."
        )
    if not chosen:
        message = f"This environment has no layer {layer!r}."
        raise OutputError(message, f"It has: {', '.join(stack.name for stack in in_order(stacks))}.")
    return chosen


def choose(
    stacks: Mapping[str, Stack], *, layer: str | None = None, region: str | None = None, one: bool = False
) -> dict[str, Stack]:
    """The stacks of an environment that LAYER and REGION select, for every command that takes them.

    Args:
        stacks: All of the environment.
        layer: The name of a stack, or of a layer, which can have stacks in several regions; None for all layers. In the
            second region, that of a layer that stands by there.
        region: Only stacks that need this region alone; None for all regions.
        one: Whether the command is about a single stack, so that a name selects that stack and not its layer.

    Raises:
        OutputError: There are none; the message lists those that there are.
    """
    if region is None:
        chosen = select(stacks, layer)
    else:
        select(stacks, layer)
        of_layer = {id_: each for id_, each in stacks.items() if layer in {None, each.layer, each.name}}
        chosen = select(select_region(of_layer, region), layer)
    named = {id_: stack for id_, stack in chosen.items() if stack.name == layer}
    return named if one and named else chosen


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
