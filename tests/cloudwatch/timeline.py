"""What a metric got over time: from each change on the same, so that a long time costs no more than a short one."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.cloudwatch.statistics import merged, statistic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.cloudwatch.statistics import Samples


@dataclass(frozen=True)
class Published:
    """What a metric gets from now on."""

    samples: Samples = ()
    """At each time that it is published."""
    every_minutes: int = 1
    """How often it is published."""

    def times(self, start: int, end: int) -> int:
        """How often it is published from `start` until before `end`."""
        if self.every_minutes == 1:
            return max(end - start, 0)
        return max(math.ceil(end / self.every_minutes) - math.ceil(start / self.every_minutes), 0)


NOTHING = Published()


class Timeline:
    """One metric. What it got before the first minute, it got for ever."""

    def __init__(self, changes: Sequence[tuple[int, Published]]) -> None:
        """Keep the changes.

        Args:
            changes: From which minute on it gets what; those that change nothing are left out.
        """
        self._starts: list[int] = []
        self._published: list[Published] = []
        for minute, published in changes:
            if not self._published or self._published[-1] != published:
                self._starts.append(minute)
                self._published.append(published)
        self._of_one: dict[tuple[str, int, int], float | None] = {}
        self._of_window: dict[tuple[str, int, int], float | None] = {}

    @property
    def minutes(self) -> list[int]:
        """When it changes."""
        return self._starts[1:]

    @property
    def first(self) -> Published:
        """What it gets in the first minute, and got before."""
        return self._published[0]

    @property
    def intervals(self) -> set[int]:
        """Every how many minutes it is published, whenever that is not each minute or never."""
        return {one.every_minutes for one in self._published if one.every_minutes > 1 and one.samples}

    def value(self, name: str, start: int, end: int) -> float | None:
        """A statistic of what it got from `start` until before `end`."""
        if end <= start:
            return None
        index = max(bisect_right(self._starts, start) - 1, 0)
        if index + 1 == len(self._starts) or self._starts[index + 1] >= end:
            published = self._published[index]
            key = (name, index, published.times(start, end) if published.samples else 0)
            if key not in self._of_one:
                self._of_one[key] = statistic(name, merged([(published.samples, key[2])]))
            return self._of_one[key]
        window = (name, start, end)
        if window not in self._of_window:
            self._of_window[window] = statistic(name, merged(self._parts(start, end)))
        return self._of_window[window]

    def _parts(self, start: int, end: int) -> Iterator[tuple[Samples, int]]:
        """What it got in a window, each with how often."""
        begin = start
        for change, published in zip([*self._starts[1:], end], self._published, strict=True):
            until = min(max(change, begin), end)
            yield published.samples, published.times(begin, until)
            begin = until
