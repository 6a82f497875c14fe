"""Lets environments of one run wait for each other: a release of staging is taken over while staging still exists."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_POLL_SECONDS: Final = 0.2


@dataclass
class _Progress:
    released: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    digests: dict[str, str] = field(default_factory=dict)


class HandOvers:
    """How far the environments of a run are."""

    def __init__(self, environments: tuple[str, ...], *, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Know the environments of the run, and what ends all waiting."""
        self._progress = {name: _Progress() for name in environments}
        self._cancelled = cancelled

    def takes_part(self, environment: str) -> bool:
        """Whether an environment is in the run."""
        return environment in self._progress

    def release(self, environment: str, digests: dict[str, str]) -> None:
        """A release is finished, with these images by service."""
        progress = self._progress[environment]
        progress.digests = digests
        progress.released.set()

    def end(self, environment: str) -> None:
        """An environment releases and takes over nothing any more, for whatever reason."""
        progress = self._progress.get(environment)
        if progress:
            progress.released.set()
            progress.ended.set()

    def wait_for_release(self, environment: str) -> dict[str, str]:
        """The images of an environment's finished release; none if it has ended without one."""
        progress = self._progress[environment]
        self._wait(progress.released)
        return progress.digests

    def wait_for_end(self, environment: str) -> None:
        """Wait until an environment needs no other one any more."""
        if environment in self._progress:
            self._wait(self._progress[environment].ended)

    def _wait(self, event: threading.Event) -> None:
        while not event.wait(_POLL_SECONDS):
            if self._cancelled():
                return
