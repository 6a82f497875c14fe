"""Runs a buildspec as CodeBuild does, on this machine.

CodeBuild writes each command into a script of its own and carries the exported variables and the folder from one to the
next (`/codebuild/output/tmp/script.sh` is in its messages: https://github.com/aws/aws-cdk/pull/44). So what a command
sets without `export`, `set -e` too, must not be needed by the next one.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_MOST_SECONDS: Final = 900  # for one command, also on a machine that does much else
_PHASES: Final = ("install", "pre_build", "build", "post_build")
_RUN: Final = """. "$HARNESS/env.sh"
cd "$(cat "$HARNESS/dir")"
trap 'export -p >"$HARNESS/env.sh"; pwd >"$HARNESS/dir"' EXIT
. "$HARNESS/command.sh"
"""


@dataclass
class Outcome:
    """What a build has left."""

    phases: dict[str, bool] = field(default_factory=dict)
    """Whether each phase that ran was successful."""
    output: str = ""
    exported: dict[str, str] = field(default_factory=dict)
    artifacts: dict[str, dict[str, str]] = field(default_factory=dict)
    """The texts of the files by path, by the artifact's identifier; `""` is the primary one."""
    reports: dict[str, dict[str, str]] = field(default_factory=dict)
    """The same for report groups."""

    @property
    def succeeded(self) -> bool:
        return all(self.phases.values())

    @property
    def errors(self) -> list[str]:
        """What the steps say that is wrong."""
        return [line for line in self.output.splitlines() if line.startswith("error: ")]


class CodeBuild:
    """A machine that builds."""

    def __init__(self, folder: Path, *, environment: Mapping[str, str], parameter: Callable[[str], str]) -> None:
        """Prepare it.

        Args:
            folder: It may write there.
            environment: The machine's own variables.
            parameter: Reads Parameter Store.
        """
        folder.mkdir(parents=True)
        self._state = folder
        self._environment = dict(environment)
        self._parameter = parameter

    def run(
        self,
        buildspec: str,
        *,
        source: Path,
        inputs: Mapping[str, Path] | None = None,
        variables: Mapping[str, str],
        commit: str = "",
    ) -> Outcome:
        """Run all phases.

        Args:
            buildspec: The text of the project.
            source: The folder of the primary input artifact.
            inputs: The folders of the other ones by name.
            variables: The project's variables.
            commit: The revision of the primary input, if it is a repository.
        """
        spec = yaml.safe_load(buildspec)
        assert spec["version"] == 0.2
        environment = self._variables(spec.get("env", {}), variables)
        environment |= {"CODEBUILD_SRC_DIR": str(source), "CODEBUILD_RESOLVED_SOURCE_VERSION": commit}
        environment |= {f"CODEBUILD_SRC_DIR_{name}": str(folder) for name, folder in (inputs or {}).items()}
        self._write("env.sh", "".join(f"export {name}={_quoted(value)}\n" for name, value in environment.items()))
        self._write("dir", str(source))
        outcome = Outcome()
        for name in _PHASES:
            phase = spec["phases"].get(name)
            if not phase:
                continue
            outcome.phases[name] = self._phase(phase, shell=spec["env"]["shell"], outcome=outcome)
            aborts = phase.get("on-failure", "ABORT" if name in {"install", "pre_build"} else "CONTINUE") == "ABORT"
            if not outcome.phases[name] and aborts:
                break
        outcome.exported = self._exported(spec.get("env", {}))
        self._collect(spec, source, outcome)
        return outcome

    def _variables(self, env: Mapping[str, Any], project: Mapping[str, str]) -> dict[str, str]:
        # The project's variables come before those of the buildspec:
        # https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
        stored = {name: self._parameter(parameter) for name, parameter in env.get("parameter-store", {}).items()}
        plain = {name: str(value) for name, value in env.get("variables", {}).items()}
        return {**self._environment, **plain, **stored, **project}

    def _phase(self, phase: Mapping[str, Any], *, shell: str, outcome: Outcome) -> bool:
        succeeded = all(self._command(command, shell, outcome) for command in phase["commands"])
        # All of the block runs, whatever happened before.
        finally_ = [self._command(command, shell, outcome) for command in phase.get("finally", ())]
        return succeeded and all(finally_)

    def _command(self, command: str, shell: str, outcome: Outcome) -> bool:
        self._write("command.sh", command)
        done = subprocess.run(
            [shell, "-c", _RUN],
            env={"HARNESS": str(self._state), "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_MOST_SECONDS,
        )
        outcome.output += done.stdout
        return done.returncode == 0

    def _exported(self, env: Mapping[str, Any]) -> dict[str, str]:
        names = env.get("exported-variables", ())
        shown = subprocess.run(
            ["bash", "-c", '. "$HARNESS/env.sh"; env -0'],  # noqa: S607
            env={"HARNESS": str(self._state), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = dict(item.split("=", 1) for item in shown.split("\0") if item)
        return {name: found[name] for name in names if name in found}

    def _collect(self, spec: Mapping[str, Any], source: Path, outcome: Outcome) -> None:
        artifacts = spec.get("artifacts", {})
        places = dict(artifacts.get("secondary-artifacts", {}))
        if "files" in artifacts:
            places[""] = artifacts
        for identifier, place in places.items():
            outcome.artifacts[identifier] = _files(source, place)
        for group, place in spec.get("reports", {}).items():
            outcome.reports[group] = _files(source, place)

    def _write(self, name: str, text: str) -> None:
        (self._state / name).write_text(text, encoding="utf-8")


def _files(source: Path, place: Mapping[str, Any]) -> dict[str, str]:
    base = source / place.get("base-directory", ".")
    found = {path for pattern in place["files"] for path in base.glob(pattern) if path.is_file()}
    return {path.relative_to(base).as_posix(): path.read_text(encoding="utf-8") for path in sorted(found)}


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
