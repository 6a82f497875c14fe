"""Measures one run of a program: its wall time, and the peak memory of it and its children together."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console.errors import ToldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SAMPLE_SECONDS: Final = 0.02
_TIMEOUT_SECONDS: Final = 600


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """Cost of one run."""

    seconds: float
    peak_mib: float


class RunFailedError(ToldError):
    """The measured program failed; the message is its output."""


def run(command: Sequence[str], *, cwd: Path, environment: dict[str, str]) -> Measurement:
    """Run `command` and measure it.

    Memory is the resident set summed over the process and all that it started, sampled every 20 ms: shared pages
    count twice, the same for every variant.

    Raises:
        RunFailedError: It did not exit with 0.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    peak = _Peak(process.pid)
    peak.start()
    printed, _ = process.communicate(timeout=_TIMEOUT_SECONDS)
    seconds = time.perf_counter() - started
    peak.stop()
    if process.returncode != 0:
        raise RunFailedError(printed)
    return Measurement(seconds=seconds, peak_mib=peak.bytes / 2**20)


def best_of(runs: Iterable[Measurement]) -> Measurement:
    """The fastest run: other load on the machine can only add to it."""
    return min(runs, key=lambda measurement: measurement.seconds)


class _Peak(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self._pid = pid
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(_SAMPLE_SECONDS):
            self.bytes = max(self.bytes, sum(_resident(pid) for pid in _tree(self._pid)))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        with contextlib.suppress(OSError):  # it, or a thread of it, has ended in between
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in children.read_text(encoding="utf-8").split()]
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
