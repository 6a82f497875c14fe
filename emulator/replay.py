"""Answers an SDK's retry with the first attempt's answer, so that a lost response stays one create."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.http import HttpResponse

_KEPT = 3000


class _Attempt:
    """One call under way or finished."""

    def __init__(self) -> None:
        self.finished = threading.Event()
        self.answer: HttpResponse | None = None


class Replay:
    """Remembers answers by invocation id; a retry waits for a first attempt that is still running.

    Only success is replayed: a refused or failed attempt changed nothing, and the SDK may be retrying
    just because it was refused.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        """Keep at most that many answers."""
        self._kept = kept
        self._lock = threading.Lock()
        self._attempts: OrderedDict[str, _Attempt] = OrderedDict()

    def once(self, invocation: str, call: Callable[[], HttpResponse]) -> HttpResponse:
        """Run the call unless an earlier attempt of the same invocation succeeded."""
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
        """Forget finished answers, for a reset; calls under way stay known."""
        with self._lock:
            for invocation in [name for name, one in self._attempts.items() if one.finished.is_set()]:
                del self._attempts[invocation]
