"""The Availability Zones of a region; moto finds a zone in every region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.registry import Context


def zone_names(context: Context) -> list[str]:
    """Return the names of the zones in the caller's region."""
    return [zone.name for zone in RegionsAndZonesBackend.zones[context.region]]


def zone_ids(context: Context) -> list[str]:
    """Return the ids of the zones in the caller's region, like use1-az1."""
    return [zone.zone_id for zone in RegionsAndZonesBackend.zones[context.region]]


def id_of_zone(name: str) -> str:
    """Return the id that a zone with this name has in the accounts of the emulator."""
    zones = RegionsAndZonesBackend.zones[name[:-1]]
    return next(str(zone.zone_id) for zone in zones if zone.name == name)


def foreign_zones(names: Iterable[str | None], context: Context) -> list[str]:
    """Return those of the names that are not zones of the caller's region, sorted as AWS lists them."""
    known = zone_names(context)
    return sorted({name for name in names if name and name not in known})
