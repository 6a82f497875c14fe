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
from runner.manifest import STATE_LAYER, Stack, select

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


def still_there(session: Session) -> list[str]:
    """Ids of the retired stacks that have made something which nobody has destroyed."""
    found = []
    for stack in stacks_without_synthesis(session).values():
        with session.terraform(stack).at_work() as terraform:
            state = remote_state(terraform)
        if state is not None and not state.empty:
            found.append(stack.id)
    return found


def stacks_without_synthesis(session: Session) -> dict[str, Stack]:
    """An empty stack for each state in the environment's bucket that has none."""
    state = session.stacks.get(f"{session.environment}-{STATE_LAYER}")
    backend = state.document.get("terraform", {}).get("backend", {}).get("s3", {}) if state else {}
    if state is None or "key" not in backend:
        return {}
    known = {stack.layer for stack in session.stacks.values()}
    found = {}
    for layer in sorted(_layers_with_a_state(session, state, backend) - known):
        stack = Stack(
            id=state.sibling(layer),
            environment=state.environment,
            layer=layer,
            folder=session.context.work / "retired" / state.sibling(layer),
            dependencies=tuple(session.stacks),  # which it used is not known: it goes before all of them
            synthesized=False,
        )
        own = {**backend, "key": f"{layer}/{_name(backend)}"}
        _write(stack, _empty(session.stacks, own, protected=state.protected))
        found[stack.id] = stack
    return found


def _layers_with_a_state(session: Session, state: Stack, backend: Mapping[str, Any]) -> set[str]:
    # To Terraform, objects `<name>/<key>` are the workspaces of one configuration, which it lists with the credentials
    # that it uses for all else. https://developer.hashicorp.com/terraform/language/backend/s3#workspace_key_prefix
    listing = {**backend, "key": _name(backend), "workspace_key_prefix": ""}
    id_ = f"{state.id}-objects"
    everything = replace(state, id=id_, folder=session.context.work / "retired" / id_)
    _write(everything, {"terraform": {"backend": {"s3": listing}}})
    with session.terraform(everything).at_work() as terraform:
        try:
            terraform.init()
        except RunnerError as error:
            if no_bucket(error):
                return set()
            raise
        return terraform.workspaces() - {"default"}


def _name(backend: Mapping[str, Any]) -> str:
    """`terraform.tfstate` of `network/terraform.tfstate`."""
    return str(backend["key"]).rpartition("/")[2]


def _empty(stacks: Mapping[str, Stack], backend: Mapping[str, Any], *, protected: bool) -> dict[str, Any]:
    """A configuration of no resources, with every provider of the environment: which the state needs is not known."""
    providers: dict[str, dict[str, dict[str, Any]]] = {}
    required: dict[str, Any] = {}
    for stack in stacks.values():
        required |= stack.document.get("terraform", {}).get("required_providers", {})
        for name, entries in stack.document.get("provider", {}).items():
            providers.setdefault(name, {}).update({entry.get("alias", ""): entry for entry in entries})
    return {
        "//": {"metadata": {"protect_data": protected}},
        "provider": {name: list(entries.values()) for name, entries in providers.items()},
        "terraform": {"backend": {"s3": backend}, "required_providers": required},
    }


def _write(stack: Stack, document: dict[str, Any]) -> None:
    write_whole(stack.folder / "cdk.tf.json", json.dumps(document))
