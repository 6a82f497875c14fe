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


REFUSED = """
import os, sys
from pathlib import Path
from console.program import run

def main():
    {}

run(main)
"""


def refused(tmp_path: Path, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", REFUSED.format(line)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("Path('missing/file').write_text('')", "missing/file cannot be used: No such file or directory.\n"),
        ("Path('.').write_text('')", ". cannot be used: Is a directory. It must be a file.\n"),
        (
            "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9)); Path('file').write_text('0123456789')",
            (
                "A file cannot be written: File too large. "
                "`ulimit -f` says how large a file may be: raise it, then repeat.\n"
            ),
        ),
        (
            "import shutil; Path('from').mkdir(); os.symlink('x', 'from/link'); shutil.copytree('from', 'to')",
            "from/link cannot be used: No such file or directory.\n",
        ),
    ],
)
def test_what_the_machine_refuses_is_one_line(tmp_path: Path, line: str, printed: str) -> None:
    result = refused(tmp_path, line)
    assert (result.returncode, result.stderr) == (2, printed)


def test_an_interrupt_is_one_line(tmp_path: Path) -> None:
    result = refused(tmp_path, "raise KeyboardInterrupt")
    assert (result.returncode, result.stderr) == (130, "Interrupted.\n")


@pytest.mark.parametrize("line", ["raise ConnectionRefusedError(111, 'refused')", "raise ValueError('x')"])
def test_an_error_of_the_program_keeps_its_traceback(tmp_path: Path, line: str) -> None:
    result = refused(tmp_path, line)
    assert (result.returncode, "Traceback" in result.stderr) == (1, True)


def test_a_folder_of_temporary_files_that_is_missing_is_named(tmp_path: Path) -> None:
    result = refused(tmp_path, "Path('done').touch()", TMPDIR="/missing")
    assert result.stderr == "TMPDIR=/missing is not a folder that can be written: create it, or unset TMPDIR.\n"
    assert result.returncode == 2
    assert not (tmp_path / "done").exists()


def test_a_python_without_docstrings_is_named(tmp_path: Path) -> None:
    result = refused(tmp_path, "Path('done').touch()", PYTHONOPTIMIZE="2")
    assert result.returncode == 2
    assert result.stderr.endswith("(PYTHONOPTIMIZE=2, or -OO): unset PYTHONOPTIMIZE.\n")
    assert not (tmp_path / "done").exists()


def test_a_closed_stream_does_not_become_a_file(tmp_path: Path) -> None:
    """What a child process prints would go into the file that has the number of the stream."""
    line = "file = open('file', 'w'); import subprocess; return subprocess.run(['echo', 'x']).returncode"
    script = '"$@" <&- >&- 2>&-'
    code = subprocess.run(
        ["/bin/sh", "-c", script, "sh", sys.executable, "-c", REFUSED.format(line)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    ).returncode
    assert (code, (tmp_path / "file").read_text(encoding="utf-8")) == (0, "")
