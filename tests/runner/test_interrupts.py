"""Ctrl-C says what is being waited for, and speaks of Terraform only while it runs."""

from __future__ import annotations

import io
import os
import signal

from runner.interrupts import obeying_signals
from runner.processes import Processes
from runner.progress import ProgressDisplay


def said(processes: Processes) -> list[str]:
    """What is printed at the first and the second Ctrl-C."""
    err = io.StringIO()
    with ProgressDisplay(io.StringIO(), err, live=False) as progress, obeying_signals(processes, progress):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
    return err.getvalue().splitlines()


def test_where_nothing_runs_nothing_is_waited_for() -> None:
    assert said(Processes()) == ["Stopping.", "Still stopping."]


class Running(Processes):
    """As while a child runs."""

    any_runs = True

    def interrupt(self) -> int:
        super().interrupt()
        return 1


def test_while_terraform_runs_its_end_is_waited_for() -> None:
    first, second = said(Running())
    assert first.startswith("Stopping: Terraform finishes what it has started")
    assert second.startswith("Still stopping. A third Ctrl-C")
