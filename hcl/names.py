"""Names in a graph of several stacks: unchanged, or with the stack's name where two stacks use the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hcl.blocks import MANAGED
from hcl.bodies import labelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

    Key = tuple[str, ...]
    """What has a name: `("resource", "aws_vpc", "vpc")`, `("local", "zones")`."""

LOCAL, VARIABLE, MODULE, OUTPUT, CHECK = "local", "var", "module", "output", "check"
_LABELS: Final = {"variable": VARIABLE, "module": MODULE, "output": OUTPUT, "check": CHECK}


@dataclass(frozen=True)
class Names:
    """The new name of everything that has one, by stack."""

    _names: Mapping[tuple[str, Key], str]

    def has(self, stack: str, key: Key) -> bool:
        """Whether a stack has it."""
        return (stack, key) in self._names

    def of(self, stack: str, key: Key) -> str:
        """Its name in the graph."""
        return self._names.get((stack, key), key[-1])


def unique_names(stacks: Mapping[str, Stack]) -> Names:
    """A name for everything; variables that are equal in several stacks stay one."""
    users: dict[Key, list[str]] = {}
    for id_, stack in stacks.items():
        for key in named(stack.document):
            users.setdefault(key, []).append(id_)
    taken = set(users)
    names = {}
    for key, ids in users.items():
        shared = len(ids) == 1 or (key[0] == VARIABLE and _are_equal(stacks, ids, key[-1]))
        for id_ in ids:
            name = key[-1]
            if not shared:
                name = f"{stacks[id_].name}_{name}"
                while (*key[:-1], name) in taken:
                    name += "_"
                taken.add((*key[:-1], name))
            names[id_, key] = name
    return Names(names)


def named(document: Mapping[str, Any]) -> Iterator[Key]:
    """Everything in a stack's JSON that has a name."""
    for kind in MANAGED:
        for labels, _ in labelled(document.get(kind), 2, kind):
            yield (kind, *labels)
    for block, kind in _LABELS.items():
        for (name,), _ in labelled(document.get(block), 1, block):
            yield (kind, name)
    for _, body in labelled(document.get("locals"), 0, "locals"):
        for name in body:
            if name != "//":
                yield (LOCAL, name)


def _are_equal(stacks: Mapping[str, Stack], ids: list[str], name: str) -> bool:
    found = [stacks[id_].document["variable"][name] for id_ in ids]
    return all(each == found[0] for each in found)
