"""Settings of PostgreSQL on RDS."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.database_classes import POSTGRES_CLASSES, validate_class
from config.database_offers import check_postgres_minor
from config.database_roles import (
    DEFAULT_ROTATION_DAYS,
    MAX_ROTATION_DAYS,
    PostgresRoleSettings,
    RoleName,
    check_readers_have_a_schema,
    check_rotation_days,
)
from config.errors import Problem
from config.maintenance_windows import BackupWindow, MaintenanceWindow, check_windows
from config.model import Check, Model

MAJOR_VERSIONS: Final = (13, 14, 15, 16, 17)
"""https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html

The newest is the newest that RDS Proxy supports:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RDS_Fea_Regions_DB-eng.Feature.RDS_Proxy.html
"""

MIN_STORAGE_GIB: Final = 20
MAX_STORAGE_GIB: Final = 65_536
"""gp3 of RDS for PostgreSQL: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage"""

STRIPED_STORAGE_GIB: Final = 400
"""From this size on gp3 storage is striped over four volumes, with four times the speed in its price.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
"""
STRIPED_STORAGE_IOPS: Final = 12_000
STRIPED_STORAGE_MIB_PER_SECOND: Final = 500
"""What is included; the same page."""

GROWTH_PERCENT: Final = 10
"""The least difference between the storage and its maximum.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
"""

MIN_RETENTION_DAYS, MAX_RETENTION_DAYS = 1, 35
"""The same for RDS and DocumentDB; 0, which RDS accepts too, means no backups.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html
"""

PROTECTED_BACKUP_DAYS: Final = 7
"""The least for a database whose data is protected: a mistake that is found within a week can be undone."""

MAX_REPLICAS: Final = 15
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html"""

MAX_IDLE_SECONDS: Final = 28_800
"""https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html"""

MAX_CLIENTS_PER_CONNECTION: Final = 20
"""More would wait for each other: an average query takes 50 ms, and a connection has one at a time."""

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
    message = f"is not a supported major version; the nearest is {nearest} (allowed: {_join_numbers(MAJOR_VERSIONS)})"
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
        f"is not a valid interval of Enhanced Monitoring; the nearest is {nearest} "
        f"(allowed: {_join_numbers(MONITORING_SECONDS)})"
    )
    raise ValueError(message)


def _insights_days(value: int) -> int:
    if value in INSIGHTS_DAYS:
        return value
    nearest = min(INSIGHTS_DAYS, key=lambda days: abs(days - value))
    message = (
        f"is not a valid retention of Performance Insights; the nearest is {nearest} "
        "(allowed: 7, 731, or months of 31 days)"
    )
    raise ValueError(message)


def _join_numbers(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


def _check_engine_version(major_version: int, engine_version: str | None) -> Iterator[Problem]:
    if engine_version and int(engine_version.split(".")[0]) != major_version:
        yield Problem(
            key="engine_version",
            value=engine_version,
            allowed=f"is not a version of major_version = {major_version}; "
            f'remove the line, or use "{major_version}." and a minor version',
        )


def _check_storage_size(storage_gib: int, max_storage_gib: int) -> Iterator[Problem]:
    for key, value in (("storage_gib", storage_gib), ("max_storage_gib", max_storage_gib)):
        if not MIN_STORAGE_GIB <= value <= MAX_STORAGE_GIB:
            yield Problem(
                key=key,
                value=value,
                allowed=f"must be {MIN_STORAGE_GIB} to {MAX_STORAGE_GIB} GiB for PostgreSQL on gp3",
            )


def _check_storage_growth(storage_gib: int, max_storage_gib: int) -> Iterator[Problem]:
    least = -(-storage_gib * (100 + GROWTH_PERCENT) // 100)
    if MIN_STORAGE_GIB <= max_storage_gib < least:
        yield Problem(
            key="max_storage_gib",
            value=max_storage_gib,
            allowed=f"must be {least} or more, {GROWTH_PERCENT} % above storage_gib = {storage_gib}",
        )


def check_backup_retention(backup_retention_days: int) -> Iterator[Problem]:
    """A check of both databases."""
    if not MIN_RETENTION_DAYS <= backup_retention_days <= MAX_RETENTION_DAYS:
        yield Problem(
            key="backup_retention_days",
            value=backup_retention_days,
            allowed=f"must be {MIN_RETENTION_DAYS} to {MAX_RETENTION_DAYS}; "
            "a database without backups is not supported",
        )


def _check_replica_backups(replicas: int, backup_retention_days: int) -> Iterator[Problem]:
    if replicas and backup_retention_days == 0:
        yield Problem(
            key="replicas",
            value=replicas,
            allowed="read replicas need backups, but backup_retention_days = 0 turns them off; "
            f"keep them for {MIN_RETENTION_DAYS} to {MAX_RETENTION_DAYS} days",
        )


class ProxySettings(Model):
    """RDS Proxy: a connection pool that survives failovers and replaced tasks."""

    max_connections_percent: int = Field(ge=1, le=100)
    """Share of the database's connections that the pool may open; the rest is for people and replicas."""

    idle_client_seconds: int = Field(ge=1, le=MAX_IDLE_SECONDS)
    """Seconds after which an idle client connection is closed."""

    clients_per_connection: int = Field(default=1, ge=1, le=MAX_CLIENTS_PER_CONNECTION)
    """Connections of services for each connection of the pool; more than 1 only if sessions are not pinned."""


class PostgresSettings(Model):
    """PostgreSQL on RDS: user authentication and audit logs."""

    major_version: Annotated[
        int, AfterValidator(_major_version), WithJsonSchema({"type": "integer", "enum": list(MAJOR_VERSIONS)})
    ]
    """The major version; only this setting changes it."""

    engine_version: Annotated[
        str | None,
        AfterValidator(lambda value: value and _engine_version(value)),
        WithJsonSchema({"type": "string", "pattern": f"^{_VERSION}$"}),
    ] = None
    """A fixed minor version, like "17.6"; without it, minor versions are upgraded automatically."""

    allow_major_upgrade: bool = False
    """True for the one apply that upgrades from one major version to the next."""

    instance_class: Annotated[
        str,
        AfterValidator(_instance_class),
        WithJsonSchema({"type": "string", "enum": list(POSTGRES_CLASSES)}),
    ]
    """The size of the instance and of its replicas, like "db.t3.medium".

    One instance costs about 53 USD a month as db.t3.medium, 12 USD as db.t4g.micro, 123 USD as db.m7g.large.
    """

    multi_az: bool
    """A standby in another zone that takes over automatically; it doubles the price of the instance and its storage.

    For db.t3.medium that is about 53 USD a month more.
    """

    replicas: int = Field(ge=0, le=MAX_REPLICAS)
    """Read replicas, each at the price of one instance and its storage: 53 USD a month for db.t3.medium."""

    storage_gib: int = Field(json_schema_extra={"minimum": MIN_STORAGE_GIB, "maximum": MAX_STORAGE_GIB})
    """Initial storage in GiB; 0.115 USD a month for each, 0.23 USD with multi_az."""

    max_storage_gib: int = Field(json_schema_extra={"minimum": MIN_STORAGE_GIB, "maximum": MAX_STORAGE_GIB})
    """Maximum storage in GiB up to which RDS adds storage automatically."""

    backup_retention_days: int = Field(json_schema_extra={"minimum": MIN_RETENTION_DAYS, "maximum": MAX_RETENTION_DAYS})
    """Days of point-in-time recovery; free up to the size of the storage, then 0.095 USD a month per GB."""

    backup_window: BackupWindow
    """When the daily snapshot is taken, in UTC."""

    maintenance_window: MaintenanceWindow
    """When AWS may upgrade and restart, in UTC."""

    slow_query_milliseconds: int = Field(ge=0, le=_MAX_SLOW_MILLISECONDS)
    """Queries that take longer are logged."""

    monitoring_interval_seconds: Annotated[
        int, AfterValidator(_monitoring_seconds), WithJsonSchema({"type": "integer", "enum": list(MONITORING_SECONDS)})
    ]
    """Seconds between samples of Enhanced Monitoring; 0 turns it off. Samples are charged as logs: 0.50 USD per GB."""

    insights_retention_days: Annotated[
        int, AfterValidator(_insights_days), WithJsonSchema({"type": "integer", "enum": list(INSIGHTS_DAYS)})
    ] = 7
    """Days that Performance Insights keeps data; 7 are free, more cost 2.95 USD a month per vCPU of a T3 class."""

    rotation_days: int = Field(
        default=DEFAULT_ROTATION_DAYS, json_schema_extra={"minimum": 1, "maximum": MAX_ROTATION_DAYS}
    )
    """Days after which each role gets a new password; the one before stays valid for as long again."""

    roles: Mapping[RoleName, PostgresRoleSettings] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Who signs in, one [postgres.roles.<name>] table each; `owner`, for migrations, is always there."""

    password_version: int = Field(default=1, ge=1)
    """Raise it by one to get a new password of the master at the next apply; only with read replicas, in any region.

    Without them RDS itself keeps that password and replaces it.
    """

    proxy: ProxySettings | None = None
    """A connection pool in front of the database; without the table, services connect directly.

    It costs about 22 USD a month for a class with two vCPUs, and 0.80 USD for the two secrets of each role behind it.
    """

    checks: ClassVar[tuple[Check, ...]] = (
        _check_engine_version,
        check_postgres_minor,
        _check_storage_size,
        _check_storage_growth,
        check_backup_retention,
        _check_replica_backups,
        check_windows,
        check_rotation_days,
        check_readers_have_a_schema,
    )
