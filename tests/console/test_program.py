"""A program whose output is not read, or cannot be written, runs to its end and prints no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("acceptance", "compliance", "preflight", "runner")
PROGRAM = """
import sys
from pathlib import Path
from console.program import run

def main():
    for _ in range(20_000):
        print("a line")
        sys.stderr.write("")
    Path(sys.argv[1]).touch()
    return int(sys.argv[2])

run(main)
"""


def shell(command: str, done: Path, *, code: int = 0, unbuffered: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the program in a shell, with its own exit status as the last line of stderr."""
    program = [sys.executable, "-c", PROGRAM, str(done), str(code)]
    script = f'{{ "$@"; echo $? >&2; }} {command}'
    return subprocess.run(
        ["/bin/sh", "-c", script, "sh", *program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **({"PYTHONUNBUFFERED": "1"} if unbuffered else {})},
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("| true", "141\n"),
        ("| head -1", "141\n"),
        (">/dev/full", "The output cannot be written: No space left on device.\n1\n"),
        (">&-", "0\n"),
        (">/dev/null", "0\n"),
    ],
)
def test_the_program_ends_as_others_do(tmp_path: Path, command: str, printed: str, *, unbuffered: bool) -> None:
    result = shell(command, tmp_path / "done", unbuffered=unbuffered)
    assert result.stderr == printed
    assert (tmp_path / "done").exists()


def test_what_a_terminal_cannot_show_is_escaped() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "from console.program import run; run(lambda: print('a \\u2192 \\ud800') or 0)"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (result.stdout, result.stderr) == ("a \\u2192 \\ud800\n", "")


def test_its_own_failure_is_not_hidden(tmp_path: Path) -> None:
    assert shell("| true", tmp_path / "done", code=3).stderr == "3\n"


@pytest.mark.parametrize(
    "file",
    ["main.py", "config/new_environment.py", *(f"{name}/__main__.py" for name in PACKAGES)],
)
def test_each_program_of_the_project_ends_like_that(file: str) -> None:
    _, _, end = (ROOT / file).read_text(encoding="utf-8").rpartition('if __name__ == "__main__":')
    assert "program.run(" in end
    assert "sys.exit(" not in end


@pytest.mark.parametrize("arguments", [["-m", "compliance", "--rules"], ["main.py", "--help"]])
def test_a_list_of_a_program_can_be_cut(arguments: list[str]) -> None:
    result = subprocess.run(
        ["/bin/sh", "-c", '"$@" | true', "sh", sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
