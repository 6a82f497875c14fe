"""Settings that had another name in an earlier version: they are refused, and the message has the new name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from config.aws import REGIONS
from config.database_roles import role_name_for
from config.errors import MISSING, Problem, render_value
from config.zones import is_zone_name, lookup_command, unused_zone_ids

_ANY: Final = "*"
"""In a path: any name, as in `services.*.port`."""


@dataclass(frozen=True, kw_only=True)
class Renamed:
    """The new place of a setting."""

    new: str
    """The new path; `*` is the same name as in the old path."""

    note: str = ""
    """What else to know."""


_LOG_NOTE: Final = "leave it out if [logs] retention_days, the default of all logs, is the same"

RENAMED: Final[Mapping[str, Renamed]] = {
    "cluster.log_retention_days": Renamed(new="logs.services_days", note=_LOG_NOTE),
    "deployment.engine": Renamed(new="deployment.strategy"),
    "domain_name": Renamed(new="domain.name"),
    "documentdb.log_retention_days": Renamed(new="logs.documentdb_days", note=_LOG_NOTE),
    "load_balancer.log_days": Renamed(new="logs.load_balancer_days", note=_LOG_NOTE),
    "network.flow_log_retention_days": Renamed(new="logs.flow_logs_days", note=_LOG_NOTE),
    "postgres.log_retention_days": Renamed(new="logs.postgres_days", note=_LOG_NOTE),
    "registry.keep_releases": Renamed(
        new="registry.keep_builds", note="another number: it now counts builds, and releases are not deleted any more"
    ),
    "secrets.log_retention_days": Renamed(new="logs.functions_days", note=_LOG_NOTE),
    "security.trail.log_retention_days": Renamed(new="logs.trail_days", note=_LOG_NOTE),
    "services.*.start_seconds": Renamed(new="services.*.health_check_grace_seconds"),
    "state.access_log_days": Renamed(new="logs.bucket_access_days", note=_LOG_NOTE),
}
"""Old path to new setting."""

SWITCHES: Final = ("edge.enabled",)
"""Removed settings, because the presence of their table has the same effect."""


def move_renamed(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Move old settings to their new place, so that they are not also unknown or missing, and report each."""
    moved = _copy(table)
    problems = [*_replace_zone_names(moved)]
    problems += [*_replace_databases(moved), *_remove_require_iam(moved)]
    problems += [_remove_switch(moved, path) for old in SWITCHES for path in list(_matches(moved, old.split(".")))]
    problems += _replace_load_test(moved)
    for old, renamed in RENAMED.items():
        for path in list(_matches(moved, old.split("."))):
            value = _take(moved, path)
            new = _fill(renamed.new.split("."), old.split("."), path)
            _put(moved, new, value)
            *parent, name = new
            write = f"use {name} = {render_value(value)} in [{'.'.join(parent)}]"
            note = f", or {renamed.note}" if renamed.note else ""
            problems.append(
                Problem(key=".".join(path), value=value, allowed=f"is now named {'.'.join(new)}; {write}{note}")
            )
    return moved, problems


def _replace_zone_names(table: dict[str, Any]) -> Iterator[Problem]:
    """Report each zone that has a name and no id; its id takes a valid value, so that the rest of it is checked too."""
    network, region = table.get("network"), table.get("region")
    zones = network.get("zones") if isinstance(network, dict) else None
    stand_ins = unused_zone_ids(region) if region in REGIONS else iter(())
    for index, zone in enumerate(zones if isinstance(zones, tuple) else ()):
        if not isinstance(zone, dict) or "name" not in zone:
            continue
        name = zone.pop("name")
        if stand_in := next(stand_ins, None):
            zone.setdefault("id", stand_in)
        write = 'write one like "use1-az1"'
        if is_zone_name(name):
            write = (
                f"write the id ({lookup_command(name)}), and where the zone is applied already also "
                f'formerly = "{name}" (docs/upgrades.md)'
            )
        yield Problem(
            key=f"network.zones[{index}].name",
            value=name,
            allowed="is now named id, and is the zone's id, because one name means another zone in each account; "
            f"{write}",
        )


def _replace_databases(table: dict[str, Any]) -> Iterator[Problem]:
    """Report each list of databases; roles of the service take its place, so that the rest of it is checked too."""
    for path in list(_matches(table, ["services", _ANY, "databases"])):
        value = _take(table, path)
        _, service, _ = path
        role = role_name_for(service)
        named = [name for name in ("postgres", "documentdb") if isinstance(value, tuple) and name in value]
        for database in named:
            own = table["services"][service].setdefault(f"{database}_role", role)
            if own == role and isinstance(table.get(database), dict):
                _put(table, [database, "roles", role], {})
        write = "remove the line"
        if named:
            lines = " and ".join(f'{database}_role = "{role}"' for database in named)
            tables = " and ".join(f"[{database}.roles.{role}]" for database in named)
            write = f"write {lines} instead, and the table{'s' if named[1:] else ''} {tables} (docs/upgrades.md)"
        yield Problem(
            key=".".join(path),
            value=value,
            allowed="is replaced by postgres_role and documentdb_role, the roles that the service signs in as; "
            f"{write}",
        )


def _remove_require_iam(table: dict[str, Any]) -> Iterator[Problem]:
    """Report the setting of the proxy that is now one of each role."""
    for path in list(_matches(table, ["postgres", "proxy", "require_iam"])):
        value = _take(table, path)
        write = ", and write iam = true in the table [postgres.roles.<name>] of each service" if value is True else ""
        yield Problem(key=".".join(path), value=value, allowed=f"is now a setting of each role; remove the line{write}")


def _replace_load_test(table: dict[str, Any]) -> Iterator[Problem]:
    """Report the switch that is now a table; an empty one takes its place, so that the rest of it is checked too."""
    for path in list(_matches(table, ["delivery", "load_test"])):
        value = table["delivery"]["load_test"]
        if not isinstance(value, bool):
            continue
        _take(table, path)
        if value:
            _put(table, list(path), {})
        write = "remove the line, and add the table [delivery.load_test], which may be empty" if value else ""
        yield Problem(
            key=".".join(path),
            value=value,
            allowed=f"is now a table; {write or 'remove the line: without it there is none'}",
        )


def _remove_switch(table: dict[str, Any], path: tuple[str, ...]) -> Problem:
    """Remove a switch, and if it is off the table too."""
    value = _take(table, path)
    holder = ".".join(path[:-1])
    if value is False:
        _take(table, path[:-1])
        write = f"remove [{holder}]"
    else:
        write = f"remove this line, and keep [{holder}] even if it is empty"
    return Problem(
        key=".".join(path), value=value, allowed=f"the presence of the table [{holder}] now has this effect; {write}"
    )


def _copy(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copy_value(value) for key, value in table.items()}


def _copy_value(value: object) -> object:
    if isinstance(value, Mapping):
        return _copy(value)
    return tuple(map(_copy_value, value)) if isinstance(value, tuple) else value


def _matches(table: object, pattern: list[str]) -> Iterator[tuple[str, ...]]:
    """The paths in a table that match a pattern."""
    if not pattern:
        yield ()
        return
    first, *rest = pattern
    if not isinstance(table, Mapping):
        return
    for name in list(table) if first == _ANY else [first]:
        if name in table:
            yield from ((name, *path) for path in _matches(table[name], rest))


def _fill(new: list[str], old: list[str], path: tuple[str, ...]) -> list[str]:
    """The new path, with the names that match the `*` of the old path."""
    names = iter([name for part, name in zip(old, path, strict=True) if part == _ANY])
    return [next(names) if part == _ANY else part for part in new]


def _take(table: dict[str, Any], path: tuple[str, ...]) -> object:
    *parents, name = path
    for parent in parents:
        table = table[parent]
    return table.pop(name)


def _put(table: dict[str, Any], path: list[str], value: object) -> None:
    """Set a value unless the file has one under the new name, which takes precedence."""
    *parents, name = path
    for parent in parents:
        below = table.setdefault(parent, {})
        if not isinstance(below, dict):
            return
        table = below
    if table.get(name, MISSING) is MISSING:
        table[name] = value
