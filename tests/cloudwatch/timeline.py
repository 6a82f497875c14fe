"""What a metric got over time: from each change on the same, so that a long time costs no more than a short one."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.cloudwatch.statistics import merged, statistic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cloudwatch.statistics import Samples


@dataclass(frozen=True)
class Published:
    """What a metric gets from now on."""

    samples: Samples = ()
    """At each time that it is published."""
    every_minutes: int = 1
    """How often it is published."""

    def times(self, start: float, end: float) -> int:
        """How often it is published from `start` until before `end`."""
        return max(math.ceil(end / self.every_minutes) - math.ceil(start / self.every_minutes), 0)


NOTHING = Published()


@dataclass(frozen=True)
class Timeline:
    """One metric. What it got before the first minute, it got for ever."""

    changes: tuple[tuple[int, Published], ...]
    """From which minute on it gets what."""
    _known: dict[tuple[str, tuple[int, ...]], float | None] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of(changes: Sequence[tuple[int, Published]]) -> Timeline:
        """Without the changes that change nothing."""
        kept: list[tuple[int, Published]] = []
        for minute, published in changes:
            if not kept or kept[-1][1] != published:
                kept.append((minute, published))
        return Timeline(tuple(kept))

    @property
    def minutes(self) -> list[int]:
        """When it changes."""
        return [minute for minute, _ in self.changes[1:]]

    @property
    def is_steady(self) -> bool:
        """Whether it is published each minute or never, so that between changes all windows are the same."""
        return all(published.every_minutes == 1 or not published.samples for _, published in self.changes)

    def value(self, name: str, start: int, end: int) -> float | None:
        """A statistic of what it got from `start` until before `end`."""
        if end <= start:
            return None
        minutes = [minute for minute, _ in self.changes]
        first = max(bisect_right(minutes, start) - 1, 0)
        times = [0] * len(self.changes)
        for index in range(first, len(self.changes)):
            minute, published = self.changes[index]
            until = minutes[index + 1] if index + 1 < len(minutes) else end
            begin = start if index == first else minute
            if begin >= end:
                break
            if published.samples:
                times[index] = published.times(begin, min(until, end))
        key = (name, tuple(times))
        if key not in self._known:
            parts = zip((published.samples for _, published in self.changes), times, strict=True)
            self._known[key] = statistic(name, merged(parts))
        return self._known[key]
