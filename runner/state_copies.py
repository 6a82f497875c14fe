"""Refuses a plan that destroys the second region's bucket of states while a stack there still has one in it.

Without the table [recovery], synthesis writes neither those stacks nor their bucket. The states would go with the
bucket, and with them the only record of the resources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.errors import RunnerError
from runner.retired import copies_backend, find_undestroyed
from synthesis.manifest import STATE_LAYER

if TYPE_CHECKING:
    from runner.session import Session
    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack


def refuse_loss_of_states(session: Session, stack: Stack, terraform: Terraform, plan: Plan) -> None:
    """Refuse a plan of the layer `state` that destroys that bucket with states of other resources in it.

    Raises:
        RunnerError: It does so; the message names the stacks. Or the bucket cannot be read.
    """
    if stack.layer != STATE_LAYER:
        return
    destroyed = {each.values.get("bucket") for each in terraform.destroyed_by(plan) if each.type == "aws_s3_bucket"}
    copies = copies_backend(stack, terraform.outputs()) if destroyed else None
    if copies and copies["bucket"] in destroyed:
        kept = [other for other in find_undestroyed(session, copies) if other.backend["bucket"] == copies["bucket"]]
        if kept:
            raise _lost_states_error(stack, str(copies["bucket"]), kept)


def _lost_states_error(stack: Stack, bucket: str, kept: list[Stack]) -> RunnerError:
    name = stack.environment
    commands = "".join(f"\n  make destroy ENV={name} LAYER={other.name}" for other in kept)
    return RunnerError(
        f"The plan of {stack.id} would destroy the bucket {bucket}, which has the states of "
        f"{', '.join(other.id for other in kept)}: their resources would stay, and no state would have them.",
        f"Put [recovery] back into environments/{name}.toml as it was; or destroy what they have, then repeat:"
        f"{commands}",
    )
