"""The synthesized JSON of one environment, which a test may change to see that a rule or a check finds it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from synthesis.manifest import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Arguments = dict[str, Any]


class Documents:
    """A copy of the JSON of the stacks of one environment."""

    def __init__(self, stacks: Mapping[str, Stack], environment: str) -> None:
        self._stacks = [stack for stack in stacks.values() if stack.environment == environment]
        self.by_layer: dict[str, Arguments] = {
            stack.name: copy.deepcopy(dict(stack.document)) for stack in self._stacks
        }

    def stacks(self) -> dict[str, Stack]:
        """The stacks with the JSON as it is now, by id."""
        return {
            stack.id: Stack(id=stack.id, folder=stack.folder, document=self.by_layer[stack.name])
            for stack in self._stacks
        }

    def all(self, kind: str, part: str = "", *, block: str = "resource") -> list[Arguments]:
        """The resources of a type whose path of constructs has this part; an error if there is none."""
        return [arguments for _, _, arguments in self._found(kind, part, block)]

    def one(self, kind: str, part: str = "", *, block: str = "resource") -> Arguments:
        """The only resource of a type whose path of constructs has this part."""
        (found,) = self.all(kind, part, block=block)
        return found

    def remove(self, kind: str, part: str = "") -> None:
        """Remove the resources of a type whose path of constructs has this part."""
        for named, name, _ in list(self._found(kind, part, "resource")):
            del named[name]

    def _found(self, kind: str, part: str, block: str) -> Iterator[tuple[Arguments, str, Arguments]]:
        found = [
            (named, name, arguments)
            for document in self.by_layer.values()
            for named in [document.get(block, {}).get(kind, {})]
            for name, arguments in named.items()
            if part in f"{arguments['//']['metadata']['path']}/"
        ]
        if not found:
            message = f"no {kind} with {part} in its path"
            raise LookupError(message)
        yield from found
