from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from acceptance import synthesis
from runner.errors import INTERRUPTED, RunnerError
from runner.processes import Completed, Processes
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path


class Ended(Processes):
    """Its child has ended as given, with or without Ctrl-C."""

    def __init__(self, code: int, stderr: str, *, by_interrupt: bool) -> None:
        super().__init__()
        self._completed, self._by_interrupt = Completed(code, "", stderr), by_interrupt

    def capture(self, *_: Any, **__: Any) -> Completed:
        if self._by_interrupt:
            self.interrupt()
        return self._completed


def test_an_interrupt_is_reported_without_the_traceback_of_the_child(tmp_path: Path) -> None:
    processes = Ended(-2, "Traceback (most recent call last): ...\nKeyboardInterrupt", by_interrupt=True)
    with pytest.raises(RunnerError) as raised:
        synthesis.write(tmp_path, FOLDER, ["dev"], processes)
    assert (str(raised.value), raised.value.exit_code) == ("Interrupted.", INTERRUPTED)


def test_a_child_that_ended_in_time_does_not_hide_the_interrupt(tmp_path: Path) -> None:
    with pytest.raises(RunnerError, match="Interrupted"):
        synthesis.write(tmp_path, FOLDER, ["dev"], Ended(0, "", by_interrupt=True))


def test_a_refusal_is_reported_in_the_words_of_synthesis(tmp_path: Path) -> None:
    with pytest.raises(RunnerError) as raised:
        synthesis.write(tmp_path, FOLDER, ["dev"], Ended(2, "environments/dev.toml: no\n", by_interrupt=False))
    assert (str(raised.value), raised.value.exit_code) == ("environments/dev.toml: no", 2)
