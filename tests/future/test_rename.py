"""Today's code with the names of the fork."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from future import rename
from future.errors import FutureError
from future.rename import copy_renamed, files_of, rename_in_place, renamed, uncommitted
from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("today", "fork"),
    [
        ("from cdktf import App\n", "from cdktn import App\n"),
        ("    import cdktf\n", "    import cdktn\n"),
        ("from cdktf.testing import x\n", "from cdktn.testing import x\n"),
        ("from cdktf_cdktf_provider_aws.vpc import Vpc\n", "from cdktn_provider_aws.vpc import Vpc\n"),
        ('"@cdktf/provider-aws."', '"@cdktn/provider-aws."'),
        ('path.join("@cdktf", "provider-aws")', 'path.join("@cdktn", "provider-aws")'),
        ('path.join("cdktf", "lib")', 'path.join("cdktn", "lib")'),
        ('{"cdktf": "cdktf"}', '{"cdktn": "cdktn"}'),
        ('fqn == "cdktf.App"', 'fqn == "cdktn.App"'),
        ('module = ["cdktf_cdktf_provider_aws.*", "cdktf.*"]', 'module = ["cdktn_provider_aws.*", "cdktn.*"]'),
    ],
)
def test_what_is_looked_up_by_its_name_is_renamed(today: str, fork: str) -> None:
    assert renamed(today) == fork
    assert renamed(fork) == fork


@pytest.mark.parametrize(
    "text", ['Path("cdktf.out")', '"cdktf.json"', "CDKTF_OUTDIR", "# cdktf 0.21 has no class", "from cdktfx import y"]
)
def test_what_the_fork_calls_the_same_is_kept(text: str) -> None:
    assert renamed(text) == text


def git(folder: Path, *arguments: str) -> None:
    command = ["git", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_a_copy_has_what_is_not_committed_and_nothing_that_git_ignores(tmp_path: Path) -> None:
    tree, copy = tmp_path / "tree", tmp_path / "copy"
    tree.mkdir()
    git(tree, "init", "-q")
    (tree / ".gitignore").write_text("/cdktf.out\n", encoding="utf-8")
    (tree / "cdktf.out").mkdir()
    (tree / "cdktf.out" / "x.py").write_text("", encoding="utf-8")
    (tree / "committed.py").write_text("import cdktf\n", encoding="utf-8")
    (tree / "gone.py").write_text("", encoding="utf-8")
    git(tree, "add", "-A")
    git(tree, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one")
    assert uncommitted(tree) == []
    (tree / "new one.py").write_text("x = 1\n", encoding="utf-8")
    (tree / "gone.py").unlink()
    (tree / "data.txt").write_text("import cdktf\n", encoding="utf-8")
    assert sorted(uncommitted(tree)) == ["data.txt", "gone.py", "new one.py"]
    assert files_of(tree) == [".gitignore", "committed.py", "data.txt", "new one.py"]
    assert copy_renamed(tree, copy) == 1
    assert (copy / "committed.py").read_text(encoding="utf-8") == "import cdktn\n"
    assert (copy / "data.txt").read_text(encoding="utf-8") == "import cdktf\n"
    assert not (copy / "cdktf.out").exists()


def test_a_move_renames_in_place_but_not_what_is_about_both(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for name in ("main.py", "future/rename.py", "pyproject.toml", "docs.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('import cdktf\nmodule = ["cdktf.*"]\n', encoding="utf-8")
    assert rename_in_place(tmp_path) == ["main.py", "pyproject.toml"]
    assert rename_in_place(tmp_path) == []
    assert (tmp_path / "main.py").read_text(encoding="utf-8") == 'import cdktn\nmodule = ["cdktn.*"]\n'


def test_a_move_is_refused_while_something_is_not_committed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rename, "uncommitted", lambda _: ["a.py"])
    monkeypatch.setattr(rename, "rename_in_place", lambda _: pytest.fail("it was renamed"))
    assert rename.main() == 2
    assert capsys.readouterr().err == "1 files are not committed, such as a.py: commit them first.\n"


def test_a_folder_that_is_not_a_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FutureError, match=r"git does not list its files .* Run it in a checkout of git"):
        files_of(tmp_path)


def test_no_import_of_today_is_left_in_the_code() -> None:
    for name in files_of(ROOT):
        if name.endswith((".py", ".cjs")) and not name.startswith(("tests/", "benchmark/", "future/")):
            left = [
                line
                for line in renamed((ROOT / name).read_text(encoding="utf-8")).splitlines()
                if line.lstrip().startswith(("from cdktf", "import cdktf")) or "@cdktf" in line or "cdktf_cdktf" in line
            ]
            assert not left, f"{name}: {left}"
