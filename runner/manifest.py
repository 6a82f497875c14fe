"""What synthesis wrote: the stacks, their environments, their order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

STATE_LAYER = "state"


@dataclass(frozen=True)
class Stack:
    """One synthesized stack, which is one state file."""

    id: str
    environment: str
    layer: str
    folder: Path
    dependencies: tuple[str, ...] = ()
    synthesized: bool = True  # else its layer is switched off, and only its state is there

    @cached_property
    def document(self) -> dict[str, Any]:
        """The Terraform JSON."""
        return _read_json(self.folder / "cdk.tf.json")

    @property
    def protected(self) -> bool:
        """Whether the environment's file says `protect_data = true`."""
        return bool(self.document.get("//", {}).get("metadata", {}).get("protect_data", False))

    @property
    def required_providers(self) -> dict[str, str]:
        """Source to version, as written: `{"aws": "5.100.0"}`."""
        required = self.document.get("terraform", {}).get("required_providers", {})
        return {entry.get("source", name): entry.get("version", "") for name, entry in required.items()}

    @property
    def remote_states(self) -> dict[str, str]:
        """Name of each `terraform_remote_state` to the layer whose state it reads."""
        states = self.document.get("data", {}).get("terraform_remote_state", {})
        return {name: entry.get("config", {}).get("key", "").split("/")[0] for name, entry in states.items()}

    def sibling(self, layer: str) -> str:
        """Id of another layer's stack in this environment."""
        return f"{self.environment}-{layer}"


def read_stacks(out: Path) -> dict[str, Stack]:
    """All the stacks under `out`, by id."""
    path = out / "manifest.json"
    if not path.is_file():
        message = f"There is no {path}."
        raise RunnerError(message, "Run `make synth` first.")
    stacks: dict[str, Stack] = {}
    for id_, entry in _read_json(path).get("stacks", {}).items():
        environment, dash, layer = id_.rpartition("-")
        if not dash:
            message = f"{path} names a stack {id_!r}, which is not <environment>-<layer>."
            raise RunnerError(message)
        stacks[id_] = Stack(
            id=id_,
            environment=environment,
            layer=layer,
            folder=out / entry["workingDirectory"],
            dependencies=tuple(entry.get("dependencies", ())),
        )
    return stacks


def of_environment(stacks: Mapping[str, Stack], environment: str) -> dict[str, Stack]:
    """The stacks of one environment; they all come after its state stack, which holds their state."""
    chosen = {id_: stack for id_, stack in stacks.items() if stack.environment == environment}
    if not chosen:
        there = ", ".join(sorted({stack.environment for stack in stacks.values()})) or "none"
        message = f"There is no environment {environment!r} in the synthesized output. There are: {there}."
        raise RunnerError(
            message,
            f"Choose one of them, or run `make synth ENV={environment}` if the environment is new.",
        )
    return chosen


def select(stacks: Mapping[str, Stack], layer: str | None) -> dict[str, Stack]:
    """The stacks of one environment, or the one of a layer."""
    if layer is None:
        return dict(stacks)
    chosen = {id_: stack for id_, stack in stacks.items() if stack.layer == layer}
    if not chosen:
        message = f"There is no layer {layer!r} in this environment."
        raise RunnerError(
            message,
            f"There are: {', '.join(stack.layer for stack in in_order(stacks))}.",
        )
    return chosen


def dependencies_within(stacks: Mapping[str, Stack]) -> dict[str, set[str]]:
    """What each stack waits for among `stacks`. The state stack comes before every other one."""
    edges: dict[str, set[str]] = {}
    for id_, stack in stacks.items():
        first = set() if stack.layer == STATE_LAYER else {stack.sibling(STATE_LAYER)}
        edges[id_] = (first | set(stack.dependencies)) & stacks.keys()
    return edges


def reversed_edges(edges: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The same graph the other way round: the order to destroy in."""
    turned: dict[str, set[str]] = {id_: set() for id_ in edges}
    for id_, needed in edges.items():
        for other in needed:
            turned[other].add(id_)
    return turned


def in_order(stacks: Mapping[str, Stack]) -> list[Stack]:
    """Producers before consumers; alphabetical where the order is free."""
    return [stacks[id_] for id_ in topological(dependencies_within(stacks))]


def topological(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """Every id after the ids that it needs."""
    sorter = TopologicalSorter({id_: sorted(needed) for id_, needed in sorted(edges.items())})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        message = f"The stacks need each other in a circle: {' -> '.join(error.args[1])}."
        raise RunnerError(message) from error


def consumers(stacks: Mapping[str, Stack], id_: str) -> list[str]:
    """Every stack that needs `id_`, directly or through another one, in the order of apply."""
    edges = dependencies_within(stacks)
    found = {id_}
    order = topological(edges)
    for other in order:
        if edges[other] & found:
            found.add(other)
    return [other for other in order if other in found and other != id_]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read: {error}"
        raise RunnerError(message, "Run `make synth` again.") from error
    return content
