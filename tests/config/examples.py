"""The test environments as text and tables, for tests that change one place."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import pytest

from config.environment import Environment
from config.errors import ConfigError
from config.load import load_environment, parse_environment
from tests.fixtures import FOLDER

FILE = Path("environments/prod.toml")
PROJECT = "user-management"

T = TypeVar("T")


_DRILL_TARGETS = ("restore_minutes", "drill_days")


def text(name: str = "prod", *, delivery: bool = False, drills: bool = False) -> str:
    """The file of an environment; without its pipeline and its restore drills, which need most of the other tables."""
    whole = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    if not drills:
        whole = _without_drills(whole)
    return whole if delivery else without("delivery", toml=whole)


def _without_drills(toml: str) -> str:
    lines = without("recovery.drills", toml=toml).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_DRILL_TARGETS))


def table(name: str = "prod") -> dict[str, Any]:
    return tomllib.loads(text(name))


def without(*tables: str, toml: str = "") -> str:
    """Production's file without these tables and their nested tables."""
    lines, leaves_out = [], False
    for line in (toml or text()).splitlines():
        if line.startswith("["):
            name = line.strip().partition("#")[0].strip().strip("[]")
            leaves_out = any(name == table or name.startswith(f"{table}.") for table in tables)
        if not leaves_out:
            lines.append(line)
    return "\n".join(lines) + "\n"


def without_account_settings(toml: str) -> str:
    """The file of an environment that leaves to another one what an account has only once."""
    return without("security", toml=toml).replace('scanning = "enhanced"', 'scanning = "basic"')


def replaced(toml: str, *changes: tuple[str, str]) -> str:
    """The file with the first place of each text replaced; a missing text is an error."""
    for old, new in changes:
        if old not in toml:
            message = f"{old!r} is not in the file"
            raise LookupError(message)
        toml = toml.replace(old, new, 1)
    return toml


def changed(*changes: tuple[str, str], delivery: bool = False, drills: bool = False) -> str:
    """Production's file, changed so."""
    return replaced(text(delivery=delivery, drills=drills), *changes)


def standby(*changes: tuple[str, str]) -> str:
    """The file of an environment with a second region to serve from, without its drills, changed so."""
    return replaced(_without_drills((FOLDER / "standby" / "warm.toml").read_text(encoding="utf-8")), *changes)


def parsed(toml: str) -> Environment:
    return parse_environment(toml, name="prod", project=PROJECT, file=FILE)


def present(table: T | None) -> T:
    """A table that the file has, for the type checker."""
    assert table is not None
    return table


def refusal(toml: str) -> list[str]:
    """The error message of the file, by line, without the file's name."""
    with pytest.raises(ConfigError) as caught:
        parsed(toml)
    lines = without_places(str(caught.value)).splitlines()
    assert all(line.startswith(f"{FILE}: ") for line in lines)
    return [line.removeprefix(f"{FILE}: ") for line in lines]


def loading(name: str, folder: Path, *, project: str | None = PROJECT) -> str:
    """The error message of the environment's file in the folder."""
    with pytest.raises(ConfigError) as caught:
        load_environment(name, folder=folder, project=project)
    return without_places(str(caught.value))


def without_places(message: str) -> str:
    """The message without line and column: what stands where changes with each line of the files of the tests."""
    return re.sub(r"\.toml:\d+:\d+: ", ".toml: ", message)
