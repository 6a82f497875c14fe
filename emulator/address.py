"""Where the emulators of this process listen, for what calls back.

They share their state, so each of them answers the same.
"""

from __future__ import annotations

from typing import Final

RUNNING: Final[list[str]] = []


def current() -> str:
    """Return the URL of the emulator that was started last."""
    if not RUNNING:
        message = "no emulator is running in this process"
        raise RuntimeError(message)
    return RUNNING[-1]
