"""Takes away what a check has read: each resource, each argument, each absence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from conformance.evidence import Absence, Evidence, Group, NotMet, Place, Reading
from conformance.expect import PLANTED
from conformance.paths import REMOVED, Path, changed, read
from conformance.view import TERRAFORM, View
from synthesis.manifest import Stack

Stacks = Mapping[str, Stack]
_FAR = 1_000_003


def survivors(stacks: Stacks, environment: str, check: Callable[[View], None]) -> list[str]:
    """The mutations that a check does not notice; the check must pass without any."""
    view = View(stacks, environment)
    check(view)
    unnoticed = []
    for name, alternatives in mutations(stacks, view.evidence):
        if all(_passes(mutated, environment, check) for mutated in alternatives):
            unnoticed.append(name)
    return unnoticed


def mutations(stacks: Stacks, evidence: Evidence) -> Iterator[tuple[str, list[Stacks]]]:
    """Each mutation with its name; of several alternatives one must be noticed."""
    for group in dict.fromkeys(evidence.groups):
        yield from _of_group(stacks, group)
    for reading in dict.fromkeys(evidence.readings):
        yield from _of_reading(stacks, reading)
    for absence in evidence.absences:
        yield f"plant {absence}", [_planted(stacks, absence)]


def _of_group(stacks: Stacks, group: Group) -> Iterator[tuple[str, list[Stacks]]]:
    if not group.needed:
        return
    taken = group.places[: group.spare + 1]
    without = stacks
    for place in taken:
        without = with_resource(without, place, lambda _: REMOVED)
    yield f"remove {', '.join(map(str, taken))}", [without]
    for path in filter(None, group.chosen_by):
        without = stacks
        for place in taken:
            without = with_resource(without, place, partial(_changed_at, path=path))
        yield f"change {path} of {', '.join(map(str, taken))}", [without]


def _changed_at(arguments: Any, path: Path) -> object:
    return changed(arguments, path, _other)


def _of_reading(stacks: Stacks, reading: Reading) -> Iterator[tuple[str, list[Stacks]]]:
    value = read(_arguments(stacks, reading.place), reading.path)

    def at(change: Callable[[Any], object]) -> Stacks:
        return with_resource(stacks, reading.place, lambda old: changed(old, reading.path, change))

    if value is not None:
        yield f"remove {reading}", [at(lambda _: REMOVED)]
    yield f"change {reading}", [at(partial(_replaced, other=other)) for other in _others(value)]


def _replaced(_: Any, *, other: object) -> object:
    return other


def _others(value: object) -> list[object]:
    """Wrong values; of numbers that may be more or less, one is."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [-_FAR, _FAR]
    return [_other(value)]


def _other(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + _FAR
    if isinstance(value, list | dict):
        return type(value)()
    return PLANTED


def with_resource(stacks: Stacks, place: Place, change: Callable[[Any], object]) -> Stacks:
    """The stacks with another resource at a place; `REMOVED` takes it away."""
    stack = stacks[place.stack]
    path = (TERRAFORM,) if place.kind == TERRAFORM else ("resource", place.kind, place.name)
    document: Any = changed(stack.document, path, change)
    return {**stacks, place.stack: replace(stack, document=document)}


def _planted(stacks: Stacks, absence: Absence) -> Stacks:
    return with_resource(stacks, Place(absence.stack, absence.kind, "planted"), lambda _: dict(absence.arguments))


def _arguments(stacks: Stacks, place: Place) -> object:
    path = (TERRAFORM,) if place.kind == TERRAFORM else ("resource", place.kind, place.name)
    return read(stacks[place.stack].document, path)


def _passes(stacks: Stacks, environment: str, check: Callable[[View], None]) -> bool:
    try:
        check(View(stacks, environment))
    except NotMet:
        return False
    return True
