"""What a rehearsal has done, for the console and for docs/region-loss.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.files import write_whole
from console.table import table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from acceptance.region_loss.rehearsal import Timed

START: Final = "<!-- rehearsal: make region-loss WRITE=1 -->\n"
END: Final = "<!-- end of rehearsal -->\n"
_HEADING: Final = ("part", "step", "seconds", "shown")


def rows(done: Sequence[Timed]) -> list[tuple[str, ...]]:
    """The steps, each with the seconds that it took here."""
    return [(one.part, one.title, f"{one.seconds:.0f}", one.proves) for one in done]


def for_console(done: Sequence[Timed]) -> str:
    """An aligned table."""
    return table([_HEADING, *rows(done)])


def for_page(done: Sequence[Timed]) -> str:
    """A table of Markdown."""
    lines = [_HEADING, ("---", "---", "---:", "---"), *rows(done)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def write(page: Path, done: Sequence[Timed]) -> None:
    """Put the table into the page, between its two comments.

    Raises:
        ValueError: The page has no such comments.
    """
    text = page.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        message = f"{page.name} has no lines {START.strip()} and {END.strip()} for the table."
        raise ValueError(message)
    write_whole(page, f"{before}{START}\n{for_page(done)}\n{END}{after}")
