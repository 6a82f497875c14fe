"""What differs between a resource as it is and as it will be, argument by argument."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from console.mask import UNKNOWN, at, marks_any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One argument that changes."""

    path: Path
    before: Any = field(repr=False)
    after: Any = field(repr=False)
    """`UNKNOWN` if it is known after the apply."""
    sensitive: object = field(default=False, repr=False)
    """Whether one of the two is marked as sensitive, or a part of it."""

    @property
    def name(self) -> str:
        """`setting[0].value`."""
        return path_text(self.path)

    @property
    def argument(self) -> str:
        """The last name in its path: `value`."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    @property
    def is_unknown(self) -> bool:
        """Whether the new value is not known before the apply."""
        return self.after is UNKNOWN


def path_text(path: Path) -> str:
    """A path as people read it."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def differences(change: Mapping[str, Any]) -> list[Difference]:
    """The arguments that change, in alphabetical order of the paths.

    `tags_all` is left out where `tags` has the same difference.
    """
    found = list(
        _walk(
            change.get("before"),
            change.get("after"),
            change.get("after_unknown"),
            (change.get("before_sensitive"), change.get("after_sensitive")),
            (),
        )
    )
    own = {(one.path[1:], repr(one.after)) for one in found if one.path[:1] == ("tags",)}
    return sorted(
        (one for one in found if one.path[:1] != ("tags_all",) or not _follows(one, own)), key=lambda one: one.name
    )


def _follows(difference: Difference, own: set[tuple[Path, str]]) -> bool:
    return (difference.path[1:], repr(difference.after)) in own or (difference.is_unknown and bool(own))


def _walk(
    before: Any,  # noqa: ANN401 - JSON
    after: Any,  # noqa: ANN401 - JSON
    unknown: object,
    sensitive: tuple[object, object],
    path: Path,
) -> Iterator[Difference]:
    if unknown is True:
        yield Difference(path=path, before=before, after=UNKNOWN, sensitive=any(map(marks_any, sensitive)))
    elif True in sensitive:
        if before != after or marks_any(unknown):
            yield Difference(path=path, before=before, after=after, sensitive=True)
    elif isinstance(after, dict) and (isinstance(before, dict) or before is None):
        names = {*(before or {}), *after, *(unknown if isinstance(unknown, dict) else ())}
        for name in sorted(names):
            yield from _walk(
                (before or {}).get(name),
                after.get(name),
                at(unknown, name),
                (at(sensitive[0], name), at(sensitive[1], name)),
                (*path, name),
            )
    elif isinstance(before, list) and isinstance(after, list) and (len(before) == len(after) or marks_any(unknown)):
        # An element that is not known is null in the list, so its mask decides and not its value.
        for index in range(max(len(before), len(after))):
            yield from _walk(
                before[index] if index < len(before) else None,
                after[index] if index < len(after) else None,
                at(unknown, index),
                (at(sensitive[0], index), at(sensitive[1], index)),
                (*path, index),
            )
    elif marks_any(unknown):
        yield Difference(path=path, before=before, after=UNKNOWN, sensitive=any(map(marks_any, sensitive)))
    elif before != after:
        yield Difference(path=path, before=before, after=after, sensitive=any(map(marks_any, sensitive)))
