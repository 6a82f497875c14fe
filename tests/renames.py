"""Addresses that have changed: which new one a vanished one became, and what to write so that nothing is destroyed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Addresses = dict[str, list[str]]
"""The addresses of each stack, by its id."""

_HASH: Final = re.compile(r"_[0-9A-F]{8}$")
_ALIKE: Final = 0.8
"""From which on two names in different stacks are taken for the same resource; in one stack any two of a type are."""


@dataclass(frozen=True)
class Stack:
    """What the guard knows of a stack."""

    environment: str
    name: str
    """Within its environment."""
    addresses: Sequence[str]
    moved: Mapping[str, str]
    """Its `moved` blocks, from and to."""


@dataclass(frozen=True, order=True)
class Rename:
    """A resource that Terraform would destroy and create again."""

    stack: str
    """Its stack within the environment."""
    origin: str
    target: str
    target_stack: str
    environments: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"the stack {self.stack} ({', '.join(self.environments)})"
        lost = f"{self.origin} of {where} is {self.target}"
        never = f'If no environment has it, or its loss is meant: make snapshot NEVER_APPLIED="{self.origin}"'
        if self.stack == self.target_stack:
            return (
                f"{lost} now, and nothing moves it: Terraform would destroy it and create another one.\n"
                "Add to stacks/moves.toml:\n\n"
                f'[[moved]]\nstack = "{self.stack}"\nfrom = "{self.origin}"\nto = "{self.target}"\n\n{never}'
            )
        return (
            f"{lost} of the stack {self.target_stack} now: another state, where `moved` does not reach.\n"
            "Leave it where it was. If it must go, make that a release of its own (docs/upgrades.md):\n\n"
            f'in the stack {self.stack}: add_override("removed", [{{"from": "{self.origin}", '
            '"lifecycle": {"destroy": False}}])\n'
            f"in the stack {self.target_stack}: import_from(<its id>) at {self.target}\n\n{never}"
        )


def renames(
    listed: Mapping[str, Sequence[str]], stacks: Mapping[str, Stack], *, never_applied: Collection[str] = ()
) -> list[Rename]:
    """Every vanished address that another one of its type replaces, and that no `moved` block covers.

    Args:
        listed: The addresses as they are committed, by stack.
        stacks: What is emitted now, by stack.
        never_applied: Vanished addresses that no environment has, or whose loss is meant.
    """
    found: dict[Rename, set[str]] = {}
    vanished, new = {}, {}
    for id_ in {*listed, *stacks}:
        emitted = set(stacks[id_].addresses) if id_ in stacks else set()
        moved = stacks[id_].moved if id_ in stacks else {}
        gone = set(listed.get(id_, ())) - emitted - set(never_applied)
        vanished[id_] = {one for one in gone if _end(one, moved) not in emitted}
        new[id_] = emitted - set(listed.get(id_, ())) - {_end(one, moved) for one in gone}
    for id_ in sorted(vanished):
        for origin, target in _pairs(vanished[id_], new[id_], least=0):
            vanished[id_].discard(origin)
            new[id_].discard(target)
            stack = stacks[id_]
            found.setdefault(Rename(stack.name, origin, target, stack.name), set()).add(stack.environment)
    for id_ in sorted(vanished):
        for other, stack in stacks.items():
            if other == id_ or not id_.startswith(f"{stack.environment}-"):
                continue
            name = id_.removeprefix(f"{stack.environment}-")
            for origin, target in _pairs(vanished[id_], new[other], least=_ALIKE):
                vanished[id_].discard(origin)
                new[other].discard(target)
                found.setdefault(Rename(name, origin, target, stack.name), set()).add(stack.environment)
    return sorted(
        Rename(one.stack, one.origin, one.target, one.target_stack, tuple(sorted(names)))
        for one, names in found.items()
    )


def accepted(listed: Mapping[str, Sequence[str]], stacks: Mapping[str, Stack], open_: Sequence[Rename]) -> Addresses:
    """What a snapshot may write: what is emitted, but each open rename as it was, so that it stays one."""
    lists = {id_: set(stack.addresses) for id_, stack in stacks.items()}
    for id_, before in listed.items():
        for rename in open_:
            if rename.origin in before and _is(id_, rename.stack, rename):
                lists.setdefault(id_, set()).add(rename.origin)
    for id_, stack in stacks.items():
        for rename in open_:
            if stack.name == rename.target_stack and stack.environment in rename.environments:
                lists[id_].discard(rename.target)
    return {id_: sorted(addresses) for id_, addresses in lists.items()}


def _is(id_: str, name: str, rename: Rename) -> bool:
    return any(id_ == f"{environment}-{name}" for environment in rename.environments)


def _pairs(vanished: Collection[str], new: Collection[str], *, least: float) -> list[tuple[str, str]]:
    """Which new address each vanished one became: those that are most alike first."""
    candidates = sorted(
        (-_likeness(origin, target), origin, target)
        for origin in vanished
        for target in new
        if origin.partition(".")[0] == target.partition(".")[0]
    )
    pairs: list[tuple[str, str]] = []
    used: set[str] = set()
    for likeness, origin, target in candidates:
        if -likeness >= least and origin not in used and target not in used:
            used |= {origin, target}
            pairs.append((origin, target))
    return pairs


def _likeness(one: str, other: str) -> float:
    first, second = (_HASH.sub("", address.partition(".")[2]) for address in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _end(address: str, moved: Mapping[str, str]) -> str:
    seen = {address}
    while address in moved and moved[address] not in seen:
        address = moved[address]
        seen.add(address)
    return address
