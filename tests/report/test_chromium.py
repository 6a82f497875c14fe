from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from report.chromium import ChromiumError, find_chromium, main

if TYPE_CHECKING:
    from pathlib import Path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_first_one_on_path_is_used(tmp_path: Path) -> None:
    found = program(tmp_path / "chromium")
    program(tmp_path / "google-chrome")
    assert find_chromium({"PATH": str(tmp_path)}) == str(found)


def test_the_variable_takes_precedence(tmp_path: Path) -> None:
    program(tmp_path / "chromium")
    named = program(tmp_path / "elsewhere" / "chrome")
    assert find_chromium({"PATH": str(tmp_path), "CHROMIUM": str(named)}) == str(named)


def test_a_variable_that_names_nothing_is_an_error_of_one_line() -> None:
    with pytest.raises(ChromiumError, match=r'^CHROMIUM="nowhere" is not a program: .+$'):
        find_chromium({"PATH": "", "CHROMIUM": "nowhere"})


def test_without_one_a_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("report.chromium.find_chromium", lambda: find_chromium({"PATH": str(tmp_path)}))
    assert main() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "apt-get install chromium" in line


def test_with_one_nothing_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("report.chromium.find_chromium", lambda: "/usr/bin/chromium")
    assert main() == 0
    assert capsys.readouterr().err == ""
