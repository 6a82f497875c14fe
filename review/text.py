"""Text for GitHub that looks the same whatever is in it: a name in a plan can come from a pull request."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT: Final = 65_000
"""Characters of a comment or an issue; GitHub takes 65,536.

https://github.com/orgs/community/discussions/27190
"""

_PLAIN: Final = frozenset(string.ascii_letters + string.digits + " -.,")
_LONGEST: Final = 300


def code(text: str) -> str:
    """A name as code, in which nothing is Markdown, HTML, a link or a mention."""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return f"<code>{''.join(map(_escaped, shown))}</code>"


def _escaped(character: str) -> str:
    if character in _PLAIN:
        return character
    # What is invisible, or turns the direction of the text, is written out.
    return f"&#{ord(character)};" if character.isprintable() else f"&#92;u{ord(character):04x}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[str] = ()) -> list[str]:
    """The lines of a table; the columns in `numbers` are aligned to the right."""
    lines = ["---:" if name in numbers else "---" for name in header]
    return [f"| {' | '.join(cells)} |" for cells in (header, lines, *rows)]


def fit(lines: Sequence[str], *, end: str, limit: int = LIMIT) -> str:
    """The lines as one text within the limit; what does not fit is counted in a last line.

    Args:
        lines: All lines.
        end: What stands below them in any case.
        limit: The longest text.
    """
    whole = "\n".join((*lines, "", end, ""))
    if len(whole) <= limit:
        return whole
    room = limit - len(end) - 100
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join((*kept, "", f"{len(lines) - len(kept)} more lines do not fit.", "", end, ""))
