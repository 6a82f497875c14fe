"""What the provider does when an argument changes: `arguments.toml`, which real plans have taught."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from review.changes import CHANGE, REPLACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from review.changes import ResourceChange

FILE: Final = Path(__file__).with_name("arguments.toml")

_REPLACING, _UPDATING, _ASSUMED = "replacing", "updating", "assumed"
_HEADER: Final = """\
# What a change of an argument does, by type: `replacing` makes another resource, `updating` keeps it. Plans against an
# applied environment showed it, but for `assumed`: the provider's documentation says it, and no plan was seen yet.
# `make changes` adds what it sees, and takes it out of `assumed`.

"""


@dataclass(frozen=True)
class Arguments:
    """The arguments that were seen to change, by type."""

    replacing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Another resource takes the place of the old one."""
    updating: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The resource stays."""
    assumed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Those of both that no plan has shown."""

    @classmethod
    def load(cls, file: Path = FILE) -> Arguments:
        """The committed list."""
        table = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        lists = [
            {type_: frozenset(names.get(kind, ())) for type_, names in table.items()}
            for kind in (_REPLACING, _UPDATING, _ASSUMED)
        ]
        return cls(*lists)

    def replaces(self, type_: str, name: str) -> bool:
        """Whether a change of the argument makes another resource."""
        return name in self.replacing.get(type_, ())

    def unseen(self, type_: str, names: Iterable[str]) -> set[str]:
        """Those of the arguments of which nothing is known."""
        return set(names) - self.replacing.get(type_, frozenset()) - self.updating.get(type_, frozenset())

    def learn(self, changes: Iterable[ResourceChange]) -> Arguments:
        """The list with what a plan shows; what made another resource once, and does not now, is corrected."""
        replacing = {type_: set(names) for type_, names in self.replacing.items()}
        updating = {type_: set(names) for type_, names in self.updating.items()}
        assumed = {type_: set(names) for type_, names in self.assumed.items()}
        for change in changes:
            if change.kind not in {CHANGE, REPLACE}:
                continue
            forcing = {str(path[0]) for path in change.replace_paths}
            staying = {str(one.path[0]) for one in change.differences if not one.is_unknown} - forcing
            replacing[change.type] = replacing.get(change.type, set()) - staying | forcing
            updating[change.type] = updating.get(change.type, set()) - forcing | staying
            assumed[change.type] = assumed.get(change.type, set()) - forcing - staying
        return Arguments(
            *({type_: frozenset(names) for type_, names in one.items()} for one in (replacing, updating, assumed))
        )

    def render(self) -> str:
        """The text of the file."""
        parts = [
            f"[{type_}]\n{_REPLACING} = {_array(self.replacing.get(type_, ()))}\n"
            f"{_UPDATING} = {_array(self.updating.get(type_, ()))}\n"
            + (f"{_ASSUMED} = {_array(self.assumed[type_])}\n" if self.assumed.get(type_) else "")
            for type_ in sorted({*self.replacing, *self.updating})
        ]
        return _HEADER + "\n".join(parts)


def _array(names: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in sorted(names)) + "]"
