"""Runs the steps and measures each."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gate.steps import Lane, Stage, Step

# They would reach the make of a step: `make -n gate` would pass without a test.
_OF_THE_CALLING_MAKE: Final = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}


# A process that outlives its step may keep the output open.
_LAST_LINES_SECONDS: Final = 5


class Status(StrEnum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Result:
    """What a step has taken."""

    step: Step
    status: Status = Status.NOT_RUN
    started: float = 0
    """Seconds since the start of the run."""
    seconds: float = 0
    processor_seconds: float = 0
    """Of all its processes: little of it in many seconds is a step that waits, and that others can run beside."""


class Run:
    """One run of the gate."""

    def __init__(self, stages: Sequence[Stage], *, output: TextIO) -> None:
        self._stages = stages
        self._output = output
        self._start = time.monotonic()
        self._results: dict[Step, Result] = {}
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.RLock()  # a signal handler may run while its thread holds the lock
        self.interrupted = False

    @property
    def seconds(self) -> float:
        """How long it has taken until now."""
        return time.monotonic() - self._start

    @property
    def results(self) -> list[Result]:
        """The result of each step, in the order of the steps."""
        steps = [step for stage in self._stages for lane in stage for step in lane]
        return [self._results.get(step, Result(step)) for step in steps]

    def run(self) -> list[Result]:
        """Run the stages until a step fails; what runs beside that one goes on to its end."""
        for stage in self._stages:
            width = max(len(step.name) for lane in stage for step in lane) if len(stage) > 1 else 0
            with ThreadPoolExecutor(len(stage)) as pool:
                list(pool.map(self._run_lane, stage, [width] * len(stage)))
        return self.results

    def interrupt(self) -> None:
        """Start nothing more, and interrupt what runs, as Ctrl-C in a terminal; the second time, kill it."""
        with self._lock:
            number = signal.SIGKILL if self.interrupted else signal.SIGINT
            self.interrupted = True
            for process in self._running:
                with contextlib.suppress(ProcessLookupError):  # it has just ended
                    os.killpg(process.pid, number)

    def _run_lane(self, lane: Lane, width: int) -> None:
        for step in lane:
            self._run_step(step, width)

    def _run_step(self, step: Step, width: int) -> None:
        started, process = self.seconds, self._begin(step)
        if process is None:
            return
        self._print(f"== {step.name} starts" if width else f"\n== {step.name}")
        copied = threading.Thread(
            target=self._copy, args=(process, f"{step.name:{width}} | " if width else ""), daemon=True
        )
        copied.start()
        _, status, usage = os.wait4(process.pid, 0)
        copied.join(_LAST_LINES_SECONDS)
        with self._lock:
            process.returncode = os.waitstatus_to_exitcode(status)
            self._running.discard(process)
        result = self._results[step] = Result(
            step,
            self._status(process.returncode),
            started,
            self.seconds - started,
            usage.ru_utime + usage.ru_stime,
        )
        failed = result.status is Status.FAILED
        if width or result.status is not Status.PASSED:
            self._print(f"== {step.name} {result.status}{f' with exit code {process.returncode}' if failed else ''}")

    def _status(self, code: int) -> Status:
        if code == 0:
            return Status.PASSED
        return Status.INTERRUPTED if self.interrupted else Status.FAILED

    def _begin(self, step: Step) -> subprocess.Popen[str] | None:
        """Start it, unless the run was interrupted or a step has failed."""
        with self._lock:
            if self.interrupted or any(one.status is not Status.PASSED for one in self._results.values()):
                return None
            process = subprocess.Popen(
                step.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={name: value for name, value in os.environ.items() if name not in _OF_THE_CALLING_MAKE},
                text=True,
                encoding="utf-8",
                errors="replace",
                # What it starts is in its process group, and is interrupted with it. And Linux divides processors by
                # sessions: in one with all the other steps it would get as little as a single Terraform does.
                start_new_session=True,
            )
            self._running.add(process)
        return process

    def _copy(self, process: subprocess.Popen[str], prefix: str) -> None:
        with process.stdout or contextlib.nullcontext(()) as lines:
            for line in lines:
                self._print(prefix + line, end="")

    def _print(self, text: str, end: str = "\n") -> None:
        with self._lock:
            print(text, end=end, file=self._output, flush=True)
