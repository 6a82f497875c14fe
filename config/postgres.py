"""Settings of PostgreSQL on RDS."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.database_classes import POSTGRES_CLASSES, validate_class
from config.errors import Problem
from config.maintenance_windows import BackupWindow, MaintenanceWindow, check_windows
from config.model import Check, Model

MAJOR_VERSIONS: Final = (13, 14, 15, 16, 17)
"""https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html

The newest is the newest that RDS Proxy speaks to:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RDS_Fea_Regions_DB-eng.Feature.RDS_Proxy.html
"""

MIN_STORAGE_GIB: Final = 20
MAX_STORAGE_GIB: Final = 65_536
"""gp3 of RDS for PostgreSQL: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage"""

GROWTH_PERCENT: Final = 10
"""How far above the storage its ceiling is at least.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
"""

MIN_RETENTION_DAYS, MAX_RETENTION_DAYS = 1, 35
"""RDS and DocumentDB alike; 0, which RDS accepts too, means no backups.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html
"""

PROTECTED_BACKUP_DAYS: Final = 7
"""The least for a database whose data must outlive mistakes: one that is found within a week can be undone."""

MAX_REPLICAS: Final = 15
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html"""

MAX_IDLE_SECONDS: Final = 28_800
"""https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html"""

MONITORING_SECONDS: Final = (0, 1, 5, 10, 15, 30, 60)
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html"""

INSIGHTS_DAYS: Final = (7, *(31 * months for months in range(1, 24)), 731)
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.cost.html"""

_VERSION: Final = r"[1-9][0-9]*\.[1-9][0-9]*"
_MAX_SLOW_MILLISECONDS: Final = 2_147_483_647
"""PostgreSQL's own limit of log_min_duration_statement, a 32-bit number."""


def _instance_class(value: str) -> str:
    return validate_class(value, engine="PostgreSQL", classes=POSTGRES_CLASSES)


def _major_version(value: int) -> int:
    if value in MAJOR_VERSIONS:
        return value
    nearest = min(MAJOR_VERSIONS, key=lambda version: abs(version - value))
    message = f"is not a supported major version; the nearest is {nearest} (allowed: {_listed(MAJOR_VERSIONS)})"
    raise ValueError(message)


def _engine_version(value: str) -> str:
    if re.fullmatch(_VERSION, value):
        return value
    message = 'is not a valid version of PostgreSQL on RDS; use major and minor, like "17.6"'
    raise ValueError(message)


def _monitoring_seconds(value: int) -> int:
    if value in MONITORING_SECONDS:
        return value
    nearest = min(MONITORING_SECONDS, key=lambda seconds: abs(seconds - value))
    message = (
        f"is not an interval of enhanced monitoring; the nearest is {nearest} (allowed: {_listed(MONITORING_SECONDS)})"
    )
    raise ValueError(message)


def _insights_days(value: int) -> int:
    if value in INSIGHTS_DAYS:
        return value
    nearest = min(INSIGHTS_DAYS, key=lambda days: abs(days - value))
    message = (
        f"is not a retention of Performance Insights; the nearest is {nearest} (allowed: 7, 731, or months of 31 days)"
    )
    raise ValueError(message)


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


def _check_engine_version(major_version: int, engine_version: str | None) -> Iterator[Problem]:
    if engine_version and int(engine_version.split(".")[0]) != major_version:
        yield Problem(
            key="engine_version",
            value=engine_version,
            allowed=f"is not of major_version = {major_version}; "
            f'leave it out, or write "{major_version}." and a minor version',
        )


def _check_storage_size(storage_gib: int, max_storage_gib: int) -> Iterator[Problem]:
    for key, value in (("storage_gib", storage_gib), ("max_storage_gib", max_storage_gib)):
        if not MIN_STORAGE_GIB <= value <= MAX_STORAGE_GIB:
            yield Problem(
                key=key,
                value=value,
                allowed=f"PostgreSQL on gp3 has {MIN_STORAGE_GIB} to {MAX_STORAGE_GIB} GiB",
            )


def _check_storage_growth(storage_gib: int, max_storage_gib: int) -> Iterator[Problem]:
    least = -(-storage_gib * (100 + GROWTH_PERCENT) // 100)
    if MIN_STORAGE_GIB <= max_storage_gib < least:
        yield Problem(
            key="max_storage_gib",
            value=max_storage_gib,
            allowed=f"must be {GROWTH_PERCENT} % above storage_gib = {storage_gib} at least, so {least} or more",
        )


def check_backup_retention(backup_retention_days: int) -> Iterator[Problem]:
    """The check that both databases share."""
    if not MIN_RETENTION_DAYS <= backup_retention_days <= MAX_RETENTION_DAYS:
        yield Problem(
            key="backup_retention_days",
            value=backup_retention_days,
            allowed=f"AWS keeps backups for {MIN_RETENTION_DAYS} to {MAX_RETENTION_DAYS} days; "
            "a database without backups is not supported",
        )


def _check_replica_backups(replicas: int, backup_retention_days: int) -> Iterator[Problem]:
    if replicas and backup_retention_days == 0:
        yield Problem(
            key="replicas",
            value=replicas,
            allowed="a read replica starts from a backup, and backup_retention_days = 0 switches backups off; "
            f"keep them for {MIN_RETENTION_DAYS} to {MAX_RETENTION_DAYS} days",
        )


class ProxySettings(Model):
    """RDS Proxy: a pool of connections that outlives tasks and failovers."""

    max_connections_percent: int = Field(ge=1, le=100)
    """Share of the database's connections that the pool may open; the rest is for people and replicas."""

    idle_client_seconds: int = Field(ge=1, le=MAX_IDLE_SECONDS)
    """Seconds after which a client that says nothing is hung up on."""

    require_iam: bool = False
    """Take IAM tokens only, and no passwords, from clients."""


class PostgresSettings(Model):
    """PostgreSQL on RDS: user authentication and audit logs."""

    major_version: Annotated[
        int, AfterValidator(_major_version), WithJsonSchema({"type": "integer", "enum": list(MAJOR_VERSIONS)})
    ]
    """The major version, which nothing but this setting changes."""

    engine_version: Annotated[
        str | None,
        AfterValidator(lambda value: value and _engine_version(value)),
        WithJsonSchema({"type": "string", "pattern": f"^{_VERSION}$"}),
    ] = None
    """A minor version to stay at, like "17.6"; without it, minor versions come automatically."""

    allow_major_upgrade: bool = False
    """True for the one apply that goes from one major version to the next."""

    instance_class: Annotated[
        str,
        AfterValidator(_instance_class),
        WithJsonSchema({"type": "string", "enum": list(POSTGRES_CLASSES)}),
    ]
    """The size of the instance and of its replicas, like "db.t3.medium"."""

    multi_az: bool
    """A standby in another zone that takes over automatically; it doubles the price."""

    replicas: int = Field(ge=0, le=MAX_REPLICAS)
    """Read replicas, each at the price of a single instance."""

    storage_gib: int = Field(json_schema_extra={"minimum": MIN_STORAGE_GIB, "maximum": MAX_STORAGE_GIB})
    """Storage at first, in GiB."""

    max_storage_gib: int = Field(json_schema_extra={"minimum": MIN_STORAGE_GIB, "maximum": MAX_STORAGE_GIB})
    """How far AWS may let the storage grow automatically, in GiB."""

    backup_retention_days: int = Field(json_schema_extra={"minimum": MIN_RETENTION_DAYS, "maximum": MAX_RETENTION_DAYS})
    """Days to any second of which the database can be brought back."""

    backup_window: BackupWindow
    """When the daily snapshot is taken, in UTC."""

    maintenance_window: MaintenanceWindow
    """When AWS may upgrade and restart, in UTC."""

    slow_query_milliseconds: int = Field(ge=0, le=_MAX_SLOW_MILLISECONDS)
    """Queries that take longer are logged."""

    monitoring_interval_seconds: Annotated[
        int, AfterValidator(_monitoring_seconds), WithJsonSchema({"type": "integer", "enum": list(MONITORING_SECONDS)})
    ]
    """Seconds between measurements of the operating system; 0 for none."""

    insights_retention_days: Annotated[
        int, AfterValidator(_insights_days), WithJsonSchema({"type": "integer", "enum": list(INSIGHTS_DAYS)})
    ] = 7
    """Days that Performance Insights keeps; 7 cost nothing."""

    password_version: int = Field(ge=1)
    """Raise it by one, and the next apply makes a new password."""

    proxy: ProxySettings | None = None
    """A pool of connections in front of the database; without the table, services connect directly.

    The entry `postgres/url` has the address and the password in one: raise password_version in the same apply.
    """

    checks: ClassVar[tuple[Check, ...]] = (
        _check_engine_version,
        _check_storage_size,
        _check_storage_growth,
        check_backup_retention,
        _check_replica_backups,
        check_windows,
    )
