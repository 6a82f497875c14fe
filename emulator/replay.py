"""Answers the retry of an SDK with the first response, so that a lost response does not create a resource twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.http import HttpResponse

_KEPT = 3000


class _Attempt:
    """One call, running or finished."""

    def __init__(self) -> None:
        self.finished = threading.Event()
        self.answer: HttpResponse | None = None


class Replay:
    """Stores responses by invocation id; a retry waits for a first attempt that is still running.

    Only successful responses are replayed: a refused or failed attempt changed nothing, and its error may be the reason
    for the retry.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        """Store at most that many responses."""
        self._kept = kept
        self._lock = threading.Lock()
        self._attempts: OrderedDict[str, _Attempt] = OrderedDict()

    def once(self, invocation: str, call: Callable[[], HttpResponse]) -> HttpResponse:
        """Run the call unless an earlier attempt of the same invocation was successful."""
        mine = _Attempt()
        while True:
            with self._lock:
                earlier = self._attempts.setdefault(invocation, mine)
                if earlier is mine:
                    break
            earlier.finished.wait()
            if earlier.answer is not None:
                return earlier.answer
        try:
            answer = call()
            if answer.succeeded:
                mine.answer = answer
            return answer
        finally:
            with self._lock:
                if mine.answer is None:
                    self._attempts.pop(invocation, None)
                while len(self._attempts) > self._kept and next(iter(self._attempts.values())).finished.is_set():
                    self._attempts.popitem(last=False)
            mine.finished.set()

    def clear(self) -> None:
        """Delete finished responses, for a reset; running calls stay."""
        with self._lock:
            for invocation in [name for name, one in self._attempts.items() if one.finished.is_set()]:
                del self._attempts[invocation]
