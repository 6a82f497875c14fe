"""The order of boxes in rows, so that few lines between the rows cross."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SWEEPS: Final = 6
"""So many times the rows are gone through, down and up in turn."""


def ordered(rows: Sequence[Sequence[str]], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The rows, each ordered by the mean place of what its members are connected with, down and up again."""
    beside: dict[str, list[str]] = {}
    for one, other in pairs:
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    found = [list(row) for row in rows]
    for sweep in range(_SWEEPS):
        places = _places(found)
        for row in found if sweep % 2 == 0 else reversed(found):
            inside = set(row)
            weight = {
                id_: _mean([places[other] for other in sorted(beside.get(id_, ())) if other not in inside], places[id_])
                for id_ in row
            }
            ties: dict[float, list[str]] = {}
            for id_ in row:
                ties.setdefault(round(weight[id_], 6), []).append(id_)
            row[:] = [id_ for by in sorted(ties) for id_ in _centred(ties[by], beside)]
            places |= _places([row])
    return found


def _centred(ids: Sequence[str], beside: Mapping[str, Sequence[str]]) -> list[str]:
    """Those with the same place: the most connected one in the middle."""
    fewest_first = sorted(ids, key=lambda id_: (len(beside.get(id_, ())), id_))
    return [*fewest_first[::2], *fewest_first[1::2][::-1]]


def _places(rows: Sequence[Sequence[str]]) -> dict[str, float]:
    """Where each one is in its row, from 0 to 1."""
    return {id_: (number + 0.5) / len(row) for row in rows for number, id_ in enumerate(row)}


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
