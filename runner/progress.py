"""What the user sees while Terraform runs: a live line per stack on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import select
import shutil
import threading
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

from runner.errors import INTERRUPTED, RunnerError
from runner.events import Events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from console.forecast import Forecast

_UP, _CLEAR = "\x1b[A", "\x1b[2K\r"


@dataclass
class Activity:
    """What one stack is doing."""

    name: str
    doing: str
    total: int = 0
    events: Events = field(default_factory=Events)
    since: float = field(default_factory=time.monotonic)
    reported: float = field(default_factory=time.monotonic)

    def line(self, width: int) -> str:
        """`prod-network  applying  12/48 resources  35 s  waiting for aws_nat_gateway.a (20 s)`."""
        parts = [self.name.ljust(width), self.doing]
        if self.total:
            parts.append(f"{self.events.done}/{self.total} resources")
        elif self.events.refreshed:
            parts.append(f"{self.events.refreshed} resources read")
        parts.append(f"{time.monotonic() - self.since:.0f} s")
        longest = self.events.longest()
        if longest:
            parts.append(f"waiting for {longest[0]} ({longest[1]} s)")
        return "  ".join(parts)


class ProgressDisplay:
    """Shared by the stacks that run in parallel. A context manager: the live lines are removed when it ends."""

    def __init__(self, out: TextIO, err: TextIO, *, live: bool, width: int = 0, heartbeat: float = 15) -> None:
        self._out, self._err, self._live, self._width, self._heartbeat = out, err, live, width, heartbeat
        self._lock = threading.RLock()
        self._activities: dict[str, Activity] = {}
        self._drawn = 0
        self._forecast: Forecast | None = None
        self._question = threading.Lock()
        self._held: list[tuple[str, TextIO]] | None = None  # held back while a question is open
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._ticker.join()
        with self._lock:
            self._erase()

    @contextmanager
    def following(self, forecast: Forecast) -> Iterator[None]:
        """While the block runs, say how far the whole is: below the live lines, and elsewhere as `position()` is used.

        What runs inside of another whole is a part of that one, and is not said.
        """
        if self._forecast:
            yield
            return
        self._forecast = forecast
        self.warn(forecast.opening())
        try:
            yield
        finally:
            with self._lock:
                self._erase()
                self._forecast = None
                self._draw()

    def with_position(self, text: str) -> str:
        """A line with how far the whole is; on a terminal, where that is below the live lines, the line alone."""
        return text if self._live or not self._forecast else f"{text}  ({self._forecast.position()})"

    def start(self, name: str, doing: str, *, total: int = 0) -> Events:
        """A stack starts something; the returned events drive its line."""
        with self._lock:
            before = self._activities.get(name)
            activity = Activity(name, doing, total)
            if before:
                activity.since = before.since
            self._activities[name] = activity
            if not self._live:
                self._print(f"{name.ljust(self._width)}  {doing}", self._err)
            self._draw()
        return activity.events

    def end(self, name: str) -> float:
        """A stack has ended; return how many seconds it took."""
        with self._lock:
            activity = self._activities.pop(name, None)
            self._draw()
        return time.monotonic() - activity.since if activity else 0.0

    def say(self, text: str) -> None:
        """Print a result to standard output."""
        self._print(text, self._out)

    def warn(self, text: str) -> None:
        """Print anything else to standard error."""
        self._print(text, self._err)

    def confirm(
        self, question: str, answers: TextIO, cancelled: Callable[[], bool], *, show: str = "", step: str = ""
    ) -> bool:
        """Show something and ask; only `yes` confirms.

        One question at a time, and nothing else is written until it is answered; the other stacks continue. The time
        of the answer is not one of the step.
        """
        with self._forecast.waiting(step) if self._forecast else nullcontext(), self._question:
            with self._lock:
                self._erase()
                if show:
                    print(show, file=self._out, flush=True)
                print(f"\n{question} ", end="", file=self._err, flush=True)
                self._held = []
            try:
                answer = _read_line(answers, cancelled)
            finally:
                with self._lock:
                    held, self._held = self._held or [], None
                    print(file=self._err)
                    for text, stream in held:
                        self._print(text, stream)
                    self._draw()
        return answer.strip() == "yes"

    def _print(self, text: str, stream: TextIO) -> None:
        with self._lock:
            if self._held is not None:
                self._held.append((text, stream))
                return
            self._erase()
            with _ignoring_closed_stream(stream):
                print(text, file=stream, flush=True)
            self._draw()

    def _tick(self) -> None:
        while not self._ended.wait(1 if self._live else min(1, self._heartbeat / 3)):
            with self._lock:
                self._draw()
                if not self._live and self._held is None:
                    self._beat()

    def _beat(self) -> None:
        now = time.monotonic()
        for activity in self._activities.values():
            if now - activity.reported >= self._heartbeat:
                activity.reported = now
                self._print(activity.line(self._width), self._err)

    def _draw(self) -> None:
        if not self._live or self._held is not None:
            return
        self._erase()
        columns = shutil.get_terminal_size().columns
        with _ignoring_closed_stream(self._err):
            lines = [activity.line(self._width) for activity in self._activities.values()]
            if self._forecast:
                lines.append(self._forecast.line())
            for line in lines:
                print(line[: columns - 1], file=self._err)
            self._err.flush()
            self._drawn = len(lines)

    def _erase(self) -> None:
        if self._drawn:
            with _ignoring_closed_stream(self._err):
                self._err.write((_UP + _CLEAR) * self._drawn)
                self._err.flush()
        self._drawn = 0


@contextmanager
def _ignoring_closed_stream(stream: TextIO) -> Iterator[None]:
    """A terminal that was closed, or a pipe without a reader, must not end a run that is changing resources."""
    try:
        yield
    except OSError:
        # What was not written would be an error again when Python exits, with exit code 120 instead of the real one.
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


def _read_line(answers: TextIO, cancelled: Callable[[], bool]) -> str:
    """Read a line, but end at Ctrl-C, which a plain read would not."""
    while not select.select([answers], [], [], 0.2)[0]:
        if cancelled():
            message = "Interrupted."
            raise RunnerError(message, exit_code=INTERRUPTED)
    return answers.readline()
