"""Finds retired layers: switched off but not destroyed, so their state is still in a bucket of the environment.

Synthesis writes no stack for them, so nothing would report their resources, and destroying the bucket would destroy the
only record of them. Here they become stacks without resources, which is what Terraform needs to destroy them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runner.bootstrap import remote_state
from runner.errors import RunnerError
from runner.explain import is_bucket_missing, shares_bucket
from runner.files import write_atomically
from synthesis.manifest import STACK_FILE, STATE_LAYER, Stack, metadata, stack_id, state_stack
from synthesis.regions import choose
from synthesis.stack_order import consumers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.session import Session

_COPIES_BUCKET, _COPIES_REGION = "state_copies_bucket", "state_copies_region"


def select_with_retired(session: Session, *, layer: str | None, region: str | None, one: bool) -> Session:
    """The same session over what `choose` selects, with the retired stacks among its stacks.

    Raises:
        RunnerError: There is neither a stack nor a state of that layer; or the bucket cannot be read.
    """
    try:
        stacks = _ordered(session, find_retired_stacks(session))
    except RunnerError:
        choose(session.stacks, layer=layer)  # if the layer is misspelt, report that
        raise
    return replace(session, stacks=stacks, chosen=choose(stacks, layer=layer, region=region, one=one))


def _ordered(session: Session, retired: Mapping[str, Stack]) -> dict[str, Stack]:
    """All stacks; each retired one depends on what does not use it, and what used it when applied depends on it."""
    stacks = {**session.stacks, **retired}
    by_place = {(stack.backend["bucket"], stack.backend["key"]): id_ for id_, stack in retired.items()}
    if not retired:
        return stacks
    for id_, stack in stacks.items():
        if stack.layer != STATE_LAYER:
            with session.terraform(stack).working_copy() as terraform:
                state = remote_state(terraform)
            read = [by_place[place] for place in sorted(state.reads & by_place.keys())] if state else []
            inherited = () if id_ in retired else stack.dependencies
            stacks[id_] = replace(stack, dependencies=(*inherited, *read))
    for id_ in retired:
        # What else it used is not known: it is destroyed before every stack that does not use it.
        users = {id_, *consumers(stacks, id_)}
        others = (other for other in session.stacks if other not in users)
        stacks[id_] = replace(stacks[id_], dependencies=(*stacks[id_].dependencies, *others))
    return stacks


def find_undestroyed(session: Session, copies: Mapping[str, Any] | None = None) -> list[Stack]:
    """The retired stacks whose resources were not destroyed; `copies` as in `find_retired_stacks`."""
    undestroyed = []
    for stack in find_retired_stacks(session, copies).values():
        with session.terraform(stack).working_copy() as terraform:
            state = remote_state(terraform)
        if state is not None and not state.empty:
            undestroyed.append(stack)
    return undestroyed


def find_retired_stacks(session: Session, copies: Mapping[str, Any] | None = None) -> dict[str, Stack]:
    """An empty stack for each state in the environment's buckets that no synthesized stack has.

    Args:
        session: The session.
        copies: The settings of the bucket in the second region, if they are known; else they are looked for.
    """
    state = state_stack(session.stacks)
    if state is None or "key" not in state.backend:
        return {}
    known = {stack.name for stack in session.stacks.values()}
    retired = {}
    for backend in (state.backend, copies or _find_copies(session, state)):
        if not backend:
            continue
        for name in sorted(_names_with_state(session, state, backend) - known):
            known.add(name)  # what is in the first bucket is copied to the second one
            region = str(backend.get("region") or state.region)
            stack = _write_empty_stack(session, state, name, backend=backend, region=region)
            found = _region_in_state(session, stack)
            # A destroy in another region would find nothing, forget it, and leave everything in place.
            if found != region:
                stack = _write_empty_stack(session, state, name, backend=backend, region=found)
            retired[stack.id] = stack
    return retired


def find_left_beside(session: Session, stack: Stack, name: str) -> Stack | None:
    """The stack `name` that is no longer synthesized, and has resources by a state in the same bucket as `stack`'s.

    Raises:
        RunnerError: The bucket cannot be read.
    """
    state = state_stack(session.stacks)
    if state is None or "key" not in state.backend:
        return None
    left = _write_empty_stack(session, state, name, backend=stack.backend, region=stack.region)
    with session.terraform(left).working_copy() as terraform:
        found = remote_state(terraform)
    return None if found is None or found.empty else left


def copies_backend(state: Stack, outputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """The settings of the bucket in the second region, by the outputs of the layer `state`; None if it has none.

    It has them as long as the bucket exists, also when the table [recovery] was removed.
    """
    bucket, region = outputs.get(_COPIES_BUCKET), outputs.get(_COPIES_REGION)
    if not bucket or not region:
        return None
    # Not the key, which is in the other region. Without both, S3 encrypts what is written with the bucket's own key.
    kept = {name: value for name, value in state.backend.items() if name not in {"encrypt", "kms_key_id"}}
    return {**kept, "bucket": bucket, "region": region}


def _find_copies(session: Session, state: Stack) -> Mapping[str, Any] | None:
    for stack in session.stacks.values():
        if stack.backend and not shares_bucket(stack, state):
            return stack.backend
    with session.terraform(state).working_copy() as terraform:
        try:
            terraform.init()
            return copies_backend(state, terraform.outputs())
        except RunnerError as error:
            if is_bucket_missing(error):
                return None
            raise


def _write_empty_stack(session: Session, state: Stack, name: str, *, backend: Mapping[str, Any], region: str) -> Stack:
    """A stack without resources, with every provider of the environment: it is not known which the state needs."""
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
            "backend": {"s3": {**backend, "key": f"{name}/{_object_name(state.backend)}"}},
            "required_providers": _required_providers(session.stacks),
        },
    }
    stack = Stack(
        id=id_,
        folder=session.context.work / "retired" / id_,
        document=document,
        is_synthesized=False,
    )
    _write(stack)
    return stack


def _region_in_state(session: Session, stack: Stack) -> str:
    """The region of its resources, by their ARNs; the environment's own region if no ARN has one."""
    with session.terraform(stack).working_copy() as terraform:
        state = remote_state(terraform)
    regions = state.regions if state else frozenset()
    return stack.region if stack.region in regions or not regions else min(regions)


def _names_with_state(session: Session, state: Stack, backend: Mapping[str, Any]) -> set[str]:
    """Names of the stacks with a state in a bucket, copies included; none if there is no such bucket.

    To Terraform, objects `<name>/<key>` are the workspaces of one configuration, which it lists with its usual
    credentials. https://developer.hashicorp.com/terraform/language/backend/s3#workspace_key_prefix
    """
    listing = {**backend, "key": _object_name(state.backend), "workspace_key_prefix": ""}
    in_second = backend["bucket"] != state.backend["bucket"]
    id_ = f"{state.id}-copies" if in_second else f"{state.id}-objects"
    everything = replace(
        state,
        id=id_,
        folder=session.context.work / "retired" / id_,
        document={"terraform": {"backend": {"s3": listing}}},
    )
    _write(everything)
    with session.terraform(everything).working_copy() as terraform:
        try:
            terraform.init()
            return terraform.workspaces() - {"default"}
        except RunnerError as error:
            if is_bucket_missing(error):
                return set()
            raise


def _object_name(backend: Mapping[str, Any]) -> str:
    """`terraform.tfstate` of `network/terraform.tfstate`."""
    return str(backend["key"]).rpartition("/")[2]


def _providers(stacks: Mapping[str, Stack], region: str) -> dict[str, list[dict[str, Any]]]:
    """Every provider of the environment's stacks, the main one in `region`."""
    by_name: dict[str, dict[str, dict[str, Any]]] = {}
    for stack in stacks.values():
        for name, entries in stack.document.get("provider", {}).items():
            by_name.setdefault(name, {}).update({entry.get("alias", ""): entry for entry in entries})
    for entries in by_name.values():
        if "" in entries:
            entries[""] = {**entries[""], "region": region}
    return {name: list(entries.values()) for name, entries in by_name.items()}


def _required_providers(stacks: Mapping[str, Stack]) -> dict[str, Any]:
    required: dict[str, Any] = {}
    for stack in stacks.values():
        required |= stack.terraform.get("required_providers", {})
    return required


def _write(stack: Stack) -> None:
    write_atomically(stack.folder / STACK_FILE, json.dumps(stack.document))
