"""What an environment keeps in its second region, store by store, read from the synthesized JSON: docs/recovery.md."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, Final

from acceptance.account import Account
from acceptance.region_loss.databases import Documents, PostgresRows
from acceptance.region_loss.files import Files
from acceptance.region_loss.images import ImageTags
from acceptance.region_loss.markers import markers
from acceptance.region_loss.parameters import ParameterValue
from acceptance.region_loss.world import World
from compliance.backup_selections import DOCUMENTDB, POSTGRES
from compliance.stores import BUCKET, REPOSITORY, TABLE, stores
from config.buckets import ASSETS, AUDIT, BACKUPS
from config.copies import DOCUMENTDB as DOCUMENTDB_BACKUPS
from config.copies import PARAMETERS, POSTGRES_BACKUPS
from config.copies import POSTGRES as POSTGRES_LOGS
from emulator import Emulator
from modules.recovery.copy_metrics import DIMENSION
from modules.recovery.drill_metrics import MINUTES
from synthesis.manifest import of_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.environment import Environment
    from synthesis.manifest import Stack
    from synthesis.template import Resource

    Stacks = Mapping[str, Stack]

_HEADING: Final = ("store", "its copy", "kept for", "RPO: an alarm at", "RTO: back by", "last step proven")
_RECOVERY: Final = "recovery"
_HOUR: Final = 60
_DAY: Final = 24 * 60
_MINUTE: Final = 60
_RESTORED: Final = "a restore"
_USED: Final = "at once"
"""Services use the copy."""
_READ: Final = "reading the copy"
_REHEARSED: Final = "rehearsal: there, and home again"
"""What `make region-loss` shows of each store that its markers are in."""
_IS_READ: Final = "rehearsal: read there"
"""What it shows of images, which are pushed at home only."""
_IS_LOCKED: Final = "rehearsal: used there"
"""What it shows of the locks, by its applies in the second region."""
_AND: Final = "; "
_DRILLED: Final = "drill: restored and read there"
_MARKERS: Final[Mapping[str, set[type]]] = {
    "PostgreSQL": {PostgresRows},
    "DocumentDB": {Documents},
    "backups": {Files},
    "services": {ImageTags, ParameterValue},
}
"""What the rehearsal writes into a store, by the last word of its name."""
_ARRIVES: Final = "`make emulate`: arrives there"
"""What `acceptance/checks/recovery.py` shows."""


@dataclass(frozen=True)
class Row:
    """One copy of one store."""

    store: str
    copy: str
    kept: str
    oldest: str
    way: str
    proven: str


def table(stacks: Stacks, environment: Environment) -> str:
    """The copies of an environment, as a table of Markdown."""
    found = sorted(set(_rows(of_environment(stacks, environment.name))), key=astuple)
    marked = {
        type(one)
        for one in markers(World(environment, Account(environment.account_id, environment.region, Emulator())))
    }
    rehearsed = [row.store for row in found if {_REHEARSED, _IS_READ} & set(row.proven.split(_AND))]
    unmarked = [store for store in rehearsed if not marked & _MARKERS[store.split()[-1]]]
    if unmarked:
        message = f"the rehearsal writes nothing into {', '.join(unmarked)}"
        raise LookupError(message)
    lines = [_HEADING, tuple("---" for _ in _HEADING), *map(astuple, found)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _rows(stacks: Stacks) -> Iterator[Row]:
    for stack in stacks.values():
        for store in stores(stack, stacks):
            yield from _copies(store, stack, stacks)
    copied = [
        one
        for stack in stacks.values()
        if stack.layer == _RECOVERY
        for one in stack.all("aws_ssm_parameter")
        if not str(one.get("name")).rpartition("/")[0].endswith(f"/{_RECOVERY}")
    ]
    if limit := _age_limit(stacks, PARAMETERS):
        yield Row(f"{len(copied)} secrets of services", "a function", "as long as it is set", limit, _USED, _REHEARSED)


def _copies(store: Resource, stack: Stack, stacks: Stacks) -> Iterator[Row]:
    if store.kind == POSTGRES:
        for one in _all(stacks, "aws_db_instance_automated_backups_replication"):
            kept, limit = f"{one['retention_period']} days, to each second", _age_limit(stacks, POSTGRES_LOGS)
            yield Row("PostgreSQL", "RDS, its logs", kept, limit, f"{_RESTORED}; no alarm", _REHEARSED)
        limit, (way, proven) = _age_limit(stacks, POSTGRES_BACKUPS), _drill(stacks, POSTGRES_LOGS)
        yield Row("PostgreSQL", "AWS Backup, daily", _plan_days(stacks), limit, way, proven or _ARRIVES)
    elif store.kind == DOCUMENTDB:
        limit, (way, proven) = _age_limit(stacks, DOCUMENTDB_BACKUPS), _drill(stacks, DOCUMENTDB_BACKUPS)
        proven = _AND.join(filter(None, (proven, _REHEARSED)))
        yield Row("DocumentDB", "AWS Backup, daily", _plan_days(stacks), limit, way, proven)
    elif store.kind == BUCKET:
        yield from _bucket_copies(str(store.get("bucket")), stack, stacks)
    elif store.kind == REPOSITORY:
        yield Row("images of services", "the registry", "releases: always", "-", _USED, _IS_READ)
    elif store.kind == TABLE:
        yield Row("locks of states", "DynamoDB, a replica", "as the table", "-", _USED, _IS_LOCKED)


def _bucket_copies(name: str, stack: Stack, stacks: Stacks) -> Iterator[Row]:
    """By S3's own alarm on a copy that is late, which names both buckets."""
    for alarm in _all(stacks, "aws_cloudwatch_metric_alarm"):
        sizes = alarm.get("dimensions") or {}
        if alarm.get("metric_name") != "ReplicationLatency" or sizes.get("SourceBucket") != name:
            continue
        component = str(alarm["alarm_name"]).removesuffix("-copies-late").rpartition("-")[2]
        limit = _age_limit(stacks, component) or _minutes(alarm["threshold"] // _MINUTE)
        used = component in {ASSETS, BACKUPS}
        what = "states" if stack.layer == "state" else "audit trail" if component == AUDIT else f"bucket of {component}"
        way = _USED if used else _READ
        proven = _REHEARSED if component == BACKUPS else _ARRIVES
        yield Row(what, "S3 Replication", _kept_files(sizes["DestinationBucket"], stacks), limit, way, proven)


def _kept_files(bucket: str, stacks: Stacks) -> str:
    """How long the copy of a bucket keeps what was replaced or deleted, or any file."""
    for stack in stacks.values():
        addresses = {f"${{{one.address}.id}}" for one in stack.all(BUCKET) if one.get("bucket") == bucket}
        for lifecycle in stack.all("aws_s3_bucket_lifecycle_configuration"):
            if lifecycle.get("bucket") in addresses:
                (rule,) = lifecycle.get("rule")
                if "expiration" in rule:
                    return f"{rule['expiration'][0]['days']} days"
                return f"always; {rule['noncurrent_version_expiration'][0]['noncurrent_days']} days when replaced"
    message = f"no lifecycle of {bucket}"
    raise LookupError(message)


def _plan_days(stacks: Stacks) -> str:
    days = sorted(
        action["lifecycle"]["delete_after"]
        for plan in _all(stacks, "aws_backup_plan")
        for rule in plan["rule"]
        for action in rule.get("copy_action", ())
    )
    return f"{', '.join(map(str, days))} days"


def _drill(stacks: Stacks, engine: str) -> tuple[str, str]:
    """How long a restore may take before an alarm goes off, and what a drill proves; without drills only the way."""
    for alarm in _all(stacks, "aws_cloudwatch_metric_alarm"):
        if alarm.get("metric_name") == MINUTES and alarm["dimensions"][DIMENSION] == engine:
            return f"{_RESTORED}: {_minutes(alarm['threshold'])}", _DRILLED
    return f"{_RESTORED}; no alarm", ""


def _age_limit(stacks: Stacks, store: str) -> str:
    """The threshold of the alarm on the age of a store's newest copy; empty if there is none."""
    for alarm in _all(stacks, "aws_cloudwatch_metric_alarm"):
        if alarm.get("metric_name") == "CopyAgeMinutes" and alarm["dimensions"]["Store"] == store:
            return _minutes(alarm["threshold"])
    return ""


def _minutes(number: int) -> str:
    return f"{number // _HOUR} hours" if number >= _DAY and not number % _HOUR else f"{number} minutes"


def _all(stacks: Stacks, kind: str) -> Iterator[Mapping[str, Any]]:
    for stack in stacks.values():
        for resource in stack.all(kind):
            yield resource.arguments
