"""The records of decisions are numbered, have the same form, and are all in their index."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = ROOT / "docs" / "decisions"
RECORDS: Final = sorted(FOLDER.glob("[0-9]*.md"))


def test_the_records_are_numbered_from_one() -> None:
    assert [record.name[:5] for record in RECORDS] == [f"{number:04}-" for number in range(1, len(RECORDS) + 1)]
    assert len(RECORDS) > 1


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_has_context_decision_and_consequences(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(record.name[:4])}. ")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert [part for part in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:] if not part.strip()] == []


def test_the_index_has_each_record_with_its_title() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| \[(.+)\]\((.+)\) \|$", index, flags=re.MULTILINE)
    titles = [record.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for record in RECORDS]
    assert [(f"{number}. {title}", file) for number, title, file in rows] == [
        (title, record.name) for title, record in zip(titles, RECORDS, strict=True)
    ]
