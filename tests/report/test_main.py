from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from report.__main__ import main
from tests.report.conftest import TODAY

if TYPE_CHECKING:
    from pathlib import Path


def errors(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main(argv, today=TODAY) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    return line


@pytest.mark.seconds(4)
def test_it_writes_one_file_and_says_where(output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "new" / "page.html"
    assert main(["dev", "--output", str(output), "--page", str(page)], today=TODAY) == 0
    assert str(page) in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_without_a_synthesis_it_says_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Run `make synth` first." in errors(capsys, "--output", str(tmp_path / "nothing"))


def test_an_unknown_environment_is_named_with_those_there_are(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    line = errors(capsys, "preview", "--output", str(output), "--page", str(page))
    assert "'preview'" in line
    assert "dev" in line
    assert not page.exists()


def test_a_page_that_cannot_be_written_is_an_error_before_anything_is_read(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    line = errors(capsys, "--output", str(output), "--page", str(tmp_path / "file" / "page.html"))
    assert "cannot be written" in line
    assert "is a folder" in errors(capsys, "--output", str(output), "--page", str(tmp_path))
