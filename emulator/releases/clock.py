"""How fast the minutes of deployments and pipelines pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.registry import REGISTRY

if TYPE_CHECKING:
    import datetime as dt

_REAL_SECONDS: Final = 60.0


@dataclass
class Clock:
    """The length of a minute in seconds; a test makes it shorter."""

    minute_seconds: float = _REAL_SECONDS
    moment: dt.datetime | None = None
    """What deployment windows take as now, with a time zone; None for the time of this machine."""

    def reset(self) -> None:
        """A minute has sixty seconds again."""
        self.minute_seconds, self.moment = _REAL_SECONDS, None

    def seconds(self, minutes: float) -> float:
        """The seconds that so many minutes take."""
        return minutes * self.minute_seconds


CLOCK: Final = Clock()
REGISTRY.resets.append(CLOCK.reset)
