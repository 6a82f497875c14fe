"""Every relative link of the documentation leads to a file and a heading that exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
RENDERED = sorted((ROOT / "docs" / "runbooks").rglob("*.md"))
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


def anchors(page: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [*PAGES, *RENDERED], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target, anchor in _LINK.findall(page.read_text(encoding="utf-8")):
        file = page.parent / target if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(f"{target}#{anchor}" if anchor else target)
    assert broken == []


def test_the_readme_leads_to_every_page() -> None:
    linked = {target for page in PAGES for target, _ in _LINK.findall(page.read_text(encoding="utf-8"))}
    named = {target.rpartition("/")[2] for target in linked}
    assert [page.name for page in PAGES if page.name not in named and page.name != "README.md"] == []
