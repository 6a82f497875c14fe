"""A step of the set-up says how long it takes, and in one line why it failed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from console import setup
from console.durations import Durations
from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PIP = ("-m", "pip", "--isolated", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes")


@pytest.fixture(autouse=True)
def _own_durations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "WORK", tmp_path / "work")


def run(*code: str) -> int:
    return setup.main(["the packages", "--", sys.executable, *code])


def test_a_log_gets_what_the_step_prints_and_the_next_run_its_seconds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("-c", "print('a warning')") == 0
    assert capsys.readouterr() == ("", "a warning\n")
    assert Durations(tmp_path / "work").of("set-up").keys() == {"the packages"}


def test_a_failure_that_is_not_known_shows_all_that_was_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("-c", "import sys; print('why'); sys.exit(3)") == 3
    reason = f"Cannot set up the packages: {sys.executable} ended with 3; what it printed is above."
    assert capsys.readouterr().err.splitlines() == ["why", reason]
    assert Durations(tmp_path / "work").of("set-up") == {}


def test_a_step_that_is_killed_is_named_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-c", "import os; os.kill(os.getpid(), 9)") == 137
    reason = f"Cannot set up the packages: {sys.executable} was killed (signal 9; out of memory?)."
    assert capsys.readouterr().err.splitlines() == [reason]


def test_a_program_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["the packages", "--", "bin/none"]) == 127
    assert capsys.readouterr().err.splitlines()[0] == "bin/none: No such file or directory"


def test_no_network_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With pip itself: nothing listens on the port of discard."""
    lock = ROOT / "requirements" / "synth.lock"
    index = ("--index-url", "http://127.0.0.1:9/simple", "--retries", "1", "--timeout", "1", "--no-cache-dir")
    assert run(*PIP, *index, "-r", str(lock), "--ignore-installed", "--dry-run") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Cannot set up the packages: the package index does not answer: check the network and ")


@pytest.mark.parametrize(
    ("printed", "says"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        ("OSError: [Errno 30] Read-only file system: '.venv/lib'", "a file of .venv cannot be written"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "a package differs from"),
        ("ERROR: No matching distribution found for jsii==1.2", "the package index has no jsii==1.2 for this machine"),
    ],
)
def test_what_pip_prints_becomes_one_line(printed: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-c", f"print({printed!r}); raise SystemExit(1)") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"Cannot set up the packages: {says}")


def test_a_terminal_sees_the_seconds_and_those_of_the_last_time(tmp_path: Path) -> None:
    Durations(tmp_path).keep("set-up", {"the packages": 75})
    code = f"from pathlib import Path; from console import setup; setup.WORK = Path({str(tmp_path)!r}); setup.main()"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", code, "the packages", "--", sys.executable, "-c", "import time; time.sleep(1.5)"]
    done = subprocess.run(command, stdout=theirs, stderr=theirs, cwd=ROOT, check=False, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "\r  the packages: 1 s so far, the last time 1 min 15 s" in shown
    assert shown.endswith("\x1b[2K\r")
