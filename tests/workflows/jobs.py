"""Runs the jobs of a workflow on this machine: their shell steps as they are, and what the few actions do for them.

Every job gets a checkout of its own, as on GitHub. Real are bash, make, Python and this project; `terraform` and `gh`
are those of the tests, and a bare `python` has no package of `.venv`.
"""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from emulator import Emulator
from main import ROOT
from tests.fixtures import copy_program
from tests.runner.conftest import FAKE_TERRAFORM

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKFLOWS: Final = ROOT / ".github" / "workflows"
PREPARED: Final = frozenset(
    {"actions/checkout", "actions/setup-python", "hashicorp/setup-terraform", "aws-actions/configure-aws-credentials"}
)
"""Actions that prepare what is here already."""

_EXPRESSION: Final = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_STAMPS: Final = ("python", "synth", "test", "terraform", "preflight", "rules", "workflows")


@cache
def _emulator() -> Emulator:
    """What answers for AWS; its threads end with the process."""
    return Emulator().start()


def read_workflow(name: str) -> dict[str, Any]:
    """A workflow as YAML has it, where `on` is the key True."""
    content: dict[str, Any] = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text(encoding="utf-8"))
    return content


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a job ended."""

    succeeded: bool
    outputs: dict[str, str]
    log: str
    environment: str
    """The environment of GitHub that it ran in."""


@dataclass(kw_only=True)
class Repository:
    """One repository: what a checkout has, and what jobs leave for each other."""

    folder: Path
    values: dict[str, str] = field(default_factory=dict)
    """The values of expressions: `github.token`."""
    credentials: dict[str, str] = field(default_factory=dict)
    """The variables that the action for AWS's credentials has set last; the runner asks whose they are."""

    def __post_init__(self) -> None:
        self.template.mkdir()
        copy_program(self.template, "Makefile", "requirements")
        (self.folder / "artifacts").mkdir()
        self._add_programs()

    @property
    def template(self) -> Path:
        """What each checkout is a copy of."""
        return self.folder / "template"

    @property
    def programs(self) -> Path:
        """The folder of programs that come first on the PATH."""
        return self.folder / "bin"

    def script(self, stack: str, **steps: object) -> None:
        """Say what Terraform does for a stack."""
        (self.folder / "fake" / stack).write_text(repr(steps))

    def applied(self) -> list[str]:
        """The contents of the plans that Terraform applied."""
        file = self.folder / "fake" / "applied"
        return file.read_text().splitlines() if file.exists() else []

    def calls(self) -> list[str]:
        """The calls of Terraform: the stack and the words."""
        return (self.folder / "fake" / "calls").read_text().splitlines()

    def artifact(self, name: str) -> Path:
        """The folder of an artifact."""
        return self.folder / "artifacts" / name

    def run(
        self,
        workflow: str,
        job: str,
        *,
        matrix: Mapping[str, str] | None = None,
        needs: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run one job.

        Args:
            workflow: The name of its file.
            job: Its id.
            matrix: The values of its matrix.
            needs: Outputs of other jobs: `{"environments.matrix": "[..]"}`.
        """
        definition = read_workflow(workflow)["jobs"][job]
        values = {
            **self.values,
            **{f"matrix.{name}": value for name, value in (matrix or {}).items()},
            **{f"needs.{name.replace('.', '.outputs.')}": value for name, value in (needs or {}).items()},
        }
        checkout = self._check_out()
        self._add_packages(checkout)
        outputs: dict[str, str] = {}
        succeeded, log = True, ""
        for step in definition["steps"]:
            if not succeeded and "cancelled()" not in step.get("if", ""):
                continue
            ended, text = self._step(step, definition.get("env", {}), checkout, values, outputs)
            log += text
            succeeded = succeeded and ended
        return Ended(
            succeeded=succeeded,
            outputs={name: _filled(text, {**values, **outputs}) for name, text in definition.get("outputs", {}).items()}
            if succeeded
            else {},
            log=log,
            environment=_filled(definition.get("environment", {}).get("name", ""), values),
        )

    def _step(
        self, step: dict[str, Any], env: dict[str, str], checkout: Path, values: dict[str, str], outputs: dict[str, str]
    ) -> tuple[bool, str]:
        if "uses" in step:
            settings = {name: _filled(str(value), values) for name, value in step.get("with", {}).items()}
            self._use(step["uses"].partition("@")[0], settings, checkout)
            return True, ""
        given = {name: _filled(str(value), values) for name, value in {**env, **step.get("env", {})}.items()}
        output, summary = self.folder / "output", self.folder / "summary"
        output.write_text("")
        environ = {
            "PATH": f"{self.programs}{os.pathsep}/bin{os.pathsep}/usr/bin",
            "HOME": str(self.folder),
            "CI": "true",
            "FAKE_GITHUB": str(self.programs / "github.json"),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_REPOSITORY": "acme/infra",
            "GITHUB_RUN_ID": "7",
            "GITHUB_SHA": "0123456789abcdef",
            "GITHUB_SERVER_URL": "https://github.com",
            **self.credentials,
            **given,
        }
        script = step["run"]
        assert not _EXPRESSION.search(script), "an expression in a shell step is text that others can write"
        # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
        command = ["bash", "-e", "-c", script]
        done = subprocess.run(
            command, cwd=checkout, env=environ, capture_output=True, text=True, check=False, timeout=900
        )
        if "id" in step:
            for line in output.read_text().splitlines():
                name, _, value = line.partition("=")
                outputs[f"steps.{step['id']}.outputs.{name}"] = value
        return done.returncode == 0, f"$ {script}\n{done.stdout}{done.stderr}"

    def _use(self, action: str, settings: dict[str, str], checkout: Path) -> None:
        if action == "aws-actions/configure-aws-credentials":
            account = settings["role-to-assume"].split(":")[4]
            self.credentials = _emulator().environment(account=account, region=settings["aws-region"])
        elif action == "actions/upload-artifact":
            source = checkout / settings["path"]
            if source.is_dir():
                assert not self.artifact(settings["name"]).exists(), "an artifact cannot be replaced"
                shutil.copytree(source, self.artifact(settings["name"]))
        elif action == "actions/download-artifact":
            target = checkout / settings["path"]
            pattern = settings.get("pattern", settings.get("name", ""))
            found = [
                folder
                for folder in sorted((self.folder / "artifacts").iterdir())
                if fnmatch.fnmatch(folder.name, pattern)
            ]
            assert found or "pattern" in settings, f"there is no artifact {pattern}"
            for folder in found:
                shutil.copytree(folder, target, dirs_exist_ok=True)
        else:
            assert action in PREPARED, action

    def forget_artifacts(self, *names: str) -> None:
        """As for another run."""
        for name in names:
            shutil.rmtree(self.artifact(name), ignore_errors=True)

    def _check_out(self) -> Path:
        """The files of the repository and no others, in the same place each time: so Python compiles them once."""
        checkout = self.folder / "checkout"
        shutil.copytree(self.template, checkout, symlinks=True, dirs_exist_ok=True)
        for entry in checkout.iterdir():
            if (self.template / entry.name).exists():
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        return checkout

    def _add_programs(self) -> None:
        self.programs.mkdir()
        (self.folder / "fake").mkdir()
        bare = f'#!/bin/sh\nexec {sys.executable} -S "$@"\n'
        terraform = FAKE_TERRAFORM.format(python=sys.executable, folder=str(self.folder / "fake"))
        for name, text in (("python", bare), ("terraform", terraform)):
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)

    def _add_packages(self, checkout: Path) -> None:
        """The packages of this Python, as if `make` had installed them."""
        venv = checkout / ".venv"
        venv.mkdir()
        real = Path(sys.prefix)
        for file in real.iterdir():
            if file.suffix != ".stamp":
                (venv / file.name).symlink_to(file)
        for name in _STAMPS:
            (venv / f"{name}.stamp").touch()


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        assert found[1] in values, f"{found[1]} is not known; there are: {sorted(values)}"
        return values[found[1]]

    return _EXPRESSION.sub(value, text)
