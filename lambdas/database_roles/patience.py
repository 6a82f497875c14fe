"""Waiting for what is only slow: a new instance, rights that AWS distributes, a proxy that reads its secrets again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_SECONDS: Final = 60
_PAUSE_SECONDS: Final = 2

T = TypeVar("T")


@dataclass(kw_only=True)
class Patience:
    """An amount of waiting that all repetitions of one kind share; what succeeds at once takes nothing of it."""

    seconds: float = LONGEST_SECONDS
    pause_seconds: float = _PAUSE_SECONDS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _used: float = field(default=0, init=False)

    def repeat(self, action: Callable[[], T], *, while_raises: Callable[[Exception], bool]) -> T:
        """Return what the action returns; repeat it while it raises such an error and there is time left."""
        begun, used = self.clock(), self._used
        while True:
            try:
                return action()
            except Exception as error:
                self._used = used + self.clock() - begun
                if not while_raises(error) or self._used + self.pause_seconds > self.seconds:
                    raise
            self.sleep(self.pause_seconds)
            self._used += self.pause_seconds
