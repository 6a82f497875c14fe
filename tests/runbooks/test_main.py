"""`python -m runbooks`: what it writes and removes, and each mistake as one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runbooks import __main__ as program
from runbooks.__main__ import main
from runbooks.catalogue import Page
from runbooks.errors import RunbookError
from runbooks.render import MARK
from tests.runbooks.acme import environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stacks of this test have no more than this page needs."""
    monkeypatch.setattr(
        program, "pages", lambda: (Page(id="new-environment", group="data", title="A new environment"),)
    )
    monkeypatch.setattr(program, "environment_pages", lambda names, _pages: {"a.md": f"{MARK}-->{names.account}\n"})


def run(folder: Path, *arguments: str) -> int:
    return main([*arguments, "--output", str(folder / "out"), "--folder", str(folder / "docs" / "runbooks")])


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder / "docs").as_posix() for path in (folder / "docs").rglob("*.md"))


def test_it_writes_all_environments_and_removes_what_it_wrote_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("dev", "prod"):
        environment(tmp_path / "out", name)
    docs = tmp_path / "docs"
    for file, text in {"old/a.md": MARK, "dev/b.md": MARK, "dev/own.md": "of a person"}.items():
        (docs / "runbooks" / file).parent.mkdir(parents=True, exist_ok=True)
        (docs / "runbooks" / file).write_text(text)
    (docs / "runbooks.md").write_text("# First aid\n\n## Sign-ins\n\nGo on with: [Gone](runbooks/README.md#gone).\n")
    assert run(tmp_path) == 0
    assert files(tmp_path) == [
        "runbooks.md",
        "runbooks/README.md",
        "runbooks/dev/a.md",
        "runbooks/dev/own.md",
        "runbooks/prod/a.md",
    ]
    assert (docs / "runbooks.md").read_text() == "# First aid\n\n## Sign-ins\n"
    assert capsys.readouterr().out == f"3 pages are in {docs}/runbooks/: read their diff, and commit them.\n"


def test_one_environment_leaves_the_others_and_the_index(tmp_path: Path) -> None:
    for name in ("dev", "prod"):
        environment(tmp_path / "out", name)
    old = tmp_path / "docs" / "runbooks" / "prod" / "b.md"
    old.parent.mkdir(parents=True)
    old.write_text(MARK)
    assert run(tmp_path, "dev") == 0
    assert files(tmp_path) == ["runbooks/dev/a.md", "runbooks/prod/b.md"]


@pytest.mark.parametrize("name", ["nope", "../dev"])
def test_an_unknown_environment_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    environment(tmp_path / "out")
    assert run(tmp_path, name) == 2
    error = capsys.readouterr().err
    assert f"has no environment '{name}'. It has: dev. " in error
    assert error.count("\n") == 1
    assert not (tmp_path / "docs").exists()


def test_without_output_it_says_what_to_do_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 2
    assert capsys.readouterr().err.endswith("Run `make synth` first.\n")


def test_nothing_is_written_if_a_page_cannot_be_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> dict[str, str]:
        message = "templates/runbooks/a.md.j2:3: dev has no layer 'edge'"
        raise RunbookError(message)

    monkeypatch.setattr(program, "environment_pages", fail)
    environment(tmp_path / "out")
    assert run(tmp_path) == 2
    assert capsys.readouterr().err == "templates/runbooks/a.md.j2:3: dev has no layer 'edge'\n"
    assert not (tmp_path / "docs").exists()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment(tmp_path / "out")
    (tmp_path / "docs").write_text("a file")
    assert run(tmp_path) == 2
    assert "runbooks cannot be written: " in capsys.readouterr().err
