"""An error that is told ends a program with its lines, its status and no traceback, wherever it is raised."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from config.errors import ConfigError, Problem
from console import program
from runner.errors import RunnerError
from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from console.errors import ToldError


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (ConfigError(Problem(key="a", allowed="is missing"), Problem(key="b", allowed="is missing")), 2, 2),
        (RunnerError("what", "remedy", exit_code=1), 1, 2),
        (OutputError("what", "remedy"), 2, 2),
    ],
)
def test_the_lines_are_told(error: ToldError, code: int, lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise error

    printed = io.StringIO()
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", printed)
    with pytest.raises(SystemExit) as ended:
        program.run(fail)
    assert (ended.value.code, printed.getvalue()) == (code, f"{error}\n")
    assert len(str(error).splitlines()) == lines
