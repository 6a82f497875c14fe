"""Runs child processes, waits until each has ended, and interrupts them as Terraform expects."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from runner.errors import INTERRUPTED, RunnerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_POLL_SECONDS: Final = 0.05
_OF_A_SIGNAL: Final = 128


@dataclass(frozen=True)
class Start:
    """What to start. `descriptors` are the open files that it gets besides its input and output."""

    command: Sequence[str]
    environ: Mapping[str, str]
    descriptors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Completed:
    """The exit code and the output of a child process."""

    code: int
    stdout: str
    stderr: str

    @property
    def signal(self) -> int:
        """The number of the signal that has ended it, or what a shell script before it has started; 0 if none has."""
        return _signal(self.code)


def _signal(code: int) -> int:
    # https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html
    return -code if code < 0 else max(code - _OF_A_SIGNAL, 0)


class Processes:
    """Starts each child in its own session: the terminal's Ctrl-C reaches it once, through this class.

    Terraform stops gracefully at the first interrupt: it finishes what it has started, writes its state and
    releases its lock. At a second one it stops at once.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal handler may run while its thread holds the lock
        self._running: set[subprocess.Popen[str]] = set()
        self._held: set[subprocess.Popen[str]] = set()
        self._not_ready: set[subprocess.Popen[str]] = set()
        self._interrupted = threading.Event()

    @property
    def interrupted(self) -> bool:
        """Whether there was an interrupt: nothing more is started then."""
        return self._interrupted.is_set()

    @property
    def any_runs(self) -> bool:
        """Whether a child has not ended yet."""
        with self._lock:
            return bool(self._running)

    def interrupt(self) -> int:
        """Interrupt every child once and start no more; return how many are running.

        A second call interrupts again, and does not wait until a child is ready.
        """
        with self._lock:
            first = not self.interrupted
            self._interrupted.set()
            for process in self._running:
                if first and process in self._not_ready:
                    self._held.add(process)
                elif process.poll() is None:
                    process.send_signal(signal.SIGINT)
            return len(self._running)

    def wait_for_interrupt(self) -> None:
        """Return when there is an interrupt."""
        self._interrupted.wait()

    def _became_ready(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self._not_ready.discard(process)
            if process in self._held:
                self._held.discard(process)
                process.send_signal(signal.SIGINT)

    def capture(self, start: Start, *, cwd: Path | None = None) -> Completed:
        """Run to the end and return what it printed."""
        process = self._start(start, cwd=cwd, stderr=subprocess.PIPE)
        try:
            stdout, stderr = process.communicate()
        finally:
            self._end(process)
        return Completed(process.returncode, stdout, stderr)

    def stream(
        self,
        start: Start,
        *,
        log: TextIO,
        on_line: Callable[[str], None],
        cwd: Path | None = None,
        ready: Callable[[], bool] | None = None,
    ) -> Completed:
        """Run to the end; both output streams go into the log, and each line of them is passed to `on_line`.

        The child writes the log itself: with a pipe to this process it would die when this process is killed, and
        what Terraform created but did not yet record would be lost.

        An interrupt is held back until `ready`: between its start and its first resource, `terraform apply`
        says that it has received one and then still applies everything.
        """
        with Path(log.name).open(encoding="utf-8", errors="replace") as written:
            written.seek(0, os.SEEK_END)
            process = self._start(start, cwd=cwd, stdout=log, stderr=subprocess.STDOUT, ready=ready is None)
            lines: list[str] = []
            try:
                for line in _lines_until_end(written, process):
                    lines.append(line)
                    on_line(line)
                    if ready and process in self._not_ready and ready():
                        self._became_ready(process)
            finally:
                self._end(process)
        return Completed(process.returncode, "".join(lines), "")

    def _start(
        self,
        start: Start,
        *,
        cwd: Path | None,
        stdout: int | TextIO = subprocess.PIPE,
        stderr: int,
        ready: bool = True,
    ) -> subprocess.Popen[str]:
        with self._lock:
            if self.interrupted:
                message = "Interrupted."
                raise RunnerError(message, exit_code=INTERRUPTED)
            process = subprocess.Popen(
                list(start.command),
                cwd=cwd,
                env=dict(start.environ),
                pass_fds=start.descriptors,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
            self._running.add(process)
            if not ready:
                self._not_ready.add(process)
        return process

    def _end(self, process: subprocess.Popen[str]) -> None:
        """Wait for the child; after an error, interrupt it first. What it started ends with it if it was killed."""
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()
        if _signal(process.returncode):  # a provider of Terraform would wait for it for ever
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        if process.stdout:
            process.stdout.close()
        if process.stderr:
            process.stderr.close()
        with self._lock:
            for group in (self._running, self._not_ready, self._held):
                group.discard(process)


def _lines_until_end(written: TextIO, process: subprocess.Popen[str]) -> Iterator[str]:
    """The whole lines of a file that a process writes, until the process has ended and all is read."""
    part = ""
    while True:
        ended = process.poll() is not None  # before reading: what is written later is read in the next round
        while text := written.readline():
            part += text
            if part.endswith("\n"):
                yield part
                part = ""
        if ended:
            break
        time.sleep(_POLL_SECONDS)
    if part:
        yield part
