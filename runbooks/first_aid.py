"""The lines of docs/runbooks.md that lead from the section of an alarm on to the pages."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runbooks.catalogue import Page

_PAGE: Final = Path(__file__).parents[1] / "docs" / "runbooks.md"
_START: Final = "Go on with: "
_SECTION: Final = re.compile(r"^(?=## )", flags=re.MULTILINE)
_INDEX: Final = "runbooks/README.md"


def anchor(title: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


@cache
def heading_of(section: str) -> str:
    """The heading of the section of docs/runbooks.md that has this anchor: `cloudfront-errors` is CloudFront errors."""
    lines = _PAGE.read_text(encoding="utf-8").splitlines()
    (heading,) = {line.removeprefix("## ") for line in lines if line.startswith("## ") and anchor(line[3:]) == section}
    return heading


def with_links(text: str, pages: Sequence[Page]) -> str:
    """The text of docs/runbooks.md with one such line at the end of each section that pages name."""
    start, *sections = _SECTION.split(text)
    return start + "".join(_section(section, pages) for section in sections)


def _section(section: str, pages: Sequence[Page]) -> str:
    heading = anchor(section.partition("\n")[0].removeprefix("## "))
    kept = "\n".join(line for line in section.splitlines() if not line.startswith(_START)).rstrip()
    links = [f"[{page.title}]({_INDEX}#{anchor(page.title)})" for page in pages if heading in page.alarms]
    end = "\n" if section.endswith("\n\n") else ""
    return kept + (f"\n\n{_START}{', '.join(links)}." if links else "") + "\n" + end
