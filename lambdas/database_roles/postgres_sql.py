"""How names and texts are written in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Run(Protocol):
    """Runs a statement as the master user, in a transaction that is open."""

    def __call__(self, statement: str, **values: object) -> list[list[Any]]:
        """Return the rows; `values` are those of the statement's `:names`."""


def quoted(name: str) -> str:
    """A name, always in quotes: a word that a later version reserves stays a name."""
    return '"' + name.replace('"', '""') + '"'


def joined(names: Iterable[str]) -> str:
    """Several names."""
    return ", ".join(quoted(name) for name in names)


def literal(text: str) -> str:
    """A text, for a server with `standard_conforming_strings`, the default."""
    return "'" + text.replace("'", "''") + "'"
