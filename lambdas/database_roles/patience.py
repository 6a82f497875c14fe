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
    """An amount of time that all waits of one kind share."""

    seconds: float = LONGEST_SECONDS
    pause_seconds: float = _PAUSE_SECONDS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _deadline: float | None = field(default=None, init=False)

    def repeat(self, action: Callable[[], T], *, while_raises: Callable[[Exception], bool]) -> T:
        """Return what the action returns; repeat it while it raises such an error and there is time left."""
        if self._deadline is None:
            self._deadline = self.clock() + self.seconds
        while True:
            try:
                return action()
            except Exception as error:
                if not while_raises(error) or self.clock() + self.pause_seconds > self._deadline:
                    raise
            self.sleep(self.pause_seconds)
