"""Runs Terraform against an emulator, without the caller's environment variables."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from runner import executable, provider
from runner.environment import build, without_account
from runner.errors import RunnerError
from runner.provider_mirror import Wanted, prepare
from synthesis.manifest import STACK_FILE, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ROOT = Path(__file__).parents[2]
PROVIDERS = frozenset({("hashicorp/aws", "5.100.0")})

_SHOWN_CHARACTERS = 16000

CHANGES = 2
"""The exit code of `terraform plan -detailed-exitcode` if there are changes."""


class TerraformError(Exception):
    """Terraform failed; the message contains its errors."""


class Running:
    """A running command."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Read a process whose output is a pipe."""
        self._process = process
        self._seen = ""

    def wait_for(self, text: str) -> None:
        """Return once the command has printed the text; fail if it ends before."""
        for line in self._process.stdout or ():
            self._seen += line
            if text in line:
                return
        message = f"terraform ended without {text!r}:\n{self._seen}"
        raise TerraformError(message)

    def finish(self) -> None:
        """Wait for the end and require success."""
        rest, _ = self._process.communicate()
        if self._process.returncode:
            message = f"terraform ended with {self._process.returncode}:\n{self._seen}{rest}"
            raise TerraformError(message)


class Terraform:
    """Terraform in one folder, with one emulator."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Prepare; `environment` is the result of Emulator.environment(), and any other variables."""
        try:
            self._executable = executable.find(os.environ)
            wanted = Wanted(PROVIDERS, self._executable.registry, self._executable.platform)
            installation = prepare(wanted, os.environ, folder, cache=_ROOT / ".terraform-work" / "plugins")
        except RunnerError as error:
            raise TerraformError(str(error)) from error
        self.fetches = installation.fetches
        self._folder = folder
        self._environment = {
            **build({**without_account(os.environ), **environment}),
            **installation.variables,
            **environment,
        }

    def run(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> tuple[int, str]:
        """Run one command; return its exit code and its output."""
        command = [*self._executable.command, f"-chdir={self._folder.resolve()}", *arguments]
        places = {"config": self._folder, "log": self._folder / "provider.log"}
        with provider.attach(self._provider(arguments), command, self._environment, **places) as attachment:
            finished = subprocess.run(
                attachment.start.command,
                cwd=self._executable.cwd,
                env=attachment.start.environ,
                pass_fds=attachment.start.descriptors,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        if finished.returncode not in accept:
            start = finished.stdout.find("\nError: ")
            reason = finished.stdout[max(start, 0) :][-_SHOWN_CHARACTERS:]
            message = f"terraform {' '.join(arguments)} ended with {finished.returncode}:{reason}"
            raise TerraformError(message)
        return finished.returncode, finished.stdout

    def _provider(self, arguments: Sequence[str]) -> Path | None:
        """The provider to start once for the command, as for a stack: where the configuration is JSON."""
        file = self._folder / STACK_FILE
        if not file.is_file():
            return None
        stack = Stack(id=self._folder.name, folder=self._folder, document=json.loads(file.read_text(encoding="utf-8")))
        places = {"data": self._folder / ".terraform", "config": self._folder}
        return provider.find(arguments, stack, self._executable, self._environment, **places)

    @contextlib.contextmanager
    def started(self, *arguments: str) -> Iterator[Running]:
        """Start one command; at the end of the block, wait for it and require success."""
        with subprocess.Popen(
            [*self._executable.command, f"-chdir={self._folder.resolve()}", *arguments],
            cwd=self._executable.cwd,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process:
            running = Running(process)
            yield running
            running.finish()

    def require_no_changes(self, *arguments: str) -> None:
        """Plan, and fail if there are changes."""
        code, output = self.run("plan", "-no-color", "-detailed-exitcode", *arguments, accept=(0, CHANGES))
        if code == CHANGES:
            start = output.find("Terraform will perform")
            message = f"the plan is not empty:\n{output[start:]}"
            raise TerraformError(message)

    def addresses(self) -> list[str]:
        """List the addresses in the state."""
        _, output = self.run("state", "list")
        return output.split()
