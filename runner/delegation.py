"""Stops an apply that would wait for a person: ACM issues no certificate for a zone that resolvers do not find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from runner import retired
from runner.errors import RunnerError
from runner.name_servers import look_up_delegation

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from runner.session import Session
    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack

_VALIDATION: Final = "aws_acm_certificate_validation."
_ZONE: Final = "aws_route53_zone."
_OUTPUT: Final = "name_servers"


def find_missing_delegation(session: Session, stack: Stack, terraform: Terraform, plan: Plan) -> str:
    """What a person must do before the stack's plan can be applied; empty if nothing is missing."""
    created = {line.removeprefix("create ") for line in plan.planned if line.startswith("create ")}
    waits = any(address.startswith(_VALIDATION) for address in created)
    if not session.checks_delegation or not waits or not stack.zone_name:
        return ""
    if any(address.startswith(_ZONE) for address in created):
        return _explain_new_zone(stack)
    session.progress.start(stack.id, f"looking for the name servers of {stack.zone_name} in DNS")
    found = look_up_delegation(stack.zone_name)
    if found.failure:
        session.progress.warn(
            f"{stack.id}: could not look whether {stack.zone_name} is delegated ({found.failure}). It is applied all "
            "the same, and fails after 45 minutes if the certificate is not issued."
        )
        return ""
    # Only the stack that has created the zone knows its name servers; of another zone it is enough that it has some.
    own = frozenset(terraform.outputs().get(_OUTPUT, ()))
    if found.name_servers and (not own or found.name_servers <= own):
        return ""
    return _explain_missing(stack, found.name_servers, own)


def refuse_withdrawal(session: Session, stack: Stack, terraform: Terraform, plan: Plan) -> None:
    """Refuse to delete a certificate because `delegated` was set back to false, while other layers may use it.

    Raises:
        RunnerError: The plan deletes one that was issued, and a layer that is left out is applied.
    """
    if not stack.left_out or not any(each.address.startswith(_VALIDATION) for each in terraform.destroyed_by(plan)):
        return
    used_by = [other.id for other in retired.find_undestroyed(session) if other.layer in stack.left_out]
    if used_by:
        file = f"environments/{stack.environment}.toml"
        message = (
            f"{stack.id} is not applied: `delegated = false` in [domain] of {file} would delete the certificate that "
            f"{', '.join(used_by)} needs."
        )
        raise RunnerError(
            message,
            f"Set `delegated = true` in {file}. To remove the layers on purpose, destroy them first, in this order: "
            + ", ".join(f"`make destroy ENV={stack.environment} LAYER={name}`" for name in reversed(stack.left_out)),
        )


def _explain_new_zone(stack: Stack) -> str:
    name, file = stack.environment, f"environments/{stack.environment}.toml"
    return (
        f"{stack.id}: the zone {stack.zone_name} does not exist yet, so its parent domain cannot have its name "
        f"servers, and no certificate would be issued.\nSet `delegated = false` in [domain] of {file} and run "
        f"`make apply ENV={name}`, which creates the zone and prints its name servers. Enter them at the parent "
        "domain, set `delegated = true`, and run it again."
    )


def _explain_missing(stack: Stack, found: AbstractSet[str], own: AbstractSet[str]) -> str:
    parent = stack.zone_name.partition(".")[2]
    has = f"has the name servers {', '.join(sorted(found))} for it" if found else "has no name servers for it"
    servers = f"with exactly these name servers: {' '.join(sorted(own))}" if own else "with the zone's name servers"
    return (
        f"{stack.id}: resolvers do not find the zone {stack.zone_name}: its parent domain {has}, so no certificate "
        f"would be issued.\nIn the zone of {parent}, make an NS record {stack.zone_name} {servers}\n"
        "If another environment creates that zone, enter them in [domain.delegations] of its file and apply that "
        "first. Then repeat; a change can take some minutes.\n"
        "If this machine's DNS is not the internet's, SKIP_DELEGATION_CHECK=1 leaves out this check."
    )
