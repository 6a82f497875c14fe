"""How far a work of several steps is, and about how long it will take, by what its steps took the last time."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from console.durations import Durations

_MINUTE: Final = 60
_SHORT: Final = 10
"""Seconds below which a number would say more than is known."""
_ROUND: Final = 5


class Forecast:
    """One run. Says only what the last run has measured: without one, that it is not known.

    Args:
        work: What is done, like `plan`; under this name the durations are kept.
        needs: The steps, each with those that must end before it.
        durations: Where the seconds of the last run are, and those of this one go.
        parallel: How many steps run at the same time.
        unit: What a step is, in the plural.
        now: A clock in seconds.
    """

    def __init__(
        self,
        work: str,
        needs: Mapping[str, Collection[str]],
        durations: Durations,
        *,
        parallel: int = 1,
        unit: str = "steps",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work, self._durations, self._parallel, self._unit, self._now = work, durations, parallel, unit, now
        self._needs = {step: set(needed) & needs.keys() for step, needed in needs.items()}
        self._last = {step: seconds for step, seconds in durations.of(work).items() if step in needs}
        self._begun: dict[str, float] = {}
        self._waited: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._lock = threading.RLock()
        self._start = now()

    def start(self, step: str) -> None:
        """A step begins; the second time it goes on."""
        with self._lock:
            self._begun.setdefault(step, self._now())

    def end(self, step: str, *, is_whole: bool = True) -> None:
        """A step has ended.

        Args:
            step: Its name.
            is_whole: Whether it did all that it is for, so that its seconds are worth keeping.
        """
        with self._lock:
            self._ended[step] = self._seconds(step)
            if is_whole and step in self._begun:
                self._durations.keep(self._work, {step: self._ended[step]})

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step that is the block; if an error ends it, its seconds are not kept."""
        self.start(name)
        try:
            yield
        except BaseException:
            self.end(name, is_whole=False)
            raise
        self.end(name)

    @contextmanager
    def waiting(self, step: str) -> Iterator[None]:
        """A person is asked: that time is not the step's."""
        before = self._now()
        try:
            yield
        finally:
            with self._lock:
                self._waited[step] = self._waited.get(step, 0) + self._now() - before

    @property
    def seconds(self) -> float:
        """How long it has taken until now."""
        return self._now() - self._start

    @property
    def seconds_left(self) -> float | None:
        """What the steps that have not ended took the last time, in their order; None if nothing of them is known."""
        with self._lock:
            left = {step: self._left(step) for step in self._needs if step not in self._ended}
            known = [seconds for seconds in left.values() if seconds is not None]
            if left and not known:
                return None
            running = [step for step in left if step in self._begun]
            return _length({step: seconds or 0 for step, seconds in left.items()}, self._needs, running, self._parallel)

    def opening(self) -> str:
        """What can be said before the first step: `apply: 12 stacks, about 3 min by the last run`."""
        count = f"{self._work}: {self._count}"
        left = self.seconds_left
        if left is None:
            return f"{count}, the first run: how long it takes is not known yet"
        if len(self._last) < len(self._needs):
            return f"{count}, more than {about(left, exact=True)} by the last run, which did not have all of them"
        return f"{count}, {about(left)} by the last run"

    def position(self) -> str:
        """How far it is: `3 of 12 stacks, about 2 min left`."""
        with self._lock:
            far = f"{len(self._ended)} of {self._count}"
            rest = [step for step in self._needs if step not in self._ended]
            left = self.seconds_left
        if not rest or left is None:
            return far
        if left == 0 and any(self._seconds(step) > self._last.get(step, 0) for step in rest):
            return f"{far}, longer than the last time"
        unknown = any(step not in self._last for step in rest)
        return f"{far}, {'more than ' if unknown else ''}{about(left, exact=unknown)} left"

    def line(self) -> str:
        """The position with the time until now, for a terminal."""
        return f"{self.position()}, {elapsed(self.seconds)} so far"

    @property
    def _count(self) -> str:
        return f"{len(self._needs)} {self._unit if len(self._needs) != 1 else self._unit.removesuffix('s')}"

    def _seconds(self, step: str) -> float:
        return self._now() - self._begun.get(step, self._now()) - self._waited.get(step, 0)

    def _left(self, step: str) -> float | None:
        last = self._last.get(step)
        if last is None or step not in self._begun:
            return last
        return max(0, last - self._seconds(step))


def _length(
    seconds: Mapping[str, float], needs: Mapping[str, Collection[str]], running: Collection[str], parallel: int
) -> float:
    """How long these steps take, so many at a time, each after those that it needs, the longest first."""
    waiting = [step for step in sorted(seconds, key=seconds.__getitem__, reverse=True) if step not in running]
    ends = {step: seconds[step] for step in running}
    at = 0.0
    while waiting or ends:
        unfinished = {*waiting, *ends}
        ready = [step for step in waiting if not unfinished & set(needs[step])]
        for step in ready[: max(0, parallel - len(ends))]:
            waiting.remove(step)
            ends[step] = at + seconds[step]
        if not ends:  # they need each other, and nothing could start
            break
        at = min(ends.values())
        ends = {step: end for step, end in ends.items() if end > at}
    return at


def about(seconds: float, *, exact: bool = False) -> str:
    """A duration as precise as a forecast can be: `about 40 s`, `about 3 min`.

    Args:
        seconds: The duration.
        exact: Leave out `about`, for a sentence that says `more than`.
    """
    if seconds < _SHORT:
        return "a few seconds"
    seconds_text = f"{_ROUND * round(seconds / _ROUND)} s"
    text = seconds_text if seconds < 1.5 * _MINUTE else f"{round(seconds / _MINUTE)} min"
    return text if exact else f"about {text}"


def elapsed(seconds: float) -> str:
    """A duration that was measured: `35 s`, `4 min 10 s`."""
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
