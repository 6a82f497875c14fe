"""The table of a rehearsal is written between its comments, and nothing else of the page changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acceptance.region_loss import report
from acceptance.region_loss.rehearsal import Timed
from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DONE = [Timed("loss", "lose us-east-1", 0.2), Timed("fail over", "check every store", 3.6, "7 of 7")]


def test_the_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{report.START}\n| old |\n\n{report.END}\nafter\n", encoding="utf-8")
    report.write(page, DONE)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith(f"{report.END}\nafter\n")
    assert "old" not in text
    assert "| fail over | check every store | 4 | 7 of 7 |\n" in text
    report.write(page, DONE)
    assert page.read_text(encoding="utf-8") == text


def test_a_page_without_the_comments_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md has no lines"):
        report.write(page, DONE)
    assert page.read_text(encoding="utf-8") == "before\n"


def test_the_page_has_a_place_for_the_table() -> None:
    text = (ROOT / "docs" / "region-loss.md").read_text(encoding="utf-8")
    assert text.index(report.START) < text.index(report.END)


def test_the_console_shows_the_steps_in_columns() -> None:
    assert report.for_console(DONE).splitlines()[2] == "fail over  check every store        4  7 of 7"
