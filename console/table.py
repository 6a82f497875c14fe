"""Columns of text, aligned for a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP: Final = "  "
_NUMBER: Final = re.compile(r"-|[+-]?[\d,.]+")


def table(rows: Iterable[Sequence[str]]) -> str:
    """The rows, one a line, in columns of equal width; a column of numbers is aligned to the right.

    A column counts as one of numbers if every cell is one, or `-`; the first row may be a heading.
    """
    lines = list(rows)
    columns = [_aligned(column) for column in zip(*lines, strict=True)]
    return "\n".join(_GAP.join(cells).rstrip() for cells in zip(*columns, strict=True))


def _aligned(cells: Sequence[str]) -> list[str]:
    width = max(map(len, cells))
    if len(cells) > 1 and all(map(_NUMBER.fullmatch, cells[1:])):
        return [cell.rjust(width) for cell in cells]
    return [cell.ljust(width) for cell in cells]
