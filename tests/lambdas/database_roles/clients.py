"""Clients that query all the time, as tasks of a service do, and count what was refused."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lambdas.database_roles.platform import Platform

QUERY = "SELECT count(*) FROM people"
_PAUSE_SECONDS = 0.02
_POOL_SIZE = 2
_GROWTH = 5


class Client(threading.Thread):
    """Repeats a step until the end of the block; the first error ends it."""

    def __init__(self, step: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._step = step
        self._ended = threading.Event()
        self.queries = 0
        self.errors: list[Exception] = []

    def run(self) -> None:
        while not self._ended.is_set() and not self.errors:
            try:
                self._step()
            except Exception as error:  # noqa: BLE001 (the test asserts that there was none)
                self.errors.append(error)
            self.queries += 1
            time.sleep(_PAUSE_SECONDS)

    def wait_for_queries(self, count: int) -> None:
        """Go on only after so many more queries, none of which failed."""
        wanted, deadline = self.queries + count, time.monotonic() + 30
        while self.queries < wanted and not self.errors:
            assert time.monotonic() < deadline
            time.sleep(_PAUSE_SECONDS)
        assert not self.errors

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()


class Pool:
    """A task: it read the url when it started, keeps connections, and opens more with the same url."""

    def __init__(self, platform: Platform, name: str) -> None:
        self._platform = platform
        self._name = name
        self._lock = threading.Lock()
        self._steps = 0
        self._connections: list[Any] = []
        self.replace()

    def replace(self) -> None:
        """End the task, and start one that reads the url now."""
        with self._lock:
            self._close()
            self._url = self._platform.url(self._name)
            self._connections = [self._platform.connect(self._url) for _ in range(_POOL_SIZE)]

    def close(self) -> None:
        """End the task."""
        with self._lock:
            self._close()

    def step(self) -> None:
        """A query; now and then on a new connection that takes the place of an old one."""
        with self._lock:
            self._steps += 1
            if self._steps % _GROWTH == 0:
                self._connections.pop(0).close()
                self._connections.append(self._platform.connect(self._url))
            self._connections[self._steps % _POOL_SIZE].run(QUERY)

    def _close(self) -> None:
        while self._connections:
            self._connections.pop().close()


def connect_each_time(platform: Platform, name: str) -> None:
    """A query of a client that reads the url for each connection."""
    with platform.client(name) as connection:
        connection.run(QUERY)
