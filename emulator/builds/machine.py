"""Runs a buildspec as CodeBuild does, on this machine.

CodeBuild writes each command into a script of its own and carries the exported variables and the folder from one to the
next (`/codebuild/output/tmp/script.sh` is in its messages: https://github.com/aws/aws-cdk/pull/44). So what a command
sets without `export`, `set -e` too, must not be needed by the next one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_MOST_SECONDS: Final = 900.0  # also on a machine that does much else
_POLL_SECONDS: Final = 0.02
_VERSION: Final = 0.2
PHASES: Final = ("install", "pre_build", "build", "post_build")
_RUN: Final = """. "$HARNESS/env.sh"
cd "$(cat "$HARNESS/dir")"
trap 'export -p >"$HARNESS/env.sh"; pwd >"$HARNESS/dir"' EXIT
. "$HARNESS/command.sh"
"""


class BuildspecError(Exception):
    """A buildspec that CodeBuild does not accept."""


@dataclass
class Outcome:
    """What a build has left."""

    phases: dict[str, bool] = field(default_factory=dict)
    """Whether each phase that ran was successful."""
    problem: str = ""
    """The first command that failed, in CodeBuild's words."""
    output: str = ""
    exported: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, Path]] = field(default_factory=dict)
    """The files by their path in the artifact, by its identifier; `""` is the primary one."""
    report_files: dict[str, dict[str, Path]] = field(default_factory=dict)
    """The same for report groups."""

    @property
    def succeeded(self) -> bool:
        """Whether all phases were successful."""
        return all(self.phases.values())

    @property
    def errors(self) -> list[str]:
        """What the steps say that is wrong."""
        return [line for line in self.output.splitlines() if line.startswith("error: ")]

    @property
    def artifacts(self) -> dict[str, dict[str, str]]:
        """The texts of the files of the artifacts."""
        return {name: _texts(files) for name, files in self.files.items()}

    @property
    def reports(self) -> dict[str, dict[str, str]]:
        """The texts of the files of the reports."""
        return {name: _texts(files) for name, files in self.report_files.items()}


def read_buildspec(text: str) -> dict[str, Any]:
    """Parse a buildspec.

    Raises:
        BuildspecError: It is not YAML, or of another version.
    """
    try:
        spec = yaml.safe_load(text)
    except yaml.YAMLError as error:
        message = f"YAML_FILE_ERROR: {error}"
        raise BuildspecError(message) from error
    if not isinstance(spec, dict) or spec.get("version") != _VERSION or not isinstance(spec.get("phases"), dict):
        message = f"YAML_FILE_ERROR: the buildspec must have the version {_VERSION} and phases"
        raise BuildspecError(message)
    return spec


class Machine:
    """A machine that builds."""

    def __init__(
        self,
        folder: Path,
        *,
        environment: Mapping[str, str],
        parameter: Callable[[str], str],
        secret: Callable[[str], str] | None = None,
        stopped: threading.Event | None = None,
    ) -> None:
        """Prepare it.

        Args:
            folder: It may write there.
            environment: The machine's own variables.
            parameter: Reads Parameter Store.
            secret: Reads Secrets Manager.
            stopped: Set to end it early.
        """
        folder.mkdir(parents=True)
        self._state = folder
        self._environment = dict(environment)
        self._parameter = parameter
        self._secret = secret or parameter
        self._stopped = stopped or threading.Event()

    def run(
        self,
        buildspec: str,
        *,
        source: Path,
        inputs: Mapping[str, Path] | None = None,
        variables: Mapping[str, str],
        commit: str = "",
        begin: Callable[[str], None] = lambda _: None,
        end: Callable[[str, Outcome], None] = lambda *_: None,
        line: Callable[[str], None] = lambda _: None,
    ) -> Outcome:
        """Run all phases.

        Args:
            buildspec: The text of the project.
            source: The folder of the primary input artifact.
            inputs: The folders of the other ones by name.
            variables: The project's variables.
            commit: The revision of the primary input, if it is a repository.
            begin: Called when a phase begins.
            end: Called when a phase has ended.
            line: Called with each line of the output.

        Raises:
            BuildspecError: The buildspec is not valid.
        """
        spec = read_buildspec(buildspec)
        env = spec.get("env") or {}
        environment = self._variables(env, variables)
        environment |= {"CODEBUILD_SRC_DIR": str(source), "CODEBUILD_RESOLVED_SOURCE_VERSION": commit}
        environment |= {f"CODEBUILD_SRC_DIR_{name}": str(folder) for name, folder in (inputs or {}).items()}
        self._write("env.sh", "".join(f"export {name}={_quoted(value)}\n" for name, value in environment.items()))
        self._write("dir", str(source))
        outcome = Outcome()
        shell = str(env.get("shell") or "sh")
        for name in PHASES:
            phase = spec["phases"].get(name)
            if not phase:
                continue
            begin(name)
            outcome.phases[name] = self._phase(phase, shell=shell, outcome=outcome, line=line)
            end(name, outcome)
            aborts = phase.get("on-failure", "ABORT" if name in {"install", "pre_build"} else "CONTINUE") == "ABORT"
            if self._stopped.is_set() or (not outcome.phases[name] and aborts):
                break
        outcome.exported = self._exported(env)
        self._collect(spec, source, outcome)
        return outcome

    def _variables(self, env: Mapping[str, Any], project: Mapping[str, str]) -> dict[str, str]:
        # The project's variables come before those of the buildspec:
        # https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
        stored = {name: self._parameter(parameter) for name, parameter in (env.get("parameter-store") or {}).items()}
        secrets = {name: self._secret(secret) for name, secret in (env.get("secrets-manager") or {}).items()}
        plain = {name: str(value) for name, value in (env.get("variables") or {}).items()}
        return {**self._environment, **plain, **stored, **secrets, **project}

    def _phase(self, phase: Mapping[str, Any], *, shell: str, outcome: Outcome, line: Callable[[str], None]) -> bool:
        succeeded = all(self._command(command, shell, outcome, line) for command in phase.get("commands") or ())
        # All of the block runs, whatever happened before.
        finally_ = [self._command(command, shell, outcome, line) for command in phase.get("finally") or ()]
        return succeeded and all(finally_)

    def _command(self, command: str, shell: str, outcome: Outcome, line: Callable[[str], None]) -> bool:
        if self._stopped.is_set():
            return False
        self._write("command.sh", command)
        process = subprocess.Popen(
            [shell, "-c", _RUN],
            env={"HARNESS": str(self._state), "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        with process:
            threading.Thread(target=self._watch, args=(process,), name="build", daemon=True).start()
            for text in process.stdout or ():
                outcome.output += text
                line(text.rstrip("\n"))
        if process.returncode and not outcome.problem:
            # As https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html has it.
            outcome.problem = (
                f"COMMAND_EXECUTION_ERROR: Error while executing command: {command.strip()}. "
                f"Reason: exit status {process.returncode}"
            )
        return process.returncode == 0

    def _watch(self, process: subprocess.Popen[str]) -> None:
        """End a command, with all that it has started, when the build is stopped or it takes too long."""
        end = time.monotonic() + _MOST_SECONDS
        while process.poll() is None:
            if self._stopped.wait(_POLL_SECONDS) or time.monotonic() > end:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                return

    def _exported(self, env: Mapping[str, Any]) -> dict[str, str]:
        names = env.get("exported-variables", ())
        shown = subprocess.run(
            ["bash", "-c", '. "$HARNESS/env.sh"; env -0'],  # noqa: S607
            env={"HARNESS": str(self._state), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=True,
        ).stdout
        found = dict(item.split("=", 1) for item in shown.split("\0") if item)
        return {name: found[name] for name in names if name in found}

    def _collect(self, spec: Mapping[str, Any], source: Path, outcome: Outcome) -> None:
        artifacts = spec.get("artifacts") or {}
        places = dict(artifacts.get("secondary-artifacts") or {})
        if "files" in artifacts:
            places[""] = artifacts
        for identifier, place in places.items():
            outcome.files[identifier] = _files(source, place)
        for group, place in (spec.get("reports") or {}).items():
            outcome.report_files[group] = _files(source, place)

    def _write(self, name: str, text: str) -> None:
        (self._state / name).write_text(text, encoding="utf-8")


def _files(source: Path, place: Mapping[str, Any]) -> dict[str, Path]:
    base = source / place.get("base-directory", ".")
    found = {path for pattern in place["files"] for path in base.glob(pattern) if path.is_file()}
    return {path.relative_to(base).as_posix(): path for path in sorted(found)}


def _texts(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: path.read_text(encoding="utf-8") for name, path in files.items()}


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
