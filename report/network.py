"""Who may reach whom over the network, as a table: from the rows to the columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.reachability import INTERNET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from compliance.reachability import Connection


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The connections that security groups allow."""

    callers: Sequence[str]
    listeners: Sequence[str]
    cells: Mapping[tuple[str, str], Sequence[str]]
    """Protocol and ports, like `tcp 5432`, by caller and listener."""

    @property
    def from_internet(self) -> list[str]:
        """What the internet can reach."""
        return [listener for listener in self.listeners if (INTERNET, listener) in self.cells]


def read_matrix(network: Sequence[Connection]) -> Matrix:
    """The table of connections; the internet is the last column, and the first row."""
    cells: dict[tuple[str, str], list[str]] = {}
    for one in network:
        ports = str(one).rsplit(" ", 2)
        cells.setdefault((one.caller, one.listener), []).append(" ".join(ports[1:]))
    callers = sorted({one.caller for one in network}, key=lambda name: (name != INTERNET, name))
    listeners = sorted({one.listener for one in network}, key=lambda name: (name == INTERNET, name))
    return Matrix(callers=callers, listeners=listeners, cells=cells)
