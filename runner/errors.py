"""The exception whose text is shown to the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import ToldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runner.events import Diagnostic

OK = 0
FAILED = 1  # Terraform failed
REFUSED = 2  # wrong usage, or the runner refuses
INTERRUPTED = 130  # what a shell gives for Ctrl-C


class RunnerError(ToldError):
    """What went wrong (`message`), what to do about it (`remedy`), and the process's exit code."""

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        exit_code: int = REFUSED,
        diagnostics: Sequence[Diagnostic] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.exit_code = exit_code
        self.diagnostics = tuple(diagnostics)

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message
