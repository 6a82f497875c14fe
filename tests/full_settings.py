"""Environments in which each list has several elements, and each kind of tables with names has several tables.

They are the test environments with what is in the files of `tests/lists/`.
"""

from __future__ import annotations

import copy
import json
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from config.environment import Environment
from config.load import environment_names, with_neighbors
from config.project import load_project
from config.toml import validate_table
from main import ROOT
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Table = dict[str, Any]
Place = tuple[str, ...]

BASES: Final[Mapping[str, Path]] = {
    "builds": FOLDER / "staging.toml",
    "promotes": FOLDER / "prod.toml",
    "standby": FOLDER / "standby" / "warm.toml",
}
"""Three, because some tables exclude each other: what is built here or taken over, what stands by."""

_LISTS: Final = ROOT / "tests" / "lists"


def full_table(base: str) -> Table:
    """The settings as they are in a file."""
    table = _read(BASES[base])
    for name in ("common", base):
        _merge(table, _read(_LISTS / f"{name}.toml"))
    return table


def environment_of(base: str, table: Table) -> Environment:
    """The environment of such settings.

    Raises:
        ConfigError: They are not valid.
    """
    file = BASES[base]
    given = {"name": file.stem, "project": load_project(file.parent), **_with_tuples(table)}
    environment = validate_table(Environment, given, file=file)
    return with_neighbors(environment, environment_names(file.parent), file.parent)


@cache
def groups_in_schema() -> dict[str, bool]:
    """The path of each list, and of all tables with names; whether it is a list."""
    schema = json.loads((ROOT / "environments" / "schema.json").read_text(encoding="utf-8"))
    return dict(_groups_in_schema(schema, ()))


def groups_in(table: Table) -> dict[Place, str]:
    """The place of each group in the settings, with its path in the schema."""
    known = groups_in_schema()
    return {place: path for place, path in _places(table, (), ()) if path in known}


def at(table: Any, place: Place) -> Any:
    """What is in this place."""
    for name in place:
        table = table[name]
    return table


def _places(value: Any, place: Place, path: Place) -> Iterator[tuple[Place, str]]:
    if place:
        yield place, ".".join(path)
    if isinstance(value, dict):
        known = groups_in_schema()
        for name, item in value.items():
            step = "*" if ".".join(path) in known else name
            yield from _places(item, (*place, name), (*path, step))


def _groups_in_schema(node: Table, path: Place) -> Iterator[tuple[str, bool]]:
    if node.get("type") == "array":
        yield ".".join(path), True
    for name, item in node.get("properties", {}).items():
        yield from _groups_in_schema(item, (*path, name))
    named = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
    for item in named:
        if isinstance(item, dict):
            yield ".".join(path), False
            yield from _groups_in_schema(item, (*path, "*"))


def _read(file: Path) -> Table:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _merge(table: Table, further: Table) -> None:
    for name, value in further.items():
        if isinstance(value, dict) and isinstance(table.get(name), dict):
            _merge(table[name], value)
        else:
            table[name] = copy.deepcopy(value)


def _with_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_tuples(item) for name, item in value.items()}
    return tuple(map(_with_tuples, value)) if isinstance(value, list) else value
