"""How fast a deployment's minutes pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from emulator.registry import REGISTRY

_REAL_SECONDS: Final = 60.0


@dataclass
class Clock:
    """The length of a minute in seconds; a test makes it shorter."""

    minute_seconds: float = _REAL_SECONDS

    def reset(self) -> None:
        """A minute has sixty seconds again."""
        self.minute_seconds = _REAL_SECONDS

    def seconds(self, minutes: float) -> float:
        """The seconds that so many minutes of a deployment take."""
        return minutes * self.minute_seconds


CLOCK: Final = Clock()
REGISTRY.resets.append(CLOCK.reset)
