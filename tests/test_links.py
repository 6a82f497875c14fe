"""Every relative link leads to a file and a heading that exist, and the README leads to every document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.markdown import DOCUMENTS, README, anchors, links, name_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    broken = []
    for target, anchor in links(document):
        file = document.parent / target if target else document
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(f"{target}#{anchor}" if anchor else target)
    assert broken == []


def test_the_readme_leads_to_every_document() -> None:
    """Directly, or through documents that it leads to; the README of a folder is found in the folder."""
    reached, waiting = {README}, [README]
    while waiting:
        document = waiting.pop()
        found = {(document.parent / target).resolve() for target, _ in links(document) if target.endswith(".md")}
        waiting += sorted(found & set(DOCUMENTS) - reached)
        reached |= found
    others = [document for document in DOCUMENTS if document.name != "README.md"]
    assert [name_of(document) for document in others if document not in reached] == []


def test_the_documents_are_found_wherever_they_are() -> None:
    names = {name_of(document) for document in DOCUMENTS}
    assert {"README.md", "docs/architecture.md", "emulator/README.md"} <= names
    assert not [name for name in names if name.startswith((".venv", "cdktf.out"))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# One\n```sh\n# Two\n```\n## Three `four`, five\n", {"one", "three-four-five"}),
        ("# One\n## One\n## One\n", {"one", "one-1", "one-2"}),
        ("## [One](two.md) more\n", {"one-more"}),
    ],
)
def test_the_anchors_are_those_of_the_headings(tmp_path: Path, text: str, found: set[str]) -> None:
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    assert anchors(tmp_path / "page.md") == found
