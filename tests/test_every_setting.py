"""Each setting of each file in environments/ can be changed to another valid value, and everything still holds.

A setting is changed to values that its schema allows until one is accepted; some change together, because they must
fit. The changes are tried in groups, each on top of the one before, so that a few syntheses try them all.
"""

from __future__ import annotations

import copy
import json
import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from config.deployment import ONLY_BLUE_GREEN
from config.environment import Environment
from config.errors import ConfigError
from config.fargate import MEMORY_MIB
from config.jurisdictions import JURISDICTIONS, jurisdiction
from config.load import environment_names, with_neighbors
from config.project import load_project
from config.toml import validate_table
from config.zones import ZONE_PREFIXES
from main import ROOT
from tests.properties import problems_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ROOT / "environments"
GROUP = 30  # each group is one synthesis with all rules
ZONE_SETTINGS = {"formerly", "id", "nat_gateway_zone"}
SERVICE_TABLES = {"environment", "secrets", "parameters"}
Key = tuple[str | int, ...]

# Values for what a schema does not list: (end of the key, another value for the one that is there).
OTHERS: dict[str, Any] = {
    "account_id": "999999999999",
    "owner": "another team",
    "cost_center": "another-center",
    "emails": ["another@example.org"],
    "https": ["https://alarms.example.org/sns"],
    "api_keys": ["email", "payments"],
    "interface_endpoints": ["ecr.api", "ecr.dkr", "logs", "ssm", "kms"],
    "path_patterns": ["/another/*"],
    "paths": ["/another/"],
    "user": "2000:2000",
    "writable_paths": ["/scratch"],
    "health_path": "/another/health",
    "start": "12:00",
    "backup_window": "20:00-20:45",
    "maintenance_window": "tue:18:00-tue:19:00",
    "engine_version": "5.0.0",
    "audit": ["insert", "read"],
    "secrets": {},
    "environment": {"ANOTHER": "value"},
    "parameters": {},
    "features": ["LAMBDA_NETWORK_LOGS"],
    "security_hub": ["fsbp"],
    "zone_id": "Z0123456789ABCDEFGHIJ",
    "alternative_names": [],
    "availability_percent": 99.5,
    "actual_percent": [70, 90],
    "forecast_percent": [90],
    "time_zone": "America/Chicago",
    "awake": ["mon-sat 08:00-18:00"],
    "holidays": [],
    "repository": "another/application",
    "branch": "another",
    "command": ["another", "command"],
    "release_from": "dev",
    "windows": ["sun 00:00-sun 24:00"],
}


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    return found


def leaves(table: dict[str, Any], key: Key = ()) -> Iterator[Key]:
    """Every setting of a file: what is not a table; of a service's own tables, the table."""
    for name, value in table.items():
        here = (*key, name)
        if isinstance(value, dict) and (len(here) == 1 or here[-1] not in SERVICE_TABLES):
            yield from leaves(value, here)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for index, item in enumerate(value):
                yield from leaves(item, (*here, index))
        else:
            yield here


def at(table: Any, key: Key) -> Any:
    for part in key:
        table = table[part]
    return table


def put(table: dict[str, Any], key: Key, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(table)
    at(changed, key[:-1])[key[-1]] = value
    return changed


def described(key: Key) -> dict[str, Any]:
    """What the schema says of a setting."""
    node = schema()
    for part in key:
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            node = (
                node.get("properties", {}).get(part) or node.get("patternProperties", {}).get(part) or _items_of(node)
            )
    return node


def _items_of(node: dict[str, Any]) -> dict[str, Any]:
    patterns = node.get("patternProperties") or {"": node.get("additionalProperties") or {}}
    found: dict[str, Any] = next(iter(patterns.values())) or {}
    return found


def candidates(key: Key, value: Any) -> Iterator[Any]:
    """Other values for a setting, the likeliest first."""
    choices = list(described(key).get("enum", ()))
    if value in choices:
        # The nearest first: a size next to the one that is there fits what goes with it.
        here = choices.index(value)
        choices = [choices[index] for index in sorted(range(len(choices)), key=lambda index: abs(index - here))]
    yield from (choice for choice in choices if choice != value)
    if key[-1] in OTHERS and OTHERS[str(key[-1])] != value:
        yield OTHERS[str(key[-1])]
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, value * 2, value + 30, value + 100)
    elif isinstance(value, str) and value.count(".") == 3 and "/" in value:
        first, _, rest = value.rpartition(".0/")
        head, _, third = first.rpartition(".")
        yield from (f"{head}.{number}.0/{rest}" for number in (int(third) + 50, int(third) + 51, int(third) + 3))


def together(table: dict[str, Any]) -> Iterator[tuple[set[Key], dict[str, Any]]]:
    """Settings that only change together, with a file in which they are changed."""
    text = json.dumps(table)
    region = table["region"]
    elsewhere = "eu-west-1" if region != "eu-west-1" else "us-west-2"
    zones: set[Key] = {key for key in leaves(table["network"], ("network",)) if key[-1] in ZONE_SETTINGS}
    there = _in_region(text, region, elsewhere)
    yield {("region",), *zones}, _with_copies_near(json.loads(there))
    yield from _with_other_drills(table)
    yield from _without_copies(table)
    yield from _without_backups(table)
    yield {("network", "nat_gateways")}, {**table, "network": _with_other_gateways(table["network"])}
    block = ".".join(table["network"]["cidr"].split(".")[:2])
    moved = json.loads(text.replace(f'"{block}.', '"10.77.'))
    cidrs = {key for key in leaves(table) if str(key[-1]).endswith("cidr")}
    yield cidrs, moved
    if "domain" in table:
        names: set[Key] = {("domain", name) for name in ("name", "zone_name") if name in table["domain"]}
        old = table["domain"]["zone_name"]
        yield names, {**table, "domain": json.loads(json.dumps(table["domain"]).replace(old, "another.example.org"))}
        kept = {name: value for name, value in table["domain"].items() if name != "delegated"}
        existing = {**kept, "create_zone": False, "zone_id": OTHERS["zone_id"]}
        yield {("domain", "create_zone")}, {**table, "domain": existing}
    for name, service in table["services"].items():
        size = _other_size(service["cpu_units"])
        keys: set[Key] = {("services", name, setting) for setting in size}
        yield keys, {**table, "services": {**table["services"], name: {**service, **size}}}
    yield from _with_other_paths(table)
    if canaries := table.get("observability", {}).get("canaries"):
        moved_canaries = {name: {**canary, "path": "/another/page"} for name, canary in canaries.items()}
        pages = next(name for name, service in table["services"].items() if service.get("path_patterns") == ["/*"])
        # The smoke test of a blue/green deployment asks for the health path.
        moved_pages = {
            **table["services"][pages],
            "path_patterns": OTHERS["path_patterns"],
            "health_path": OTHERS["health_path"],
        }
        paths: set[Key] = {("observability", "canaries", name, "path") for name in canaries}
        yield (
            {*paths, ("services", pages, "path_patterns")},
            {
                **table,
                "observability": {**table["observability"], "canaries": moved_canaries},
                "services": {**table["services"], pages: moved_pages},
            },
        )
    if "tracing" in table.get("observability", {}):
        rest = {name: value for name, value in table["observability"].items() if name != "tracing"}
        silent = {
            name: {setting: value for setting, value in service.items() if setting != "tracing"}
            for name, service in table["services"].items()
        }
        traced: set[Key] = {("services", name, "tracing") for name in silent if "tracing" in table["services"][name]}
        yield traced, {**table, "observability": rest, "services": silent}
    if "security" in table:
        security = table["security"]
        alarms = {"cis_alarms": not security["cis_alarms"], "trail": security.get("trail", {"retention_days": 30})}
        yield {("security", "cis_alarms")}, {**table, "security": {**security, **alarms}}
    yield {("protect_data",)}, _with_other_protection(table)
    if "sleep" in table.get("cost", {}) and "postgres" in table:  # a database with replicas is not stopped
        with_replica = {**table["postgres"], "replicas": table["postgres"]["replicas"] + 1}
        yield {("postgres", "replicas")}, {**_without_sleep(table), "postgres": with_replica}
    for database in ("postgres", "documentdb"):
        if table.get(database, {}).get("roles"):
            yield _with_other_roles(table, database)
    yield from _with_other_delivery(table)
    if "deployment" in table:
        yield {("deployment", "strategy")}, {**table, "deployment": _with_other_strategy(table["deployment"])}


def _in_region(text: str, region: str, elsewhere: str) -> str:
    """A file in which one region, with its zones, is another one."""
    return text.replace(region, elsewhere).replace(f"{ZONE_PREFIXES[region]}-az", f"{ZONE_PREFIXES[elsewhere]}-az")


def _with_other_drills(table: dict[str, Any]) -> Iterator[tuple[set[Key], dict[str, Any]]]:
    """Drills each month, in two other zones; a month is longer than the last drill may be old. And another region."""
    recovery = table.get("recovery", {})
    if "drills" in recovery:
        zones = [zone[:-1] + str(int(zone[-1]) + 1) for zone in recovery["drills"]["zones"]]
        drills = {**recovery["drills"], "start": "1:12:00", "zones": zones}
        targets = {**recovery["targets"], "drill_days": 40}
        keys: set[Key] = {("recovery", "drills", "start"), ("recovery", "drills", "zones")}
        keys.add(("recovery", "targets", "drill_days"))
        yield keys, {**table, "recovery": {**recovery, "drills": drills, "targets": targets}}
        elsewhere = next(
            region
            for region in JURISDICTIONS[jurisdiction(table["region"])]
            if region not in {table["region"], recovery["region"]}
        )
        moved = json.loads(_in_region(json.dumps(recovery), recovery["region"], elsewhere))
        yield {("recovery", "region")}, {**table, "recovery": moved}


def _without_backups(table: dict[str, Any]) -> Iterator[tuple[set[Key], dict[str, Any]]]:
    """No service writes backups, so there is no bucket for them."""
    writers = {name for name, service in table["services"].items() if service.get("writes_backups")}
    if writers:
        kept = {name: value for name, value in table.items() if name != "backups"}
        services = {
            name: {**service, **({"writes_backups": False} if name in writers else {})}
            for name, service in table["services"].items()
        }
        yield {("services", name, "writes_backups") for name in writers}, {**kept, "services": services}


def _with_other_paths(table: dict[str, Any]) -> Iterator[tuple[set[Key], dict[str, Any]]]:
    """The paths of each service with its health path, for which the smoke test of a blue/green deployment asks."""
    for name, service in table["services"].items():
        if "health_path" in service:
            paths = {"path_patterns": [f"/other-{name}/*"], "health_path": f"/other-{name}/health"}
            keys: set[Key] = {("services", name, setting) for setting in paths}
            yield keys, {**table, "services": {**table["services"], name: {**service, **paths}}}


def _with_other_roles(table: dict[str, Any], database: str) -> tuple[set[Key], dict[str, Any]]:
    """Each role with another name, and the services that sign in as it."""
    setting = f"{database}_role"
    roles = {f"another_{name}": role for name, role in table[database]["roles"].items()}
    keys: set[Key] = {("services", name, setting) for name, service in table["services"].items() if setting in service}
    services = {
        name: {**service, **({setting: f"another_{service[setting]}"} if setting in service else {})}
        for name, service in table["services"].items()
    }
    return keys, {**table, database: {**table[database], "roles": roles}, "services": services}


def _with_other_delivery(table: dict[str, Any]) -> Iterator[tuple[set[Key], dict[str, Any]]]:
    """Migrations or static files of another service, and those in another folder."""
    for part in ("migrations", "assets"):
        old = table.get("delivery", {}).get(part)
        if old is None:
            continue
        new = {**old, "service": next(name for name in table["services"] if name != old["service"])}
        if "path" in old:
            new["path"] = "/another/folder"
        keys: set[Key] = {("delivery", part, name) for name in new if new[name] != old[name]}
        yield keys, {**table, "delivery": {**table["delivery"], part: new}}


def _with_other_gateways(network: dict[str, Any]) -> dict[str, Any]:
    """One gateway is in a zone that is named."""
    other = {key: value for key, value in network.items() if key != "nat_gateway_zone"}
    if network["nat_gateways"] == "single":
        return {**other, "nat_gateways": "per_zone"}
    return {**other, "nat_gateways": "single", "nat_gateway_zone": network["zones"][0]["id"]}


def _other_size(cpu_units: int) -> dict[str, int]:
    """Another size that Fargate has."""
    cpu, memory = next((cpu, sizes) for cpu, sizes in MEMORY_MIB.items() if cpu != cpu_units)
    return {"cpu_units": cpu, "memory_mib": memory[-1]}


def _with_other_protection(table: dict[str, Any]) -> dict[str, Any]:
    """Protected data needs backups of a week, copies with drills, a firewall that blocks, no sleep, a task not on Spot.

    What is locked needs protected data.
    """
    other = _without_sleep(table)
    other["protect_data"] = not table["protect_data"]
    for name in ("postgres", "documentdb"):
        if name in other:
            other[name]["backup_retention_days"] = max(7, other[name]["backup_retention_days"])
    if "firewall" in other:
        other["firewall"].pop("mode", None)
    for service in other["services"].values():
        if service.get("spot_percent"):
            service["on_demand_count"] = max(1, service.get("on_demand_count", 0))
    if other["protect_data"]:
        other["services"]["backend"]["writes_backups"] = True
        drills = {"start": "sun:12:00", "zones": ["usw2-az1", "usw2-az2"]}
        other["recovery"] = {"mode": "backup", "region": "us-west-2", "backup_plan": {"lock_after_days": 3}}
        other["recovery"]["drills"] = drills
    else:
        other.get("security", {}).get("trail", {}).pop("lock_days", None)
        other.get("backups", {}).pop("object_lock_days", None)
        other.get("recovery", {}).get("backup_plan", {}).pop("lock_after_days", None)
    return other


def _with_copies_near(table: dict[str, Any]) -> dict[str, Any]:
    """The second region where the law is that of the first."""
    if "region" in table.get("recovery", {}):
        recovery, others = table["recovery"], JURISDICTIONS[jurisdiction(table["region"])]
        region = next(region for region in others if region != table["region"])
        table["recovery"] = json.loads(_in_region(json.dumps(recovery), recovery["region"], region))
    return table


def _without_copies(table: dict[str, Any]) -> Iterator[tuple[set[Key], dict[str, Any]]]:
    """Backups only, which need no second region and no target; a rule asks for copies where data is protected."""
    if table.get("recovery", {}).get("mode", "none") != "none":
        other = _with_other_protection(table) if table["protect_data"] else table
        plan = {name: value for name, value in other["recovery"].items() if name == "backup_plan"}
        keys: set[Key] = {("recovery", "mode")}
        if "drills" in table["recovery"] and "documentdb" in table:  # they need the only version with sign-in by IAM
            keys.add(("documentdb", "engine_version"))
            other = {**other, "documentdb": {**other["documentdb"], "engine_version": "4.0.0"}}
        yield keys, {**other, "recovery": {**plan, "mode": "none"}}


def _with_other_strategy(deployment: dict[str, Any]) -> dict[str, Any]:
    """The other strategy, with the settings that both have."""
    if deployment["strategy"] == "rolling":
        return {**deployment, "strategy": "blue_green"}
    return {key: value for key, value in deployment.items() if key not in ONLY_BLUE_GREEN} | {"strategy": "rolling"}


def _without_sleep(table: dict[str, Any]) -> dict[str, Any]:
    other = copy.deepcopy(table)
    other.get("cost", {}).pop("sleep", None)
    return other


@dataclass
class Trial:
    """The changes that were accepted, and those that still wait for one."""

    name: str
    table: dict[str, Any]
    changed: set[Key] = field(default_factory=set)

    def environment(self, table: dict[str, Any]) -> Environment | None:
        given = {"name": self.name, "project": load_project(FOLDER), **_tuples(table)}
        try:
            environment = validate_table(Environment, given, file=FOLDER / f"{self.name}.toml")
        except ConfigError:
            return None
        return with_neighbors(environment, environment_names(FOLDER), FOLDER)

    def change(self, table: dict[str, Any], key: Key) -> tuple[dict[str, Any], Environment] | None:
        """The file with another value for a setting, and the environment of it; None where no value is accepted."""
        for value in candidates(key, at(self.table, key)):
            other = put(table, key, value)
            environment = self.environment(other)
            if environment is not None:
                return other, environment
        return None


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def groups(trial: Trial) -> Iterator[Environment]:
    """An environment for every `GROUP` settings, in which those are changed."""
    for keys, table in together(trial.table):
        environment = trial.environment(table)
        assert environment is not None, f"these cannot be changed together: {sorted(map(str, keys))}"
        trial.changed |= keys
        yield environment
    table, last, count = trial.table, None, 0
    for key in leaves(trial.table):
        if key in trial.changed:
            continue
        accepted = trial.change(table, key)
        if accepted is None and last is not None:  # it does not fit with the others of its group
            yield last
            table, last, count = trial.table, None, 0
            accepted = trial.change(table, key)
        if accepted is None:
            continue
        table, last = accepted
        trial.changed.add(key)
        count += 1
        if count == GROUP:
            yield last
            table, last, count = trial.table, None, 0
    if last is not None:
        yield last


@pytest.mark.seconds(9)
@pytest.mark.parametrize("name", environment_names(FOLDER))
def test_each_setting_can_be_changed_and_everything_still_holds(name: str, tmp_path: Path) -> None:
    trial = Trial(name, tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")))
    for number, environment in enumerate(groups(trial)):
        assert problems_in([environment], tmp_path / str(number)) == [], environment
    unchanged = {".".join(map(str, key)) for key in set(leaves(trial.table)) - trial.changed}
    assert unchanged == set(), "no other value was found for these; add one to OTHERS or to together() in this file"
