"""A checkout of this project, in which the rehearsal changes settings and runs commands as a person does."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from acceptance.region_loss.settings_file import with_settings, without_table
from main import ROOT
from runner.errors import FAILED, RunnerError
from runner.processes import Start

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runner.processes import Processes

_LEFT_OUT: Final = shutil.ignore_patterns(
    ".*cache", ".cdktf.out.*", ".git", ".hypothesis", ".terraform*", ".venv", "__pycache__", "cdktf.out", "tests"
)
_STAMP: Final = ".stamp"
_TERRAFORM_SETTINGS: Final = "TF_CLI_CONFIG_FILE"
_PLUGINS: Final = "plugins"
_ASSIGNED: Final = re.compile(r"(?:^|\s)([A-Z][A-Z0-9_]*)=", flags=re.MULTILINE)
_SHOWN_LINES: Final = 40


@dataclass
class Checkout:
    """The folder, and the variables that its shell has."""

    folder: Path
    environment: str
    processes: Processes
    environ: Mapping[str, str]
    variables: dict[str, str] = field(default_factory=dict)

    def set_up(self, settings: Path) -> None:
        """Copy the project, with the environments of a folder as the user's."""
        shutil.copytree(ROOT, self.folder, ignore=_LEFT_OUT)
        self._link_packages((ROOT / ".venv").resolve())
        # Where there is no mirror of the provider on this machine, it was fetched once.
        work, fetched = self.folder / ".terraform-work", ROOT / ".terraform-work" / _PLUGINS
        work.mkdir()
        if fetched.is_dir():
            (work / _PLUGINS).symlink_to(fetched.resolve())
        shutil.rmtree(self.folder / "environments")
        shutil.copytree(settings, self.folder / "environments")

    def _link_packages(self, installed: Path) -> None:
        """Use the packages that are installed, and let `make` find nothing to set up."""
        linked = self.folder / ".venv"
        linked.mkdir()
        for entry in installed.iterdir():
            if entry.suffix != _STAMP:
                (linked / entry.name).symlink_to(entry)
        stamps = set(re.findall(rf"\.venv/([a-z-]+\{_STAMP})", (self.folder / "Makefile").read_text(encoding="utf-8")))
        now = time.time_ns()  # the same for all: none is older than another
        for name in stamps:
            (linked / name).touch()
            os.utime(linked / name, ns=(now, now))

    @property
    def settings_file(self) -> Path:
        """The environment's file."""
        return self.folder / "environments" / f"{self.environment}.toml"

    def set(self, block: str) -> None:
        """Write tables and lines into the environment's file."""
        text = self.settings_file.read_text(encoding="utf-8")
        self.settings_file.write_text(with_settings(text, block, self.variables), encoding="utf-8")

    def remove(self, table: str) -> None:
        """Remove a table from it."""
        text = self.settings_file.read_text(encoding="utf-8")
        self.settings_file.write_text(without_table(text, table), encoding="utf-8")

    def run(self, commands: str) -> str:
        """Run commands in bash, of which the first that fails is the last; what they assign counts in the next ones.

        Returns:
            What they have printed.

        Raises:
            RunnerError: One of them failed.
        """
        kept = self.folder / ".variables"
        names = sorted({*self.variables, *_ASSIGNED.findall(commands)} - self.environ.keys())
        lines = [
            "set -euo pipefail",
            *(f"{name}={shlex.quote(value)}" for name, value in self.variables.items()),
            commands.rstrip(),
            f"cd {shlex.quote(str(self.folder))}",
            f'for name in {" ".join(names)}; do printf \'%s\\0%s\\0\' "$name" "${{!name-}}"; done > {kept.name}',
        ]
        script = "\n".join(lines)
        environ = {**self.environ, **self._mirror()}
        done = self.processes.capture(Start(["bash", "-c", script], environ), cwd=self.folder)
        if done.code:
            shown = "\n".join(f"{done.stdout}\n{done.stderr}".strip().splitlines()[-_SHOWN_LINES:])
            message = f"A command of docs/region-loss.md failed with {done.code}:\n\n{commands.strip()}\n\n{shown}"
            raise RunnerError(message, exit_code=FAILED)
        values = kept.read_text(encoding="utf-8").split("\0")
        self.variables |= dict(zip(values[::2], values[1::2], strict=False))
        return done.stdout

    def _mirror(self) -> dict[str, str]:
        """Where a `terraform` that is run by hand finds the provider: where `make` has found it on this machine."""
        found, own = self.folder / ".terraform-work" / "terraform.rc", self.folder / ".terraformrc"
        if not found.is_file():
            return {}
        shutil.copyfile(found, own)  # `make` writes its own again
        return {_TERRAFORM_SETTINGS: str(own)}
