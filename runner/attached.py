"""Becomes a Terraform command that finds its provider running. A program of its own, started by `runner.provider`.

For one plan Terraform starts the provider three times: for its schema, to check the configuration, and to plan. Here it
is started once, and the command connects to it by `TF_REATTACH_PROVIDERS`:
https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode

Three processes: this one becomes Terraform, so signals, output and exit code are Terraform's own. Before that it starts
the keeper (`main` without arguments), which starts the provider, and ends it once Terraform has ended: also after a
`kill -9` of Terraform or of the runner. Without a provider that is ready, Terraform starts its own, as always.

It runs twice for each command, so it imports only what is part of the interpreter: that starts in 10 ms instead of 60.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

PROGRAM, ADDRESS, FOLDER, LOG, DONE = (f"ATTACHED_{name}" for name in ("PROGRAM", "ADDRESS", "FOLDER", "LOG", "DONE"))
"""Variables: the provider's program and address, where it works, where its messages go, and a descriptor.

The keeper writes to the descriptor if the provider ends too early, and closes it when everything has ended.
"""
_READY, _TERRAFORM = "ATTACHED_READY", "ATTACHED_TERRAFORM"
REATTACH = "TF_REATTACH_PROVIDERS"
"""Terraform's variable with the addresses of providers that run already."""
_POLL_SECONDS = 0.02
_PR_SET_PDEATHSIG = 1  # https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
_START_SECONDS = 60
_LONGEST_FOLDER = 60  # of 104 characters that macOS allows for a socket's path; the rest are the provider's


def main(arguments: list[str]) -> None:
    """Become the command; without one, be the keeper."""
    names = [name for name in os.environ if name.startswith("ATTACHED_")]
    settings = {name: os.environ.pop(name) for name in names}
    if arguments:
        _become(arguments, settings)
    else:
        _keep(settings)


def _become(command: list[str], settings: dict[str, str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's handler would print where it was interrupted
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and Terraform would inherit that
    reading, writing = os.pipe()
    _start_keeper({**settings, _READY: str(writing), _TERRAFORM: str(os.getpid())})
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answers:
        printed = answers.read()
    os.set_inheritable(int(settings[DONE]), False)
    if printed.startswith(f'{{"{settings[ADDRESS]}":'):
        os.environ[REATTACH] = printed
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


def _start_keeper(settings: dict[str, str]) -> None:
    """In a session of its own: what is sent to the group of Terraform must not end it before Terraform."""
    if os.fork():
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.set_inheritable(int(settings[_READY]), True)
    _exec([sys.executable, "-IS", __file__], {**os.environ, **settings}, (nowhere, nowhere, nowhere))


def _exec(command: list[str], environ: dict[str, str], streams: tuple[int, int, int]) -> None:
    """Become the program, in a new session, with these files as input, output and error output."""
    try:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.execve(command[0], command, environ)  # noqa: S606 - no shell is wanted
    finally:
        os._exit(127)


def _keep(settings: dict[str, str]) -> None:
    """Start the provider, wait for Terraform's end, end the provider."""
    terraform, ready, done = (int(settings[name]) for name in (_TERRAFORM, _READY, DONE))
    for descriptor in (ready, done):
        os.set_inheritable(descriptor, False)
    base = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108
    folder = f"{base if len(base) <= _LONGEST_FOLDER else '/tmp'}/tf-{os.getpid()}"  # noqa: S108
    os.mkdir(folder, 0o700)  # noqa: PTH102 - pathlib takes 10 ms to import; it fails if anything has that name
    try:
        provider = _start_provider(settings, folder)
        os.write(ready, _wait_for_address(provider, folder, terraform).encode())
        os.close(ready)
        _wait_for_end(provider, terraform)
        if provider.runs():
            os.kill(provider.id, signal.SIGKILL)
            os.waitpid(provider.id, 0)
        else:
            os.write(done, f"exit code {provider.code}".encode())
    finally:
        for name in os.listdir(folder):  # noqa: PTH208
            os.unlink(f"{folder}/{name}")  # noqa: PTH108
        os.rmdir(folder)  # noqa: PTH106


def _wait_for_end(provider: _Provider, terraform: int) -> None:
    """Until one of the two has ended."""
    if sys.platform == "linux":
        try:
            ends = [os.pidfd_open(terraform), os.pidfd_open(provider.id)]
        except OSError:  # Linux before 5.3, or Terraform has ended already
            pass
        else:
            if os.getppid() == terraform:  # not another process with its number
                select.select(ends, [], [])
    while provider.runs() and os.getppid() == terraform:
        time.sleep(_POLL_SECONDS)


class _Provider:
    def __init__(self, id_: int) -> None:
        self.id, self.code = id_, 0
        self._ended = False

    def runs(self) -> bool:
        if not self._ended:
            ended, status = os.waitpid(self.id, os.WNOHANG)
            self._ended = bool(ended)
            self.code = os.waitstatus_to_exitcode(status) if ended else 0
        return not self._ended


def _start_provider(settings: dict[str, str], folder: str) -> _Provider:
    """In a session of its own: it would stop at an interrupt, and Terraform finishes what it has begun with it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    streams = (os.open(os.devnull, os.O_RDONLY), os.open(_printed(folder), flags), os.open(settings[LOG], flags, 0o600))
    id_ = os.fork()
    if not id_:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        _end_with_parent()
        os.chdir(settings[FOLDER])
        _exec([settings[PROGRAM], "-debug"], _environment(folder), streams)
    for stream in streams:
        os.close(stream)
    return _Provider(id_)


def _end_with_parent() -> None:
    """Where the system can, end this process with the keeper, also after a `kill -9` of the keeper alone."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - it takes some milliseconds

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _printed(folder: str) -> str:
    return f"{folder}/printed"


def _environment(folder: str) -> dict[str, str]:
    """Terraform's variables, without a log of the provider: it would hold everything that is sent to AWS."""
    return {**os.environ, "PLUGIN_UNIX_SOCKET_DIR": folder, "TF_LOG_SDK": "off", "TF_LOG_PROVIDER_AWS": "off"}


def _wait_for_address(provider: _Provider, folder: str, terraform: int) -> str:
    """Return the JSON that the provider prints between quotes; empty if it does not."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and provider.runs() and os.getppid() == terraform:
        with open(_printed(folder), encoding="utf-8") as output:  # noqa: PTH123
            _, found, rest = output.read().partition(f"{REATTACH}='")
        if found and "'\n" in rest:
            return rest.partition("'\n")[0]
        time.sleep(_POLL_SECONDS)
    return ""


if __name__ == "__main__":
    main(sys.argv[1:])
