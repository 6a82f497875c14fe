"""Applies a network that loses subnets after all that is in them.

AWS deletes no subnet that something has a network interface in, and Terraform waits 20 minutes for it to be gone:
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html
So services, databases and functions leave first. What is added is made in the usual order, so not in the same apply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runner.errors import RunnerError
from synthesis.stack_order import consumers, dependencies_within, users

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runner.session import Session
    from runner.state import State
    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack

_LAYER: Final = "network"
_SUBNET: Final = "aws_subnet"
_SERVICE: Final = "aws_ecs_service"
_PROXY: Final = "aws_db_proxy"
_SHOWN: Final = 5


@dataclass(frozen=True)
class _Leaving:
    """The subnets that are in the state and not in the settings: their ids."""

    ids: frozenset[str]
    adds: bool
    """Whether others come, or anything that other layers read."""


def order_of_apply(session: Session) -> dict[str, set[str]]:
    """What each chosen stack waits for: those that it reads; but a network that loses subnets, those that use them.

    Raises:
        RunnerError: A network also gets something that other layers read, so that each would wait for the other one.
    """
    edges = dependencies_within(session.chosen)
    for stack in session.chosen.values():
        if stack.layer != _LAYER:
            continue
        leaving = _find_leaving(session, stack)
        if not leaving.ids or not _users(session, stack, leaving.ids):
            continue
        if leaving.adds:
            raise _both_error(stack)
        later = set(consumers(session.stacks, stack.id)) & session.chosen.keys()
        for other in later:
            edges[other].discard(stack.id)
        edges[stack.id] |= later
    return edges


def refuse_used_subnets(session: Session, stack: Stack, terraform: Terraform, plan: Plan) -> None:
    """Refuse a plan of a network that deletes subnets in which other layers still have something.

    Raises:
        RunnerError: It does so; the message names what is in them.
    """
    if stack.layer != _LAYER:
        return
    ids = frozenset(str(each.values.get("id")) for each in terraform.destroyed_by(plan) if each.type == _SUBNET)
    if ids and (used := _users(session, stack, ids)):
        raise _used_error(stack, used)


def _find_leaving(session: Session, stack: Stack) -> _Leaving:
    try:
        with session.terraform(stack).working_copy() as terraform:
            session.progress.start(stack.id, "looking for subnets that go")
            terraform.init()
            state = terraform.state()
    except RunnerError:  # there is no state yet; any other cause stops the apply of the stack itself
        return _Leaving(frozenset(), adds=False)
    finally:
        session.progress.end(stack.id)
    wanted = _addresses(stack)
    ids = {
        str(attributes.get("id"))
        for address, type_, attributes in _instances(state)
        if type_ == _SUBNET and address not in wanted
    }
    return _Leaving(frozenset(ids), adds=not stack.document.get("output", {}).keys() <= state.outputs)


def _addresses(stack: Stack) -> set[str]:
    """Where a state may have the subnets of the settings: their addresses, and those that they are moved from."""
    found = {f"{_SUBNET}.{name}" for name in stack.document.get("resource", {}).get(_SUBNET, {})}
    return found | {str(move["from"]) for move in stack.document.get("moved", ()) if move["to"] in found}


def _users(session: Session, network: Stack, ids: frozenset[str]) -> dict[str, list[str]]:
    """What other stacks have in these subnets by their states: the addresses, by stack."""
    found = {}
    for id_ in users(session.stacks, network.id):
        other = session.stacks[id_]
        with session.terraform(other).working_copy() as terraform:
            session.progress.start(id_, "looking for what is in them")
            terraform.init()
            state = terraform.state()
        session.progress.end(id_)
        kept = _moved_by_releases(other)
        inside = sorted(
            address
            for address, _, attributes in _instances(state)
            if address not in kept and ids & set(_texts(attributes))
        )
        if inside:
            found[id_] = inside
    return found


def _moved_by_releases(stack: Stack) -> set[str]:
    """Services that move with their next release only: the state goes on naming the subnets of the first one."""
    services = stack.document.get("resource", {}).get(_SERVICE, {})
    return {
        f"{_SERVICE}.{name}"
        for name, service in services.items()
        if "network_configuration" in service.get("lifecycle", {}).get("ignore_changes", ())
    }


def _instances(state: State) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for entry in state.managed:
        for instance in entry.get("instances", ()):
            yield f"{entry['type']}.{entry.get('name')}", entry["type"], instance.get("attributes") or {}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _both_error(stack: Stack) -> RunnerError:
    name = stack.environment
    return RunnerError(
        f"Nothing is applied: {stack.id} loses subnets that are in use, and gets something new. What is new is made "
        "before the layers that use it are applied, and subnets go after them.",
        f"Two applies: put the zone, or its private_cidr, back into environments/{name}.toml and run "
        f"`make apply ENV={name}`; then remove it, and apply again (docs/growth.md).",
    )


def _used_error(stack: Stack, used: Mapping[str, list[str]]) -> RunnerError:
    lines = []
    for id_, addresses in used.items():
        more = f" and {len(addresses) - _SHOWN} more" if len(addresses) > _SHOWN else ""
        lines.append(f"{id_} ({', '.join(addresses[:_SHOWN])}{more})")
    remedy = (
        f"Apply all layers at once, which takes what uses them first: make apply ENV={stack.environment}. If it has "
        "been applied: docs/growth.md#fewer-zones says how each of these leaves a subnet."
    )
    if any(address.startswith(f"{_PROXY}.") for addresses in used.values() for address in addresses):
        remedy += (
            " A proxy stays in the subnets that it was made in: take [postgres.proxy] out, apply, and put it back when "
            "the zone is gone."
        )
    return RunnerError(
        f"{stack.id} is not applied: AWS deletes no subnet that something is in, and these have something in those "
        f"that it would delete: {'; '.join(lines)}.",
        remedy,
    )
