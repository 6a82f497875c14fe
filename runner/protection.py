"""Refuses a plan that loses what `protect_data` protects.

`prevent_destroy` alone does not: it is part of a resource's block, and goes away with it when a table of the settings
is removed. https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from runner.errors import RunnerError
from synthesis.stateful import IRREPLACEABLE, is_spare_replica

if TYPE_CHECKING:
    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack

_SHOWN: Final = 5
_DATA: Final = "data"


def refuse_loss(stack: Stack, terraform: Terraform, plan: Plan) -> None:
    """Refuse to apply a plan that deletes or replaces what cannot come back.

    Raises:
        RunnerError: The stack is protected, and the plan does so.
    """
    if not stack.is_protected:
        return
    lost = [
        each.address
        for each in terraform.destroyed_by(plan)
        if each.type in IRREPLACEABLE and not is_spare_replica(each.values, region=stack.region)
    ]
    if lost:
        raise _protected_error(stack, lost)


def _protected_error(stack: Stack, lost: list[str]) -> RunnerError:
    name = stack.environment
    more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
    apply = f"`make apply ENV={name}`"
    if stack.layer == _DATA and stack.name != stack.layer:
        return RunnerError(
            f"{name} is protected: `protect_data` is true, so {stack.id} is not applied: the plan would destroy "
            f"{', '.join(lost[:_SHOWN])}{more}, which serve or served in {stack.region}.",
            f"Undo the change in environments/{name}.toml. If [recovery.fail_over] was removed: put it back as it was, "
            "and follow docs/region-loss.md#fail-back, which takes the data home before these databases go.",
        )
    return RunnerError(
        f"{name} is protected: `protect_data` is true, so {stack.id} is not applied: the plan would destroy "
        f"{', '.join(lost[:_SHOWN])}{more}.",
        f"To keep it: undo the change in environments/{name}.toml, for example put the table back that was removed. "
        f"To destroy it on purpose: undo the change, set `protect_data = false`, run {apply}; then make the change "
        f"again, run {apply}, and restore `protect_data`.",
    )
