"""A way through the platform: steps, and what leads from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import TopologicalSorter


@dataclass(frozen=True, kw_only=True)
class Step:
    """One place on a way."""

    id: str
    title: str
    label: str
    """What it is, in a few words."""
    box: str = ""
    """The id of its box; empty for what is outside of the platform."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What leads from one step to another one."""

    start: str
    end: str
    texts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that is said of it, in a line."""
        return ", ".join(self.texts)


@dataclass
class Flow:
    """A way, which can fork and join."""

    steps: dict[str, Step] = field(default_factory=dict)
    passages: dict[tuple[str, str], Passage] = field(default_factory=dict)

    def add(self, step: Step) -> Step:
        """Add a step, once."""
        return self.steps.setdefault(step.id, step)

    def lead(self, start: Step, end: Step, *texts: str) -> None:
        """Say that one step leads to another; what is said of it is collected."""
        before = self.passages.get((start.id, end.id))
        said = dict.fromkeys((*(before.texts if before else ()), *filter(None, texts)))
        self.passages[start.id, end.id] = Passage(start=start.id, end=end.id, texts=tuple(said))

    def rows(self) -> list[list[Step]]:
        """The steps by the longest way to each.

        Raises:
            graphlib.CycleError: The way leads back to itself.
        """
        before: dict[str, list[str]] = {id_: [] for id_ in self.steps}
        for start, end in self.passages:
            before[end].append(start)
        rank: dict[str, int] = {}
        for id_ in TopologicalSorter(before).static_order():
            rank[id_] = max((rank[one] + 1 for one in before[id_]), default=0)
        rows: list[list[Step]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
        for id_, step in self.steps.items():
            rows[rank[id_]].append(step)
        return rows

    def in_order(self) -> list[Passage]:
        """What leads on, from the first row down."""
        place = {step.id: number for number, row in enumerate(self.rows()) for step in row}
        return sorted(self.passages.values(), key=lambda one: (place[one.start], place[one.end]))

    @property
    def boxes(self) -> set[str]:
        """The ids of all boxes on the way."""
        return {step.box for step in self.steps.values() if step.box}
