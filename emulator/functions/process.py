"""One call of a function: the process that runs it, its answer and its log."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3

if TYPE_CHECKING:
    from collections.abc import Mapping

_HARNESS: Final = Path(__file__).parent / "harness.py"
_PACKAGES: Final = str(Path(boto3.__file__).parents[1])
# AWS allows ten; this machine may be busy, and AWS does not count it to the function's timeout either:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
_LOAD_SECONDS: Final = 120
_END_SECONDS: Final = 2


@dataclass(frozen=True)
class Outcome:
    """What a call has left."""

    payload: bytes
    failed: bool
    log: str
    seconds: float


class Processes:
    """The calls that run."""

    def __init__(self) -> None:
        """Run none."""
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()

    def run(self, call: Mapping[str, Any], environment: Mapping[str, str], timeout: float) -> Outcome:
        """Run a call until it answers, fails, or takes too long.

        Args:
            call: What the harness reads.
            environment: All environment variables of the process.
            timeout: Seconds that the handler may take.
        """
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb", buffering=0) as answers:
            try:
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-B", "-u", str(_HARNESS)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    cwd=call["code"],
                    env=dict(environment),
                    pass_fds=(writing,),
                    start_new_session=True,
                )
            finally:
                os.close(writing)
            with self._lock:
                self._running.add(process)
            sent = {**call, "pipe": writing, "packages": _PACKAGES}
            try:
                with process:
                    return _converse(process, sent, answers.fileno(), timeout)
            finally:
                with self._lock:
                    self._running.discard(process)

    def stop(self) -> None:
        """End all calls."""
        with self._lock:
            running = list(self._running)
        for process in running:
            _kill(process)


PROCESSES: Final = Processes()


def _converse(process: subprocess.Popen[bytes], call: Mapping[str, Any], answers: int, timeout: float) -> Outcome:
    log = bytearray()
    reader = threading.Thread(target=_drain, args=(process, log), name="function log", daemon=True)
    reader.start()
    started = time.monotonic()
    if process.stdin:
        # It stays open: the process ends itself when this one is gone.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(call).encode() + b"\n")
            process.stdin.flush()
    told = _read(answers, _LOAD_SECONDS, until=b"\n")
    if told.startswith(b"loaded\n"):
        started = time.monotonic()
        told += _read(answers, timeout)
    seconds = time.monotonic() - started
    text = told.removeprefix(b"loaded\n").decode()
    late = not text and process.poll() is None and seconds >= min(timeout, _LOAD_SECONDS)
    if not late:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
    _kill(process)
    reader.join()
    if not text:
        # It ended without an answer, or was ended.
        problem = _timeout(timeout) if late else _exit(process.returncode)
        return _failure(call["request"], problem, bytes(log).decode(errors="replace"), seconds)
    return _outcome(json.loads(text), bytes(log).decode(errors="replace"), seconds)


def _drain(process: subprocess.Popen[bytes], log: bytearray) -> None:
    """Read what the process prints, also if it prints more than a pipe holds."""
    while process.stdout and (part := process.stdout.read1()):  # type: ignore[attr-defined]
        log += part


def _outcome(told: dict[str, Any], log: str, seconds: float) -> Outcome:
    if "error" in told:
        return Outcome(json.dumps(told["error"]).encode(), failed=True, log=log, seconds=seconds)
    return Outcome(told["payload"].encode(), failed=False, log=log, seconds=seconds)


def _timeout(seconds: float) -> tuple[str, str]:
    return "Sandbox.Timedout", f"Task timed out after {seconds:.2f} seconds"


def _exit(code: int) -> tuple[str, str]:
    how = f"exit status {code}" if code >= 0 else f"signal: {signal.Signals(-code).name.removeprefix('SIG').lower()}"
    return "Runtime.ExitError", f"Runtime exited with error: {how}"


def _failure(request: str, problem: tuple[str, str], log: str, seconds: float) -> Outcome:
    """Return what Lambda answers for code that did not."""
    kind, message = problem
    error = {"errorType": kind, "errorMessage": f"RequestId: {request} Error: {message}"}
    return Outcome(json.dumps(error).encode(), failed=True, log=f"{log}{error['errorMessage']}\n", seconds=seconds)


def _read(pipe: int, seconds: float, *, until: bytes = b"") -> bytes:
    """Read until the end or the given byte, for that long."""
    read = bytearray()
    deadline = time.monotonic() + seconds
    poll = select.poll()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    while (left := deadline - time.monotonic()) > 0:
        if not poll.poll(left * 1000):
            break
        part = os.read(pipe, 1 << 16)
        read += part
        if not part or (until and until in part):
            break
    return bytes(read)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it with everything that it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
