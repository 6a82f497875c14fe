"""The order of a list, and of tables with names, means nothing: synthesis sees each in an order of its own.

So whoever moves a line or appends to a list changes nothing else, whatever is made of it later. Where the order has a
meaning, it is listed in `ORDERED`.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import BaseModel

from config.environment import Environment
from config.network import NetworkSettings

_Settings = TypeVar("_Settings", bound=BaseModel)

ANY_NAME: Final = "*"
"""In a path: a table of any name."""

_WORDS: Final = "the words of a command: the first one is the program"

ORDERED: Final[Mapping[str, str]] = {
    "delivery.migrations.command": _WORDS,
    "services.*.command": _WORDS,
    "services.*.health_command": _WORDS,
}
"""The lists whose order has a meaning, by their path in a file, with what it is.

So has that of the zones of a network while one of them has `formerly`: the version that zones had names in numbered
the rules of a network ACL by it, and `modules/network/zone_moves.py` must find them.
"""


def in_order(settings: Environment) -> Environment:
    """The same settings; each list is sorted whose order has no meaning, and tables with names are by their names."""
    return _sorted_model(settings, ())


def _sorted_model(settings: _Settings, path: tuple[str, ...]) -> _Settings:
    values = {name: _sorted(value, (*path, name)) for name, value in settings}
    if isinstance(settings, NetworkSettings) and any(zone.formerly for zone in settings.zones):
        values["zones"] = settings.zones
    return settings.model_copy(update=values)


def _sorted(value: object, path: tuple[str, ...]) -> object:
    match value:
        case BaseModel():
            return _sorted_model(value, path)
        case Mapping():
            return {key: _sorted(value[key], (*path, ANY_NAME)) for key in sorted(value)}
        case tuple() if ".".join(path) not in ORDERED:
            return tuple(sorted((_sorted(item, path) for item in value), key=_key))
        case _:
            return value


def _key(item: object) -> tuple[float, str]:
    """Numbers by their size, all else by its text: a zone by its id, which is its first setting."""
    return (item, "") if isinstance(item, int | float) else (0, str(item))
