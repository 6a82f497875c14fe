"""The order in which stacks are applied, and what comes after a stack or needs it."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from synthesis.manifest import Stack


def dependencies_within(stacks: Mapping[str, Stack]) -> dict[str, set[str]]:
    """The stacks among `stacks` that each one waits for."""
    return {id_: set(stack.dependencies) & stacks.keys() for id_, stack in stacks.items()}


def reversed_edges(edges: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The same graph in the other direction: the order of destroy."""
    edges_back: dict[str, set[str]] = {id_: set() for id_ in edges}
    for id_, needed in edges.items():
        for other in needed:
            edges_back[other].add(id_)
    return edges_back


def in_order(stacks: Mapping[str, Stack]) -> list[Stack]:
    """Producers before consumers, otherwise in alphabetical order."""
    return [stacks[id_] for id_ in topological(dependencies_within(stacks))]


def topological(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """Every id after the ids that it needs.

    Raises:
        OutputError: There is a dependency cycle.
    """
    sorter = TopologicalSorter({id_: sorted(needed) for id_, needed in sorted(edges.items())})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        message = f"The stacks have a dependency cycle: {' -> '.join(error.args[1])}."
        raise OutputError(message) from error


def consumers(stacks: Mapping[str, Stack], id_: str) -> list[str]:
    """Every stack that comes after `id_`, directly or through another one, in the order of apply."""
    return _affected(dependencies_within(stacks), id_)


def users(stacks: Mapping[str, Stack], id_: str) -> list[str]:
    """Every stack that would lack something without `id_`, directly or through another one, in the order of apply.

    All that `consumers` returns, without those that are only applied after it.
    """
    edges = {
        name: (needed - set(stacks[name].applied_after)) | (set(stacks[name].producers(stacks).values()) - {name})
        for name, needed in dependencies_within(stacks).items()
    }
    return _affected(edges, id_)


def _affected(edges: Mapping[str, set[str]], id_: str) -> list[str]:
    affected = {id_}
    order = topological(edges)
    for other in order:
        if edges[other] & affected:
            affected.add(other)
    return [other for other in order if other in affected and other != id_]
