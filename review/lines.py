"""What a plan changes, in as few lines as possible: resources that change in the same way share one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from review.changes import CHANGE, CREATE, DESTROY, FORGET, IMPORT, MOVE, READ, REPLACE
from review.page import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from review.changes import ResourceChange
    from review.differences import Difference

_ORDER: Final = (DESTROY, REPLACE, FORGET, CHANGE, CREATE, IMPORT, MOVE, READ)
_ARGUMENTS: Final = 6
"""As many arguments of a change are named."""
_ADDRESSES: Final = 100
"""As many addresses of a line are kept; a page shows fewer."""


def lines(changes: Sequence[ResourceChange], drifted: Mapping[str, Mapping[str, object]]) -> tuple[Line, ...]:
    """The lines of a plan: what is lost first.

    Args:
        changes: What the plan changes.
        drifted: What a refresh found, by address: the values of today of what others have changed.
    """
    groups: dict[tuple[object, ...], list[ResourceChange]] = {}
    for change in changes:
        if change.kind:
            groups.setdefault(_key(change), []).append(change)
    made = [
        Line(
            kind=group[0].kind,
            addresses=tuple(_name(each) for each in group[:_ADDRESSES]),
            count=len(group),
            text=_text(group, drifted),
        )
        for group in groups.values()
    ]
    return tuple(sorted(made, key=lambda line: (_ORDER.index(line.kind), line.addresses)))


def _key(change: ResourceChange) -> tuple[object, ...]:
    if change.kind == CHANGE:
        values = ((one.name, repr(one.before), repr(one.after)) for one in change.differences)
        return change.kind, *values, change.moved_from, change.imported_id
    if change.kind in {CREATE, IMPORT}:
        return change.kind, change.type
    if change.kind == MOVE:
        return change.kind, change.address
    return change.kind, change.type, change.cause(), change.moved_from


def _name(change: ResourceChange) -> str:
    return f"{change.address} (deposed)" if change.is_deposed else change.address


def _text(group: Sequence[ResourceChange], drifted: Mapping[str, Mapping[str, object]]) -> str:
    first = group[0]
    parts = []
    if first.kind == CHANGE:
        parts.append(arguments(first.differences))
        undone = [each for each in group if _undoes(each, drifted)]
        if undone:
            count = "" if len(group) == 1 else f" in {len(undone)} of them"
            parts.append(f"undoes what others have changed{count}")
    elif first.kind not in {CREATE, IMPORT, MOVE}:
        parts.append(first.cause())
    if first.moved_from:
        parts.append(f"moved from {first.moved_from}")
    if first.imported_id and len(group) == 1:
        parts.append(f"imported {first.mask.show(first.imported_id, 'id')}")
    return "; ".join(filter(None, parts))


def arguments(differences: Iterable[Difference]) -> str:
    """The names of the arguments, with what is hidden or not known."""
    names = []
    for one in differences:
        mark = " (sensitive)" if one.sensitive else ""
        names.append(f"{one.name}{' (known after apply)' if one.is_unknown else mark}")
    shown = ", ".join(names[:_ARGUMENTS])
    return f"{shown} and {len(names) - _ARGUMENTS} more" if len(names) > _ARGUMENTS else shown


def _undoes(change: ResourceChange, drifted: Mapping[str, Mapping[str, object]]) -> bool:
    """Whether an argument that others have changed gets another value again."""
    found = drifted.get(change.address, {})
    return any(one.path and one.path[0] in found for one in change.differences)
