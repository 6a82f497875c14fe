"""Who wants to look whenever weights or targets have changed, before any request sees the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Callable

OBSERVERS: Final[list[Callable[[], None]]] = []
REGISTRY.resets.append(OBSERVERS.clear)


def tell() -> None:
    """Let all of them look; the caller has the emulator's lock."""
    for look in tuple(OBSERVERS):
        look()
