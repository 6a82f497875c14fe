"""What an upgrade changes, and the committed list of what it may change: `tests/upgrade/expected/<environment>.txt`.

A line is `<stack> <address> <action>`; the actions are Terraform's own (create, update, replace, delete, move, import,
remove). Behind ` # ` a person may say why, and lines that start with `#` belong to the line below them; both are kept
when the list is written again, as long as their line stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

EXPECTED: Final = Path(__file__).with_name("expected")

_LINE: Final = re.compile(r"(?P<stack>\S+) (?P<address>.+?) (?P<action>[a-z]+)(?: +# *(?P<why>.*))?")
_RETIRED: Final = "retired"
_DESTROYS: Final = frozenset({"delete", "replace"})
_HEADER: Final = (
    "# What an upgrade from the baseline changes, one `<stack> <address> <action>` a line, in alphabetical order.",
    "# Behind a line, or above it, a comment may say why. How this list is kept: docs/upgrades.md.",
    "",
)


class Change(NamedTuple):
    """One change that Terraform plans."""

    stack: str
    address: str
    action: str

    def __str__(self) -> str:
        return " ".join(self)

    @classmethod
    def retirement(cls, stack: str) -> Change:
        """The layer is not synthesized any more; what it had made stays until it is destroyed."""
        return cls(stack, "*", _RETIRED)

    @property
    def retires(self) -> bool:
        """Whether a whole layer is gone."""
        return self.action == _RETIRED

    def destroys_any_of(self, types: Collection[str]) -> bool:
        """Whether it deletes or replaces a resource of one of the types."""
        return self.action in _DESTROYS and any(part in types for part in re.split(r"[.\[]", self.address))


def planned_changes(plans: Mapping[str, Iterable[str]]) -> set[Change]:
    """The changes in the plans of stacks, each `update aws_vpc.Default`; to read a data source changes nothing."""
    split = ((stack, one.partition(" ")) for stack, planned in plans.items() for one in planned)
    return {Change(stack, address, action) for stack, (action, _, address) in split if action != "read"}


@dataclass(frozen=True)
class ExpectedChanges:
    """The list of one environment."""

    path: Path
    whys: Mapping[Change, tuple[str, ...]] = field(default_factory=dict)  # above it, and behind it as the last one
    header: tuple[str, ...] = _HEADER

    @classmethod
    def read(cls, path: Path) -> ExpectedChanges:
        """The list as it is committed; without a file, nothing may change."""
        if not path.is_file():
            return cls(path)
        lines = path.read_text(encoding="utf-8").splitlines()
        header: tuple[str, ...] = ()
        whys: dict[Change, tuple[str, ...]] = {}
        above: list[str] = []
        for number, line in enumerate(lines, start=1):
            if line.startswith("#"):
                above.append(line)
            elif not line:
                header, above = (*header, *above, ""), []
            elif found := _LINE.fullmatch(line):
                change = Change(found["stack"], found["address"], found["action"])
                whys[change] = (*above, found["why"] or "")
                above = []
            else:
                message = (
                    f"{path}:{number}: {line!r} is not a valid line; write `<stack> <address> <action>`, "
                    "and ` # ` before a comment."
                )
                raise ValueError(message)
        if above:  # below the last line, where there is nothing that it could belong to
            header = (*header, *above, "")
        return cls(path, whys, header)

    def write(self, changes: Iterable[Change]) -> None:
        """Write these changes in the place of the old ones; a comment stays where its line stays."""
        lines = list(self.header)
        for change in sorted(changes):
            *above, why = self.whys.get(change, ("",))
            lines += [*above, f"{change}  # {why}" if why else str(change)]
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
