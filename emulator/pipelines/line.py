"""The stages of a pipeline as its executions pass them: one at a time, in the order of their arrival."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from emulator.pipelines.execution import ROLLBACK, SUPERSEDED, Execution
from emulator.store import Kind

_QUEUED: Final = "QUEUED"
_PARALLEL: Final = "PARALLEL"


@dataclass
class Gate:
    """The entry of a stage; the caller has the lock."""

    inside: Execution | None = None
    waiting: list[Execution] = field(default_factory=list)
    latest: Execution | None = None
    """The execution that was in the stage the last time."""
    disabled_reason: str | None = None
    """None as long as executions may enter."""

    def may_enter(self, execution: Execution) -> bool:
        """Whether it is the turn of an execution.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
        """
        if execution.mode == _PARALLEL:
            return True
        if self.inside is not None or self.disabled_reason is not None:
            return False
        return self.waiting[:1] == [execution]

    def wait(self, execution: Execution) -> None:
        """Wait for the entry; without a queue, an execution replaces one that came before it and still waits."""
        if execution.kind == ROLLBACK:
            self.waiting.insert(0, execution)
            return
        if execution.mode == SUPERSEDED.upper():
            for older in [one for one in self.waiting if one.kind != ROLLBACK]:
                older.change(SUPERSEDED)
                older.stopped.set()
                self.waiting.remove(older)
        self.waiting.append(execution)

    def enter(self, execution: Execution) -> None:
        """Enter the stage."""
        self.waiting.remove(execution)
        self.inside = self.latest = execution

    def leave(self, execution: Execution) -> None:
        """Leave the stage, or its entry."""
        if execution in self.waiting:
            self.waiting.remove(execution)
        if self.inside is execution:
            self.inside = None


@dataclass
class Line:
    """The entries of all stages by name."""

    gates: dict[str, Gate] = field(default_factory=dict)

    def gate(self, stage: str) -> Gate:
        """The entry of a stage."""
        return self.gates.setdefault(stage, Gate())


LINES: Kind[Line] = Kind("pipeline line", missing="PipelineNotFoundException")
