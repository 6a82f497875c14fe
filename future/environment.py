"""The environment of a lane: its packages, in a folder of its own, made again when a lock changes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from future import relabel
from future.errors import FutureError

if TYPE_CHECKING:
    from future.lanes import Lane

TESTS_LOCK: Final = "requirements/test.lock"
FUNCTIONS_LOCK: Final = "requirements/functions.lock"
LEAST_PYTHON: Final = (3, 11)
_STAMP: Final = "lane.stamp"
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_PIP: Final = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes")
_NOT_INHERITED: Final = re.compile(r"(PYTHON|PYTEST_|JSII_|CDKTF_|NODE_|STOCK_CDKTF|NOT_AHEAD|MAKE|MFLAGS|COV_)")


def environ() -> dict[str, str]:
    """The variables of what a lane runs, without those that would change what Python, make or the synthesis does."""
    return {name: value for name, value in os.environ.items() if not _NOT_INHERITED.match(name)}


def merged_lock(lane: Lane, tests: str, own: str) -> str:
    """The lock of a lane: the tests' packages, but for those that it does not have or has in another version.

    Raises:
        FutureError: One that it is to do without is not among the tests' packages, so that nothing is left out.
    """
    base, replaced = _entries(tests), _entries(own)
    if unknown := sorted(set(lane.without) - set(base)):
        message = f"{TESTS_LOCK} does not have {', '.join(unknown)}, which the lane {lane.name} leaves out."
        raise FutureError(message)
    kept = [text for name, text in base.items() if name not in {*lane.without, *replaced}]
    return "".join([*kept, *replaced.values()])


def prepare(lane: Lane, root: Path, folder: Path) -> Path:
    """Make the environment of a lane unless it is there; return its Python.

    Args:
        lane: The lane.
        root: The checkout.
        folder: Where the environment is, or will be.

    Raises:
        FutureError: No Python that fits, or a lock that cannot be installed.
    """
    if sys.version_info < LEAST_PYTHON:
        message = (
            f"The lanes need Python {_dotted(LEAST_PYTHON)} or newer; this is {_dotted(sys.version_info[:2])}. "
            "Run 'make PYTHON=/path/to/python3 future'."
        )
        raise FutureError(message)
    texts = {name: _read(root, name) for name in (TESTS_LOCK, FUNCTIONS_LOCK, lane.lock)}
    lock = merged_lock(lane, texts[TESTS_LOCK], texts[lane.lock])
    parts = (sys.version, lock, texts[FUNCTIONS_LOCK], Path(relabel.__file__).read_text(encoding="utf-8"))
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    python, stamp = folder / "bin" / "python", folder / _STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == key and python.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _call([sys.executable, "-m", "venv", str(folder)], "Python's module venv cannot make an environment", root)
    merged = folder / "lane.lock"
    merged.write_text(lock, encoding="utf-8")
    dependencies = ["--no-deps"] if lane.relabels else []
    for file, options in ((merged, dependencies), (root / FUNCTIONS_LOCK, ["--no-deps"])):
        _call(
            [str(python), *_PIP, "--no-compile", *options, "-r", str(file)],
            f"{lane.lock}, with what {TESTS_LOCK} has besides, cannot be installed",
            root,
        )
    if lane.relabels:
        _call([str(python), "-m", "future.relabel"], "The fork cannot be laid under the name cdktf", root)
    stamp.write_text(key, encoding="utf-8")
    return python


def reason_of(output: str) -> str:
    """Why pip or venv failed, in one line: its last line with an error, or its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    # pip says this first, and then only that nothing satisfies the requirement.
    wrong_python = [line for line in errors if "require a different python version" in line]
    return next(iter([*wrong_python, *reversed(errors), *reversed(lines)]), "it printed nothing")


def _call(command: list[str], what: str, root: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env=environ(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        message = f"{what}: {error}."
        raise FutureError(message) from error
    if done.returncode:
        reason = reason_of(done.stdout + done.stderr)
        advice = "Run 'make future' again, or 'make lock' if a package is gone from the index."
        if "different python version" in reason:
            advice = f"This is Python {_dotted(sys.version_info[:2])}: run 'make PYTHON=/path/to/python3 future'."
        elif "venv" in what:
            advice = "On Debian or Ubuntu, 'apt-get install python3-venv'."
        message = f"{what}: {reason} {advice}"
        raise FutureError(message)


def _read(root: Path, name: str) -> str:
    try:
        return (root / name).read_text(encoding="utf-8")
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}. 'make lock' writes it."
        raise FutureError(message) from error


def _entries(lock: str) -> dict[str, str]:
    """The requirements of a lock by their package; one can have several, for several platforms."""
    entries: dict[str, str] = {}
    name = ""
    for line in lock.splitlines(keepends=True):
        if line.startswith("#"):
            continue
        if line[:1].strip():
            found = _NAME.match(line)
            name = found.group().lower() if found else line
        entries[name] = entries.get(name, "") + line
    return entries


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
