"""Calls of other programs, and the one line with which a step ends that cannot be done."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# As the AWS CLI names it: "An error occurred (ScanNotFoundException) when calling the .. operation: .."
_AWS_ERROR: Final = re.compile(r"An error occurred \((\w+)\)")
_FOR_PAGERS: Final = {"AWS_PAGER": ""}  # version 2 of the AWS CLI would wait for a key


class StepError(Exception):
    """What stops a step: its text says what is wrong, and what to do."""


class CommandError(StepError):
    """A program failed; `code` is AWS's name of the error, or empty."""

    def __init__(self, command: tuple[str, ...], output: str) -> None:
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        super().__init__(f"`{' '.join(command[:3])}` failed: {lines[-1] if lines else 'it printed nothing'}")
        found = _AWS_ERROR.search(output)
        self.code = found[1] if found else ""


def main(step: Callable[[], None]) -> None:
    """Run a step; one that fails ends the process with one line, and no traceback."""
    try:
        step()
    except StepError as error:
        sys.exit(f"error: {error}")


def variable(name: str, default: str | None = None) -> str:
    """The value of an environment variable, which the project or the pipeline sets."""
    value = os.environ.get(name) or default
    if value is None:
        message = f"the variable {name} is not set, which the layer `delivery` does; apply that layer again"
        raise StepError(message)
    return value


def number(name: str, default: float) -> float:
    """A variable with a number."""
    text = variable(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1
    if value < 0:
        message = f"the variable {name} is {text!r}; it must be a number of 0 or more"
        raise StepError(message)
    return value


def run(*command: str, text: str | None = None) -> str:
    """The output of a program; `text` is its input.

    Raises:
        CommandError: It failed; its last line is in the message.
    """
    program = shutil.which(command[0])
    if not program:
        message = f"`{command[0]}` is not installed; use an image of CodeBuild that has it"
        raise StepError(message)
    done = subprocess.run(
        [program, *command[1:]],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **_FOR_PAGERS},
    )
    if done.returncode:
        raise CommandError(command, done.stderr or done.stdout)
    return done.stdout


def aws(*arguments: str) -> Any:  # noqa: ANN401 (the answers of AWS have no types)
    """The answer of a call of the AWS CLI; every page of it."""
    output = run("aws", *arguments, "--output", "json")
    return json.loads(output) if output.strip() else None
