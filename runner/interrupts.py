"""What Ctrl-C, SIGTERM and SIGHUP do while Terraform runs."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from runner.processes import Processes
    from runner.progress import ProgressDisplay


@contextmanager
def obeying_signals(processes: Processes, progress: ProgressDisplay) -> Iterator[None]:
    """First Ctrl-C: stop gracefully. Second: say what is being waited for. Third: Terraform stops at once."""
    count = 0

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        if count == 1:
            running = processes.interrupt()
            text = "Stopping: Terraform finishes what it has started, writes its state and releases its lock."
            if not running:
                text = "Stopping."
        elif count == 2:  # noqa: PLR2004 - the second time, as the docstring says
            text = "Still stopping. A third Ctrl-C stops at once: the state will lack what is being created."
            if not processes.any_runs:
                text = "Still stopping."
        else:
            processes.interrupt()
            text = "Stopped at once."
        progress.warn(text)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
