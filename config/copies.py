"""Which stores have copies in the second region, and how old the newest copy of each may be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from config.buckets import ASSETS, AUDIT, BACKUPS
from config.parameters import SOURCES
from config.recovery_targets import CopyTargets

MEASURE_MINUTES: Final = 15
"""Minutes between two measurements, and between two objects that are written to see their copies arrive."""
_HOUR_MINUTES: Final = 60

POSTGRES: Final = "postgres"
"""PostgreSQL by its transaction logs, which RDS copies all the time."""
POSTGRES_BACKUPS: Final = "postgres-backups"
"""PostgreSQL by the backups of each day: what is left if the replicated logs are of a database that is damaged."""
DOCUMENTDB: Final = "documentdb"
"""DocumentDB by the backups of each day."""
PARAMETERS: Final = "parameters"
"""The secrets of the services."""
BUCKETS: Final = (BACKUPS, ASSETS, AUDIT)
"""The buckets that can have copies; each is a store with the component of its name."""


@dataclass(frozen=True, kw_only=True)
class CopiedStore:
    """Something whose copies are watched."""

    name: str
    """The value of the dimension of its metric, and part of the name of its alarm."""
    what: str
    """What the copy is of, after "the newest copy of"."""
    most_minutes: int
    """How old the newest copy may be."""
    is_critical: bool = False
    """Whether a person must look now: data of users would be lost with the region."""


def copied_stores(
    targets: CopyTargets, *, postgres: bool, documentdb: bool, secrets: bool, backups: bool, assets: bool, trail: bool
) -> Iterator[CopiedStore]:
    """Yield the stores of an environment that has these.

    The backups of both databases are of the same plan, so they have the same target. The newest file is up to a quarter
    of an hour old before its copy begins.
    """
    daily_minutes = targets.database_backup_hours * _HOUR_MINUTES
    if postgres:
        yield CopiedStore(
            name=POSTGRES,
            what="the transaction logs of PostgreSQL",
            most_minutes=targets.postgres_minutes,
            is_critical=True,
        )
        yield CopiedStore(
            name=POSTGRES_BACKUPS,
            what="the daily backups of PostgreSQL",
            most_minutes=daily_minutes,
        )
    if documentdb:
        yield CopiedStore(
            name=DOCUMENTDB, what="the daily backups of DocumentDB", most_minutes=daily_minutes, is_critical=True
        )
    if secrets:
        yield CopiedStore(name=PARAMETERS, what="the parameters", most_minutes=targets.parameters_hours * _HOUR_MINUTES)
    buckets = {BACKUPS: (backups, "backups"), ASSETS: (assets, "static files"), AUDIT: (trail, "the audit trail")}
    for name, (is_there, what) in buckets.items():
        if is_there:
            yield CopiedStore(
                name=name, what=f"the bucket of {what}", most_minutes=targets.files_minutes + MEASURE_MINUTES
            )


COPIED_FOLDERS: Final = tuple(sorted(folder for folder, table in SOURCES.items() if table == "secrets"))
"""The first parts of the names of the parameters that are copied."""


def copied_parameters(names: Iterable[str]) -> tuple[str, ...]:
    """Those of an environment's parameters (`jwt/current`) that are copied: the secrets of the services, sorted.

    Nobody can make them again: without the JWT secrets every user is signed out, and an API key is a third party's. The
    hosts and urls of databases are of no use in another region; the function that makes the roles there writes its own.
    """
    return tuple(sorted(name for name in names if name.partition("/")[0] in COPIED_FOLDERS))
