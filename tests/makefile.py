"""The Makefile as data: what each target takes, and what it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from main import ROOT

TEXT: Final = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
SETTINGS: Final = frozenset(re.findall(r"\w+", re.findall(r"^SETTINGS := (.*)$", TEXT, re.MULTILINE)[0]))
_MACROS: Final = dict(re.findall(r"^([A-Z_]+)\s*[:?]?=\s*(.*)$", TEXT, re.MULTILINE))
_RULE: Final = re.compile(
    r"^(?P<name>[\w./-]+):(?!=)(?P<needs>[^\n]*?)(?:## (?P<help>[^\n]*))?$(?P<recipe>(?:\n\t[^\n]*)*)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Target:
    """A rule of the Makefile."""

    name: str
    needs: str
    help: str
    """What `make help` says; empty if it is not for users."""
    recipe: str

    @property
    def takes(self) -> set[str]:
        """The settings that its help names."""
        return set(re.findall(r"\b([A-Z_]+)=", self.help))


def targets() -> dict[str, Target]:
    """All rules, by their name."""
    found = [Target(rule["name"], rule["needs"], rule["help"] or "", rule["recipe"]) for rule in _RULE.finditer(TEXT)]
    return {one.name: one for one in found if one.name != ".PHONY"}


def uses(name: str, *, with_users: bool = False) -> set[str]:
    """The settings that a target uses, with those of what it needs; of other targets for users only if asked."""
    known = targets()
    target = known[name]
    found = _settings_in(target.needs) | _settings_in(target.recipe)
    for needed in re.findall(r"[\w./-]+", target.needs):
        if needed in known and (with_users or not known[needed].help):
            found |= uses(needed, with_users=with_users)
    return found


def _settings_in(text: str, seen: frozenset[str] = frozenset()) -> set[str]:
    found: set[str] = set()
    for name in re.findall(r"\$\((\w+)", text):
        if name in SETTINGS:
            found.add(name)
        elif name in _MACROS and name not in seen:
            found |= _settings_in(_MACROS[name], seen | {name})
    return found
