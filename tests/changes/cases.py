"""The changes of settings that are tried: `cases.toml`, applied to the tables of an environment's file."""

from __future__ import annotations

import copy
import json
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from config.environment import Environment
from config.load import environment_names, with_neighbors
from config.project import load_project
from config.toml import validate_table
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE: Final = Path(__file__).with_name("cases.toml")
_NOT_SET: Final = "not set"
_FROM_TOP: Final = "/"


class CaseError(Exception):
    """A case names a table that the environment's file does not have."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One setting of an environment, and what becomes of it."""

    environment: str
    setting: str
    """Its place in the file: `services.backend.port`."""
    value: Any = None
    """The other value; None removes the setting."""
    along: Mapping[str, Any] = field(default_factory=dict)
    """Settings that change with it, by their places."""
    without: tuple[str, ...] = ()
    """Settings and tables that go with it."""
    back: Mapping[str, Any] = field(default_factory=dict)
    """What stays on the way back, by its place, because AWS has none: storage does not shrink."""

    @property
    def id(self) -> str:
        """What a person calls it: `dev services.backend.port = 8080`."""
        return f"{self.environment} {self.setting} = {self.new}"

    @property
    def new(self) -> str:
        """The other value as text."""
        return _text(self.value)

    @property
    def old(self) -> str:
        """The value of today as text."""
        return _text(_get(file_of(self.environment), self.setting))

    @property
    def leaf(self) -> str:
        """The setting without the names that a user gives: `services.*.port`."""
        return leaf_of(self.setting)

    @property
    def places(self) -> dict[str, Any]:
        """All places that it changes, with their values; None where nothing is left."""
        return {self.setting: self.value, **self.along, **dict.fromkeys(self.without)}

    def settings(self) -> Environment:
        """The environment with the change.

        Raises:
            ConfigError: The settings refuse it.
        """
        return environment_with(self.environment, self.places)


@cache
def file_of(environment: str) -> dict[str, Any]:
    """The tables of an environment's file."""
    return tomllib.loads((FOLDER / f"{environment}.toml").read_text(encoding="utf-8"))


def environment_with(name: str, places: Mapping[str, Any]) -> Environment:
    """An environment of which these places have these values; None where nothing is left.

    Raises:
        ConfigError: The settings refuse it.
    """
    table = copy.deepcopy(file_of(name))
    for place, value in places.items():
        put(table, place, value)
    return environment_of(name, table)


def environment_of(name: str, table: Mapping[str, Any]) -> Environment:
    """The environment of these tables, checked as its file is.

    Raises:
        ConfigError: The settings refuse it.
    """
    given = {"name": name, "project": load_project(FOLDER), **_tuples(table)}
    environment = validate_table(Environment, given, file=FOLDER / f"{name}.toml")
    return with_neighbors(environment, environment_names(FOLDER), FOLDER)


def load_cases(file: Path = FILE) -> list[Case]:
    """Every case of the file, in its order."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return [case for environment, table in tables.items() for case in _cases(environment, table)]


def leaf_of(setting: str) -> str:
    """A setting without the names that a user gives: `services.*.port` of `services.backend.port`."""
    parts = setting.split(".")
    for index in [1] if parts[0] == "services" else [2] if parts[1:2] == ["roles"] else []:
        if index < len(parts):
            parts[index] = "*"
    return ".".join(parts)


def put(table: dict[str, Any], place: str, value: object) -> None:
    """Set a place of a file's tables; None removes it.

    Raises:
        CaseError: The place is in something that is not a table.
    """
    *parents, name = place.split(".")
    for part in parents:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            message = f"{place} is not in a table"
            raise CaseError(message)
        table = inner
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value


def _cases(environment: str, tables: Mapping[str, Any]) -> Iterator[Case]:
    for place, settings in tables.items():
        for name, given in settings.items():
            for one in given if isinstance(given, list) else [given]:
                yield Case(
                    environment=environment,
                    setting=f"{place}.{name}" if place else name,
                    value=None if one.get("remove") else one["to"],
                    along={_place(place, other): value for other, value in one.get("with", {}).items()},
                    without=tuple(_place(place, other) for other in one.get("without", ())),
                    back={_place(place, other): value for other, value in one.get("back", {}).items()},
                )


def _place(table: str, name: str) -> str:
    return name.removeprefix(_FROM_TOP) if name.startswith(_FROM_TOP) or not table else f"{table}.{name}"


def _get(table: Mapping[str, Any], place: str) -> Any:
    found: Any = table
    for part in place.split("."):
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return found


def _text(value: object) -> str:
    return _NOT_SET if value is None else json.dumps(value)


def _tuples(value: Any) -> Any:
    """TOML's arrays as the tuples that settings have."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
