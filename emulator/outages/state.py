"""Which regions are lost, and since when."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Final

from emulator.errors import AwsError
from emulator.registry import REGISTRY

_LOST: Final[dict[str, dt.datetime]] = {}


class LostRegionError(AwsError):
    """The answer of something that does not answer: the region that has it is lost."""

    def __init__(self, region: str) -> None:
        """Name the region, so that a log says why a call failed."""
        super().__init__(code="ServiceUnavailable", message=f"The region {region} does not answer.")
        self.status = HTTPStatus.SERVICE_UNAVAILABLE


def lost_since(region: str) -> dt.datetime | None:
    """Return when a region was lost, with a time zone, or None if it answers."""
    return _LOST.get(region)


def lost_regions() -> list[str]:
    """Return all regions that do not answer."""
    return sorted(_LOST)


def require_region(region: str) -> None:
    """Refuse what needs a region that is lost."""
    if region in _LOST:
        raise LostRegionError(region)


def lose(region: str) -> None:
    """Let a region no longer answer."""
    _LOST.setdefault(region, dt.datetime.now(dt.UTC))


def give_back(region: str) -> None:
    """Let a region answer again."""
    _LOST.pop(region, None)


REGISTRY.resets.append(_LOST.clear)
