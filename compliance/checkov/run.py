"""Starts checkov in its own environment, and reads its answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.errors import ToldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHECKOUT: Final = Path(__file__).resolve().parents[2]
PYTHON: Final = CHECKOUT / ".venv" / "checkov" / "bin" / "python"
SECONDS: Final = 900
"""The longest that checkov may take; three environments of a thousand resources take about 12."""

_SCAN: Final = Path(__file__).with_name("scan.py")
_REMEDY: Final = "Run `make compliance`: it installs checkov. If that does not help, remove .venv/checkov.stamp first."
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
"""Variables that checkov gets: none of the others can be a key of its service, or change what it checks."""


class CheckovError(ToldError):
    """Checkov did not run, or not to its end."""

    def __init__(self, message: str, remedy: str = _REMEDY) -> None:
        super().__init__(f"{message}\n{remedy}")


@dataclass(frozen=True, order=True)
class Failed:
    """A check that a resource does not pass."""

    check: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What checkov says of one folder."""

    resources: frozenset[str] = field(repr=False)
    """The addresses of the resources that it has read."""
    unreadable: tuple[str, ...]
    """Files that it could not read."""
    failed: tuple[Failed, ...]
    passed: int
    passed_checks: frozenset[str] = field(repr=False)
    """The ids of checks that some resource passes."""
    undecided: int
    """Checks that looked at a resource and do not apply to it as it is, or could not decide."""
    untouched: int
    """Resources that no check has looked at."""
    crashes: tuple[tuple[str, str], ...]
    """Checks that ended with an error, and it."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What checkov says."""

    version: str
    checks: Mapping[str, str] = field(repr=False)
    """The name of each check that there is, by its id."""
    scans: tuple[Scan, ...]
    """One for each folder, in their order."""


def run(folders: Sequence[Path], *, python: Path = PYTHON, seconds: float = SECONDS) -> Answer:
    """Run all checks for Terraform on folders of HCL, each for itself, without the network.

    Raises:
        CheckovError: It is not installed, was stopped, failed, or answered something else.
    """
    if not python.exists():
        message = f"There is no checkov: {python} is missing."
        raise CheckovError(message)
    with tempfile.TemporaryDirectory(prefix="checkov-") as home:
        command = [str(python), "-I", str(_SCAN), *(str(folder.resolve()) for folder in folders)]
        try:
            done = subprocess.run(
                command, cwd=home, env=_variables(home), capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            message = f"checkov did not end within {seconds:g} seconds."
            raise CheckovError(message, "Try again when this machine has less to do.") from error
        except OSError as error:
            message = f"checkov cannot be started: {error.strerror} ({python})."
            raise CheckovError(message) from error
    if done.returncode:
        raise CheckovError(_ending(done.returncode, done.stderr.decode(errors="replace")))
    try:
        return _answer(json.loads(done.stdout), len(folders))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        message = "checkov answered something that is not its report."
        raise CheckovError(message) from error


def _variables(home: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    return {**kept, "HOME": home, "PYTHONIOENCODING": "utf-8"}


def _ending(code: int, errors: str) -> str:
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"checkov was stopped by {name} before it had checked everything; SIGKILL often means too little memory."
    last = next((line for line in reversed(errors.splitlines()) if line.strip()), "it printed nothing")
    return f"checkov failed with status {code}: {last.strip()}"


def _answer(document: Any, count: int) -> Answer:  # noqa: ANN401 - JSON
    scans = document["scans"]
    if len(scans) != count:
        message = "another number of folders"
        raise ValueError(message)
    checks = {str(id_): str(name) for id_, name in document["checks"].items()}
    return Answer(version=str(document["version"]), checks=checks, scans=tuple(map(_scan, scans)))


def _scan(entry: Mapping[str, Any]) -> Scan:
    verdicts: dict[tuple[str, str], set[str]] = {}
    for check, address, verdict in entry["results"]:
        verdicts.setdefault((str(check), str(address)), set()).add(str(verdict))
    # A check can look at a resource more than once; what it found wrong counts.
    counts = Counter(_worst(found) for found in verdicts.values())
    resources = frozenset(map(str, entry["resources"]))
    return Scan(
        resources=resources,
        unreadable=tuple(map(str, entry["unreadable"])),
        failed=tuple(sorted(Failed(*place) for place, found in verdicts.items() if _worst(found) == "FAILED")),
        passed=counts["PASSED"],
        passed_checks=frozenset(check for (check, _), found in verdicts.items() if _worst(found) == "PASSED"),
        undecided=counts["UNKNOWN"],
        untouched=len(resources - {address for _, address in verdicts}),
        crashes=tuple((str(check), str(error)) for check, error in entry["crashes"]),
    )


def _worst(verdicts: set[str]) -> str:
    for verdict in ("FAILED", "PASSED", "UNKNOWN"):
        if verdict in verdicts:
            return verdict
    message = f"unknown verdicts {verdicts}"
    raise ValueError(message)
