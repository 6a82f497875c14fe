"""Asks an address at a fixed rate, and fails if the answers are too slow or too often wrong.

Requests start on time whether or not earlier ones have ended, so that a slow service is not asked less and looks fast.
"""

from __future__ import annotations

import http.client
import math
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from build_steps.commands import StepError, main, number, variable
from build_steps.junit import Case, write_junit

if TYPE_CHECKING:
    from collections.abc import Sequence

WARM_UP_SECONDS: Final = 10
_TIMEOUT_SECONDS: Final = 10
_WORKERS: Final = 64
# All others are errors: the firewall (403, 429) and a path that is missing (404) answer fast too.
_GOOD: Final = range(200, 400)


@dataclass(frozen=True)
class Answer:
    """What came back for a request."""

    seconds: float
    """From the time at which it had to start."""
    error: str = ""


@dataclass(frozen=True)
class Targets:
    """What must hold."""

    p95_ms: float
    error_percent: float


class _Connections:
    """The connections of all threads: each has one, kept open as a browser does."""

    def __init__(self, base_url: str) -> None:
        self._parts = urlsplit(base_url)
        self._own = threading.local()
        self._opened: list[http.client.HTTPConnection] = []

    def ask(self, path: str, at: float) -> Answer:
        """Send a request at a time."""
        time.sleep(max(0.0, at - time.monotonic()))
        connection = self._connection()
        try:
            connection.request("GET", f"{self._parts.path.rstrip('/')}{path}", headers={"User-Agent": "load-test"})
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()  # the next request opens it again
            return Answer(time.monotonic() - at, error=type(error).__name__)
        status = response.status
        return Answer(time.monotonic() - at, error="" if status in _GOOD else f"status {status}")

    def close(self) -> None:
        """Close all of them."""
        for connection in self._opened:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        own: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if own is None:
            if self._parts.scheme == "https":
                context = ssl.create_default_context()
                own = http.client.HTTPSConnection(self._parts.netloc, timeout=_TIMEOUT_SECONDS, context=context)
            else:
                own = http.client.HTTPConnection(self._parts.netloc, timeout=_TIMEOUT_SECONDS)
            self._own.connection = own
            self._opened.append(own)
        return own


@dataclass(frozen=True)
class Load:
    """What is asked, and how often."""

    base_url: str
    paths: tuple[str, ...]
    per_second: float
    seconds: float
    warm_up_seconds: float

    def run(self) -> list[Answer]:
        """Ask; the answers of the warm-up are not returned."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            message = f"BASE_URL is {self.base_url!r}; it must be like https://users.example.com"
            raise StepError(message)
        warm_up = int(self.warm_up_seconds * self.per_second)
        count = warm_up + max(1, int(self.seconds * self.per_second))
        start = time.monotonic()
        with ThreadPoolExecutor(_WORKERS) as pool, closing(_Connections(self.base_url)) as connections:
            asked = [
                pool.submit(connections.ask, self.paths[index % len(self.paths)], start + index / self.per_second)
                for index in range(count)
            ]
            return [one.result() for one in asked[warm_up:]]


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def judge(answers: Sequence[Answer], targets: Targets) -> list[Case]:
    """A case for each target; answers that failed have no time."""
    errors = [answer.error for answer in answers if answer.error]
    times = [answer.seconds * 1000 for answer in answers if not answer.error]
    p95 = percentile(times, 95) if times else math.inf
    share = 100 * len(errors) / len(answers)
    worst = max(set(errors), key=errors.count) if errors else ""
    return [
        Case(
            name=f"95 % of the answers within {targets.p95_ms:g} ms",
            failure="" if p95 <= targets.p95_ms else f"{p95:.0f} ms",
            output=f"{p95:.0f} ms for {len(times)} answers",
        ),
        Case(
            name=f"errors at most {targets.error_percent:g} %",
            failure="" if share <= targets.error_percent else f"{share:.2f} %, mostly {worst}",
            output=f"{len(errors)} of {len(answers)} requests",
        ),
    ]


def _step() -> None:
    load = Load(
        base_url=variable("BASE_URL"),
        paths=tuple(variable("LOAD_PATHS", "/").split()),
        per_second=max(number("LOAD_PER_SECOND", 20), 0.1),
        seconds=number("LOAD_SECONDS", 60),
        warm_up_seconds=number("LOAD_WARM_UP_SECONDS", WARM_UP_SECONDS),
    )
    targets = Targets(p95_ms=number("MAX_P95_MS", 200), error_percent=number("MAX_ERROR_PERCENT", 0.1))
    cases = judge(load.run(), targets)
    write_junit(Path(sys.argv[1]), suite="load-test", cases=cases)
    for case in cases:
        print(f"{case.name}: {case.output}")
    if failed := [f"{case.name}: {case.failure}" for case in cases if case.failure]:
        message = f"the targets are not met; {'; '.join(failed)}: see traces and the dashboard of the service"
        raise StepError(message)


if __name__ == "__main__":
    main(_step)
