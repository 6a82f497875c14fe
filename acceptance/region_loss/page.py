"""The steps of docs/region-loss.md that are rehearsed, as they stand there.

A comment before a block makes it a step:

    <!-- region-loss fail over: Restore the databases -->
    ```sh
    make apply ENV=$ENV REGION=$SECOND
    ```

A block of `toml` is written into the environment's file; `remove [recovery.fail_over]` instead of a block takes a table
out of it.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS: Final = ("variables", "fail over", "fail back")
"""What a step belongs to; the variables come first, and count in all steps."""

_STEP: Final = re.compile(
    r"^[ ]*<!-- region-loss (?P<part>[a-z ]+): (?P<title>[^\n]+?) -->\n"
    r"(?:\n*^[ ]*```(?P<kind>sh|toml)\n(?P<text>.+?)^[ ]*```$)?",
    flags=re.DOTALL | re.MULTILINE,
)
_REMOVED: Final = re.compile(r"remove \[(?P<table>[a-z_.]+)\](?:, (?P<title>.+))?")


class PageError(Exception):
    """The page has a step that cannot be rehearsed."""


@dataclass(frozen=True)
class PageStep:
    """One step."""

    part: str
    title: str
    commands: str = ""
    settings: str = ""
    removed: str = ""
    """The table that is removed from the environment's file, like `recovery.fail_over`."""


def steps(page: str) -> Iterator[PageStep]:
    """Yield the steps of a page in their order.

    Raises:
        PageError: A step is of no known part, or has neither a block nor a table to remove.
    """
    for found in _STEP.finditer(page):
        part, title, text = found["part"], found["title"], textwrap.dedent(found["text"] or "")
        removed = _REMOVED.fullmatch(title)
        if part not in PARTS:
            message = f"{part!r} of {title!r} is not a part of the rehearsal; there are {', '.join(PARTS)}"
            raise PageError(message)
        if found["kind"] == "sh":
            yield PageStep(part, title, commands=text)
        elif found["kind"] == "toml":
            yield PageStep(part, title, settings=text)
        elif removed:
            yield PageStep(part, removed["title"] or title, removed=removed["table"])
        else:
            message = f"{title!r} has neither a block of sh or toml after it nor a table to remove"
            raise PageError(message)
