"""Markers: what is written into each store of an environment, and looked for in the other region afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from acceptance.region_loss.databases import Documents, PostgresRows
from acceptance.region_loss.files import Files
from acceptance.region_loss.images import ImageTags
from acceptance.region_loss.parameters import ParameterValue
from acceptance.region_loss.tasks import TaskError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acceptance.region_loss.world import World

_JWT: Final = "jwt/current"
_API_KEYS: Final = "api-keys/"


class Marker(Protocol):
    """One store: what its services write there, and what they find."""

    @property
    def name(self) -> str:
        """What is written, in words."""

    @property
    def keeps_all(self) -> bool:
        """Whether it has everything that was ever written, and not only what was written last."""

    def write(self, region: str, text: str) -> str | None:
        """Write a text in a region; raises TaskError if the service may not, or does not reach the store.

        Returns:
            What must be found from now on; None if nothing is written in that region.
        """

    def find(self, region: str) -> set[str]:
        """The texts that the service finds in a region; raises TaskError as `write`."""


def markers(world: World) -> Iterator[Marker]:
    """Yield one for each store that a service of the environment uses."""
    for service, settings in world.environment.services.items():
        if settings.postgres_role:
            yield PostgresRows(world, service, settings)
        if settings.documentdb_role:
            yield Documents(world, service, settings)
        if settings.writes_backups:
            yield Files(world, service)
        for variable, parameter in settings.secrets.items():
            if parameter.startswith(_API_KEYS):
                yield ParameterValue(world, service, variable, parameter, is_secret=True)
        for variable, parameter in settings.parameters.items():
            if parameter == _JWT:
                yield ParameterValue(world, service, variable, parameter, is_secret=False)
        yield ImageTags(world, service)


def missing(marker: Marker, region: str, wanted: set[str]) -> str:
    """Why a store has not exactly what it must have; empty if it has."""
    try:
        found = marker.find(region)
    except TaskError as error:
        return f"{marker.name}: {error}"
    if found != wanted:
        return f"{marker.name} in {region}: found {sorted(found)}, and not {sorted(wanted)}"
    return ""
