"""The Makefile runs with make 3.81, which macOS has, and each target says which settings it takes."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from main import ROOT
from tests.makefile import TEXT, targets, uses
from tests.markdown import DOCUMENTS
from tests.shell_commands import commands

FOR_USERS = sorted(name for name, target in targets().items() if target.help)
OF_THE_PROGRAM = {"PYTHON"}
"""What any command may give."""

# https://git.savannah.gnu.org/cgit/make.git/tree/NEWS, from 3.82 on
NEWER_THAN_3_81 = {
    "ONESHELL": r"^\.ONESHELL",
    "SHELLFLAGS": r"^\.SHELLFLAGS",
    "RECIPEPREFIX": r"^\.RECIPEPREFIX",
    "SHELLSTATUS": r"\$\(\.SHELLSTATUS",
    "EXTRA_PREREQS": r"^\.EXTRA_PREREQS",
    "WAIT": r"\.WAIT\b",
    "NOTINTERMEDIATE": r"^\.NOTINTERMEDIATE",
    "private": r"^(\S+:\s*)?private\s",
    "undefine": r"^(override\s+)?undefine\s",
    "define with an operator": r"^define\s+\S+\s*[:+?]?=",
    "!=": r"^\w+\s*!=",
    "::=": r"^\w+\s*:{2,3}=",
    "grouped targets": r"^[^\t#\n]*&:",
    "load": r"^-?load\s",
    "functions": r"\$\((file|guile|intcmp|let)\s",
    "options": r"--(output-sync|trace|shuffle|jobserver-style|eval)\b",
    "several patterns of .NOTPARALLEL": r"^\.NOTPARALLEL:[^\n]*\S",
}


@pytest.mark.parametrize("feature", NEWER_THAN_3_81)
def test_nothing_is_newer_than_the_make_of_macos(feature: str) -> None:
    found = [match[0] for match in re.finditer(NEWER_THAN_3_81[feature], TEXT, re.MULTILINE)]
    assert found == [], "this is not in make 3.81, which macOS has"


def test_a_comment_sign_in_a_function_is_written_as_make_3_81_reads_it() -> None:
    """Until 4.3, `#` began a comment there: https://lists.gnu.org/archive/html/info-gnu/2020-01/msg00004.html."""
    lines = [line for line in TEXT.splitlines() if re.match(r"\w+\s*[:?]?=|\$\(|ifn?eq", line)]
    assert [line for line in lines if "#" in line.replace("\\#", "")] == []


@pytest.mark.parametrize("name", FOR_USERS)
def test_the_help_of_a_target_has_the_settings_that_it_uses(name: str) -> None:
    takes = targets()[name].takes
    assert uses(name) - OF_THE_PROGRAM - takes == set(), "add them to its ## text, like (ENV=)"
    assert takes - uses(name, with_users=True) == set(), "it does not use them"


def test_what_a_page_gives_to_make_a_target_takes() -> None:
    known = targets()
    wrong = []
    for document in DOCUMENTS:
        for command in commands(document.read_text(encoding="utf-8")):
            if command.program != "make":
                continue
            goals = [word for word in command.words[1:] if word in known]
            given = {word.partition("=")[0] for word in command.words[1:] if re.match(r"[A-Z_]+=", word)}
            takes = set().union(*(known[goal].takes for goal in goals), OF_THE_PROGRAM)
            if goals and not given <= takes:
                wrong.append(f"{document.relative_to(ROOT)}: {command}: {', '.join(sorted(given - takes))}")
    assert wrong == []


def make(*arguments: str, folder: Path = ROOT, user: int | None = None) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, user=user)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("-n", "test", "ENV=dev"),
            "'make test' does not take ENV: 'make help' lists what each target takes. One environment is checked by",
        ),
        (("-n", "secrets", "ENV=dev", "LAYER=data"), "'make secrets' does not take LAYER: 'make help' lists"),
        (("-n", "synth", "#", "sets", "itself", "up"), "'#' begins no comment in your shell: run `setopt interactive_"),
        (("-n", "synth", "PYTHON=python3.00"), "PYTHON=python3.00 is not Python 3.11 or newer."),
    ],
)
def test_what_a_command_gives_in_vain_is_refused_before_anything_is_done(arguments: tuple[str, ...], says: str) -> None:
    done = make(*arguments)
    assert done.returncode == 2
    assert f"*** {says}" in done.stderr
    assert done.stdout == ""


def test_validate_of_an_environment_is_of_that_one() -> None:
    recipe = make("-n", "validate", "ENV=dev").stdout.splitlines()[-1]
    assert recipe == ".venv/bin/python main.py dev >/dev/null && .venv/bin/python -m runner validate --env dev"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile with a .venv that is set up, as far as make can see."""
    shutil.copy2(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("python", "synth"):
        (tmp_path / ".venv" / f"{name}.stamp").touch()
    return tmp_path


def python(checkout: Path, *lines: str, name: str = ".venv/bin/python") -> None:
    """Put a program in the place of Python."""
    file = checkout / name
    file.write_text("\n".join(("#!/bin/sh", *lines, "")), encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def test_a_venv_that_runs_is_kept(checkout: Path) -> None:
    python(checkout, "exit 0")
    assert make("-n", "synth", folder=checkout).stdout == ".venv/bin/python main.py \n"


def test_a_venv_whose_python_is_gone_is_created_again(checkout: Path) -> None:
    (checkout / ".venv" / "bin" / "python").symlink_to("/nowhere/python3.9")
    printed = make("-n", "synth", folder=checkout).stdout
    assert 'echo "The Python of .venv is gone or another one now. Creating .venv with ' in printed
    assert "-r requirements/synth.lock" in printed


def test_a_venv_without_its_packages_is_created_again(checkout: Path) -> None:
    """As after an upgrade of the system's Python: the packages are in the folder of the old version."""
    python(checkout, "exit 1")
    assert "Creating .venv with " in make("-n", "synth", folder=checkout).stdout


def test_an_older_python_is_refused_with_its_version(checkout: Path) -> None:
    python(checkout, 'case "$*" in *sep=*) echo 3.10;; *) echo False;; esac', name="old")
    done = make("-n", "synth", f"PYTHON={checkout}/old", folder=checkout)
    assert done.returncode == 2
    assert f"PYTHON={checkout}/old is Python 3.10: it must be Python 3.11 or newer." in done.stderr


def test_a_checkout_that_cannot_be_written_is_named() -> None:
    user = 65534 if os.geteuid() == 0 else None  # a folder's mode does not stop root
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        shutil.copy2(ROOT / "Makefile", folder)
        Path(folder).chmod(0o555)
        done = make(".venv/python.stamp", folder=Path(folder), user=user)
        Path(folder).chmod(0o755)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{folder} cannot be written, and .venv is created there: copy the checkout, or ")


def test_a_python_without_venv_is_told_which_package_has_it(checkout: Path) -> None:
    python(checkout, 'case "$*" in *ensurepip*) exit 1;; *version_info*) echo True;; esac', name="bare")
    (checkout / ".venv" / "python.stamp").unlink()
    done = make(".venv/python.stamp", f"PYTHON={checkout}/bare", folder=checkout)
    assert done.stderr.startswith(
        "Python's venv module is missing: on Debian or Ubuntu, 'apt-get install python3-venv'."
    )
