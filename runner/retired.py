"""Layers that an environment has no more, but whose state is still in its bucket: switched off, not taken down.

Synthesis writes no stack for them, so nothing would speak of what they had made; and whoever destroyed the bucket would
destroy the only record of it. They come back here as stacks that are empty, which is what Terraform needs to destroy
them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runner.bootstrap import remote_state
from runner.errors import RunnerError
from runner.explain import no_bucket
from runner.files import write_whole
from synthesis.manifest import STACK_FILE, Stack, metadata, select, stack_id, state_stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.session import Session


def chosen_with_retired(session: Session, layer: str | None) -> Session:
    """The same session over `layer` (or all layers), with the retired stacks among its stacks.

    Raises:
        RunnerError: Neither a stack nor a state is of that layer; or the bucket cannot be read.
    """
    try:
        stacks = {**session.stacks, **stacks_without_synthesis(session)}
    except RunnerError:
        select(session.stacks, layer)  # a layer that is misspelt is the error to tell
        raise
    return replace(session, stacks=stacks, chosen=select(stacks, layer))


def still_there(session: Session) -> list[Stack]:
    """The retired stacks whose resources were not destroyed."""
    found = []
    for stack in stacks_without_synthesis(session).values():
        with session.terraform(stack).at_work() as terraform:
            state = remote_state(terraform)
        if state is not None and not state.empty:
            found.append(stack)
    return found


def stacks_without_synthesis(session: Session) -> dict[str, Stack]:
    """An empty stack for each state in the environment's bucket that no synthesized stack has."""
    state = state_stack(session.stacks)
    if state is None or "key" not in state.backend:
        return {}
    known = {stack.name for stack in session.stacks.values()}
    found = {}
    for name in sorted(_names_with_a_state(session, state) - known):
        stack = _written(session, state, name, region=state.region)
        region = _region_in_state(session, stack)
        # A destroy in another region would find nothing, forget it, and leave everything in place.
        found[stack.id] = stack if region == stack.region else _written(session, state, name, region=region)
    return found


def _written(session: Session, state: Stack, name: str, *, region: str) -> Stack:
    """A stack of no resources, with every provider of the environment: which of them the state needs is not known."""
    id_ = stack_id(state.environment, name)
    identity = metadata(
        project=state.project,
        environment=state.environment,
        layer=name,
        name=name,
        region=region,
        protect_data=state.is_protected,
    )
    document = {
        "//": {"metadata": identity},
        "provider": _providers(session.stacks, region),
        "terraform": {
            "backend": {"s3": {**state.backend, "key": f"{name}/{_object(state.backend)}"}},
            "required_providers": _required_providers(session.stacks),
        },
    }
    stack = Stack(
        id=id_,
        folder=session.context.work / "retired" / id_,
        document=document,
        dependencies=tuple(session.stacks),  # which of them it used is not known: it goes before all of them
        is_synthesized=False,
    )
    _write(stack)
    return stack


def _region_in_state(session: Session, stack: Stack) -> str:
    """Where its resources are, by their ARNs; the environment's own region where they do not say."""
    with session.terraform(stack).at_work() as terraform:
        state = remote_state(terraform)
    regions = state.regions if state else frozenset()
    return stack.region if stack.region in regions or not regions else min(regions)


def _names_with_a_state(session: Session, state: Stack) -> set[str]:
    # To Terraform, objects `<name>/<key>` are the workspaces of one configuration, which it lists with the credentials
    # that it uses for all else. https://developer.hashicorp.com/terraform/language/backend/s3#workspace_key_prefix
    listing = {**state.backend, "key": _object(state.backend), "workspace_key_prefix": ""}
    id_ = f"{state.id}-objects"
    everything = replace(
        state,
        id=id_,
        folder=session.context.work / "retired" / id_,
        document={"terraform": {"backend": {"s3": listing}}},
    )
    _write(everything)
    with session.terraform(everything).at_work() as terraform:
        try:
            terraform.init()
        except RunnerError as error:
            if no_bucket(error):
                return set()
            raise
        return terraform.workspaces() - {"default"}


def _object(backend: Mapping[str, Any]) -> str:
    """`terraform.tfstate` of `network/terraform.tfstate`."""
    return str(backend["key"]).rpartition("/")[2]


def _providers(stacks: Mapping[str, Stack], region: str) -> dict[str, list[dict[str, Any]]]:
    """Every provider that a stack of the environment has, the main one in `region`."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for stack in stacks.values():
        for name, entries in stack.document.get("provider", {}).items():
            found.setdefault(name, {}).update({entry.get("alias", ""): entry for entry in entries})
    for entries in found.values():
        if "" in entries:
            entries[""] = {**entries[""], "region": region}
    return {name: list(entries.values()) for name, entries in found.items()}


def _required_providers(stacks: Mapping[str, Stack]) -> dict[str, Any]:
    required: dict[str, Any] = {}
    for stack in stacks.values():
        required |= stack.terraform.get("required_providers", {})
    return required


def _write(stack: Stack) -> None:
    write_whole(stack.folder / STACK_FILE, json.dumps(stack.document))
