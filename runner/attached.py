"""Becomes a Terraform command that finds its provider running. A program of its own, started by `runner.provider`.

For one plan Terraform starts the provider three times: for its schema, to check the configuration, and to plan. Here it
is started once, and the command connects to it by `TF_REATTACH_PROVIDERS`:
https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode

Three processes: this one becomes Terraform, so signals, output and exit code are Terraform's own. Before that it starts
the keeper (`main` without arguments), which starts the provider, and ends it once Terraform has ended: also after a
`kill -9` of Terraform or of the runner. Without a provider that is ready, Terraform starts its own, as always.

Imports nothing of this package and no site-packages, to start within 30 ms.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VARIABLE = "RUNNER_ATTACHED"
_REATTACH = "TF_REATTACH_PROVIDERS"
_POLL_SECONDS = 0.02
_START_SECONDS = 60
_LONGEST_FOLDER = 60  # of 104 characters that macOS allows for a socket's path; the rest are the provider's


def main(arguments: list[str]) -> None:
    """Become the command; without one, be the keeper."""
    settings = json.loads(os.environ.pop(VARIABLE))
    if arguments:
        _become(arguments, settings)
    else:
        _keep(settings)


def _become(command: list[str], settings: dict[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's handler would print where it was interrupted
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and Terraform would inherit that
    printed = _start_keeper(settings)
    os.set_inheritable(settings["done"], False)
    if settings["address"] in (json.loads(printed) if printed else {}):
        os.environ[_REATTACH] = printed
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


def _start_keeper(settings: dict[str, Any]) -> str:
    """Start it, and return what Terraform needs to connect; empty if the provider did not start."""
    reading, writing = os.pipe()
    done = settings["done"]
    environ = {**os.environ, VARIABLE: json.dumps({**settings, "ready": writing, "terraform": os.getpid()})}
    subprocess.Popen(
        [sys.executable, "-IS", __file__],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(writing, done),
        start_new_session=True,  # what is sent to the group of Terraform must not end it before Terraform
    )
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answers:
        return answers.read()


def _keep(settings: dict[str, Any]) -> None:
    """Start the provider, wait for Terraform's end, end the provider."""
    terraform, ready, done = settings["terraform"], settings["ready"], settings["done"]
    base = tempfile.gettempdir()
    folder = tempfile.mkdtemp(prefix="tf-", dir=base if len(base) <= _LONGEST_FOLDER else "/tmp")  # noqa: S108
    try:
        printed = os.path.join(folder, "printed")  # noqa: PTH118 - pathlib takes 10 ms to import
        with open(printed, "wb") as output, open(settings["log"], "wb") as log:  # noqa: PTH123
            provider = subprocess.Popen(
                [settings["program"], "-debug"],
                env=_environment(folder),
                cwd=settings["folder"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                start_new_session=True,  # it would stop at the interrupt that Terraform finishes its work after
            )
        os.write(ready, _wait_for_address(provider, printed, terraform).encode())
        os.close(ready)
        while os.getppid() == terraform and provider.poll() is None:
            time.sleep(_POLL_SECONDS)
        code = provider.poll()
        if code is None:
            provider.kill()
            provider.wait()
        else:
            os.write(done, f"exit code {code}".encode())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: str) -> dict[str, str]:
    """Terraform's own, but the provider's log is off: it holds what is sent to AWS, and nobody reads it."""
    return {**os.environ, "PLUGIN_UNIX_SOCKET_DIR": folder, "TF_LOG_SDK": "off", "TF_LOG_PROVIDER_AWS": "off"}


def _wait_for_address(provider: subprocess.Popen[bytes], printed: str, terraform: int) -> str:
    """Return the JSON that the provider prints between quotes; empty if it does not."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and provider.poll() is None and os.getppid() == terraform:
        with open(printed, encoding="utf-8") as output:  # noqa: PTH123
            _, found, rest = output.read().partition(f"{_REATTACH}='")
        if found and "'\n" in rest:
            return rest.partition("'\n")[0]
        time.sleep(_POLL_SECONDS)
    return ""


if __name__ == "__main__":
    main(sys.argv[1:])
