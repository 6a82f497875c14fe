"""What a plan does, without the names of one environment: `service replace aws_ecs_service (port)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from review.changes import CHANGE, CREATE, DESTROY, FORGET, MOVE, REPLACE, resource_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from review.changes import ResourceChange

_LINE: Final = re.compile(r"(?P<layer>\S+) (?P<kind>\S+) (?P<type>\S+)(?: \((?P<because>.*)\))?")
_COUNTED: Final = frozenset({CREATE, CHANGE, REPLACE, DESTROY, FORGET, MOVE})
_INDEX: Final = re.compile(r"\[\d+\]")


@dataclass(frozen=True, order=True, kw_only=True)
class Effect:
    """What happens to resources of one type in one layer."""

    layer: str
    kind: str
    """One of the words of `review.changes`."""
    type: str
    because: str = ""
    """The arguments that change, or those that force another resource."""

    def __str__(self) -> str:
        return f"{self.layer} {self.kind} {self.type}" + (f" ({self.because})" if self.because else "")

    @classmethod
    def parse(cls, line: str) -> Effect:
        """The effect of a line that `str` made.

        Raises:
            ValueError: The line is not one.
        """
        found = _LINE.fullmatch(line)
        if found is None:
            message = f"{line!r} must be `<layer> <kind> <type>`, and ` (<arguments>)`"
            raise ValueError(message)
        return cls(**{name: text or "" for name, text in found.groupdict().items()})


def effects_of(layer: str, plan: Mapping[str, Any]) -> set[Effect]:
    """The effects of a plan as `terraform show -json` has it."""
    return {
        Effect(layer=layer, kind=change.kind, type=change.type, because=_because(change))
        for change in resource_changes(plan)
        if change.kind in _COUNTED
    }


def _because(change: ResourceChange) -> str:
    if change.kind == REPLACE:
        return ", ".join(sorted({str(path[0]) for path in change.replace_paths})) or change.cause()
    if change.kind == CHANGE:
        names = {str(one.path[0]) for one in change.differences}
        return ", ".join(sorted(names))
    return ""
