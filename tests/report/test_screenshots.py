from __future__ import annotations

from typing import TYPE_CHECKING

from main import ROOT
from report import screenshots
from report.screenshots import FOLDER, PICTURES, main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_LARGEST = 130_000
PAGES = [ROOT / "README.md", ROOT / "docs" / "report.md"]


def test_each_picture_is_there_small_and_shown() -> None:
    shown = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {file.stem for file in FOLDER.glob("report-*.png")} == {one.name for one in PICTURES}
    for picture in PICTURES:
        assert (FOLDER / f"{picture.name}.png").stat().st_size < _LARGEST, picture.name
        assert f"images/{picture.name}.png" in shown, picture.name


def test_without_a_page_it_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(screenshots, "ROOT", tmp_path)
    monkeypatch.setattr(screenshots, "PAGE", tmp_path / "platform.html")
    assert main() == 2
    assert capsys.readouterr().err == "There is no platform.html: run 'make report' first.\n"
