"""Text for GitHub and terminals that looks the same whatever is in it: a name can come from a pull request."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS: Final = ("text", "markdown", "json")
"""What a program that reads plans can print."""

LIMIT: Final = 65_000
"""Characters of a comment or an issue; GitHub takes 65,536.

https://github.com/orgs/community/discussions/27190
"""

SUMMARY_LIMIT: Final = 1_000_000
"""Characters of the summary of a job; GitHub takes 1 MiB of a step.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
"""

_PLAIN: Final = frozenset(string.ascii_letters + string.digits + " -.,")
_LONGEST: Final = 300


def code(text: str) -> str:
    """A name as code, in which nothing is Markdown, HTML, a link or a mention."""
    return f"<code>{escaped(text)}</code>"


def _escaped(character: str) -> str:
    if character in _PLAIN:
        return character
    # What is invisible, or turns the direction of the text, is written out.
    return f"&#{ord(character)};" if character.isprintable() else f"&#92;u{ord(character):04x}"


def escaped(text: str, *, longest: int = _LONGEST) -> str:
    """A text in which nothing is Markdown, HTML, a link or a mention."""
    shown = text if len(text) <= longest else f"{text[:longest]}..."
    return "".join(map(_escaped, shown))


def plain(text: str, *, longest: int = _LONGEST) -> str:
    """A text for a terminal: one line, in which nothing moves the cursor, changes colours or turns the direction."""
    shown = text if len(text) <= longest else f"{text[:longest]}..."
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in shown)


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
