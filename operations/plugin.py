"""AWS's session-manager-plugin, which carries the bytes of a session; AWS distributes it, no package index does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol

from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

_NAME: Final = "session-manager-plugin"
_PAGE: Final = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
)
_RESPONSE: Final = "AWS_SSM_START_SESSION_RESPONSE"
_GRACE_SECONDS: Final = 5
"""The plugin may take so long to end its session."""
_LAST_WITHOUT_VARIABLE: Final = (1, 2, 497, 0)
"""Later versions take the token from a variable, so that it is in no list of processes.

https://github.com/aws/aws-cli/blob/develop/awscli/customizations/sessionmanager.py
"""


class Forwarder(Protocol):
    """Carries the bytes of a session until it ends."""

    def __call__(self, answer: Mapping[str, Any], request: Mapping[str, Any], *, region: str, endpoint: str) -> int:
        """Run until the session ends; return the exit code.

        Args:
            answer: What StartSession answered.
            request: What it was asked for.
            region: Of the session.
            endpoint: URL of Systems Manager there.
        """


def find_plugin() -> Forwarder:
    """The plugin on PATH.

    Raises:
        RunnerError: There is none.
    """
    path = shutil.which(_NAME)
    if path is None:
        message = f"`{_NAME}` is not on PATH, and a tunnel needs it."
        raise RunnerError(message, f"Install it, then repeat: {_PAGE}")

    def forward(answer: Mapping[str, Any], request: Mapping[str, Any], *, region: str, endpoint: str) -> int:
        token = json.dumps({name: answer[name] for name in ("SessionId", "TokenValue", "StreamUrl")})
        environ = dict(os.environ)
        if _version(path) > _LAST_WITHOUT_VARIABLE:
            environ[_RESPONSE], token = token, _RESPONSE
        # The last but one without a profile: the plugin calls AWS with the same credentials, of variables or files.
        profile = os.environ.get("AWS_PROFILE", "")
        command = [path, token, region, "StartSession", profile, json.dumps(request), endpoint]
        return _run(command, environ)

    return forward


def _version(path: str) -> tuple[int, ...]:
    """The version of the plugin; () if it does not say, which is older than any."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
        return tuple(int(part) for part in said.strip().split("."))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ()


def _run(command: list[str], environ: Mapping[str, str]) -> int:
    """Run it until it ends. Ctrl-C is for the plugin, which then ends the session; another signal ends the plugin."""
    interrupted = False

    def remember(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True

    with subprocess.Popen(command, env=environ) as process:
        before = signal.signal(signal.SIGINT, remember)
        try:
            code = process.wait()
        finally:
            signal.signal(signal.SIGINT, before)
            if process.poll() is None:
                _end(process)
    return 0 if interrupted else code


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the plugin, also one that does not obey: the tunnel is closed only afterwards."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        try:
            process.wait(_GRACE_SECONDS)
        finally:
            process.kill()  # of a process that has ended it does nothing
