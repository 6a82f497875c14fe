"""Calls a Lambda function of an environment by the AWS CLI, with the credentials of the shell.

So it needs no AWS library. `make sleep`, `make wake` and `make rotate` call functions.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_START_SECONDS: Final = 30
"""What the AWS CLI itself may take, besides the call."""


class UnreachableError(Exception):
    """The function cannot be called; the message says why."""


class NotAppliedError(Exception):
    """The function does not exist (yet)."""


class FunctionFailedError(Exception):
    """The function was called and failed: the class of its exception (`kind`) and its message (`reason`)."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


def call_function(name: str, event: Mapping[str, object], *, region: str, seconds: int) -> dict[str, Any]:
    """What the function answers.

    Args:
        name: Name of the function.
        event: What it gets.
        region: Where it is.
        seconds: The longest time that one call may take.

    Raises:
        NotAppliedError: There is no such function.
        UnreachableError: There is no AWS CLI, or AWS refused.
        FunctionFailedError: The function failed.
    """
    aws = shutil.which("aws")
    if aws is None:
        message = "`aws` is not on PATH: install the AWS CLI, version 2"
        raise UnreachableError(message)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [
            *(aws, "lambda", "invoke", "--region", region, "--function-name", name),
            *("--cli-binary-format", "raw-in-base64-out", "--payload", json.dumps(event)),
            # Its default is 60, after which it calls the function again while the first call still runs:
            # https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
            *("--cli-read-timeout", str(seconds)),
            *("--output", "json", str(answer)),
        ]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=seconds + _START_SECONDS,
                check=True,
            )
            failed = "FunctionError" in json.loads(done.stdout)
            told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        except subprocess.CalledProcessError as error:
            lines = error.stderr.strip().splitlines() or [str(error)]
            if "ResourceNotFoundException" in error.stderr:
                raise NotAppliedError(lines[-1]) from None
            raise UnreachableError(lines[-1]) from None
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise UnreachableError(str(error)) from None
    if failed:
        raise FunctionFailedError(str(told.get("errorType", "")), str(told.get("errorMessage", told)))
    return told
