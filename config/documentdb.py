"""Settings of DocumentDB."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.database_classes import DOCUMENTDB_CLASSES, instance_family, validate_class
from config.database_offers import check_documentdb_version_class
from config.database_roles import (
    DEFAULT_ROTATION_DAYS,
    MAX_ROTATION_DAYS,
    DocumentdbRoleSettings,
    RoleName,
    check_readers_have_a_schema,
    check_rotation_days,
)
from config.errors import Problem
from config.maintenance_windows import BackupWindow, MaintenanceWindow, check_windows
from config.model import Check, Model
from config.postgres import MAX_RETENTION_DAYS, MIN_RETENTION_DAYS, check_backup_retention

EngineVersion = Literal["4.0.0", "5.0.0"]
"""https://docs.aws.amazon.com/documentdb/latest/developerguide/release-notes.html"""

MIN_INSTANCES, MAX_INSTANCES = 1, 16
"""One primary and up to 15 replicas: https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html"""

MIN_SLOW_MILLISECONDS, MAX_SLOW_MILLISECONDS = 50, 2_147_483_646
"""https://docs.aws.amazon.com/documentdb/latest/developerguide/cluster_parameter_groups-list_of_parameters.html"""

NOT_GLOBAL: Final = ("t3", "t4g")
"""Families that a global cluster does not support (nor r4, which is not offered here).

https://docs.aws.amazon.com/documentdb/latest/developerguide/global-clusters.html#global-clusters.limitations
"""


def _instance_class(value: str) -> str:
    return validate_class(value, engine="DocumentDB", classes=DOCUMENTDB_CLASSES)


def _check_instance_count(instances: int) -> Iterator[Problem]:
    if not MIN_INSTANCES <= instances <= MAX_INSTANCES:
        yield Problem(
            key="instances",
            value=instances,
            allowed=f"must be {MIN_INSTANCES} to {MAX_INSTANCES}: one primary and up to {MAX_INSTANCES - 1} replicas",
        )


def _check_global_class(global_cluster: bool, instance_class: str) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if global_cluster and instance_family(instance_class) in NOT_GLOBAL:
        yield Problem(
            key="global_cluster",
            value=global_cluster,
            allowed=f'a global cluster does not support instance_class = "{instance_class}"; '
            'choose "db.r6g.large" or larger, or set global_cluster = false and rely on copies of the backups',
        )


class DocumentdbSettings(Model):
    """DocumentDB: user profiles and preferences."""

    engine_version: EngineVersion
    """The version of DocumentDB; minor versions are upgraded automatically."""

    allow_major_upgrade: bool = False
    """True for the one apply that upgrades from one major version to the next."""

    instance_class: Annotated[
        str,
        AfterValidator(_instance_class),
        WithJsonSchema({"type": "string", "enum": list(DOCUMENTDB_CLASSES)}),
    ]
    """The size of each instance, like "db.t3.medium" for about 57 USD a month, or "db.r5.large" for 202 USD."""

    instances: int = Field(json_schema_extra={"minimum": MIN_INSTANCES, "maximum": MAX_INSTANCES})
    """One primary; the others are replicas that read and can take over. They are spread over the zones.

    Each costs the same: about 57 USD a month as db.t3.medium.
    """

    global_cluster: bool = False
    """Be the first cluster of a global cluster over several regions; burstable classes do not support it."""

    backup_retention_days: int = Field(json_schema_extra={"minimum": MIN_RETENTION_DAYS, "maximum": MAX_RETENTION_DAYS})
    """Days of point-in-time recovery; free up to the size of the storage, then 0.021 USD a month per GB."""

    backup_window: BackupWindow
    """When the daily snapshot is taken, in UTC."""

    maintenance_window: MaintenanceWindow
    """When AWS may upgrade and restart, in UTC."""

    slow_operation_milliseconds: int = Field(ge=MIN_SLOW_MILLISECONDS, le=MAX_SLOW_MILLISECONDS)
    """Operations that take longer are logged by the profiler."""

    rotation_days: int = Field(
        default=DEFAULT_ROTATION_DAYS, json_schema_extra={"minimum": 1, "maximum": MAX_ROTATION_DAYS}
    )
    """Days after which each role gets a new password; the one before stays valid for as long again."""

    roles: Mapping[RoleName, DocumentdbRoleSettings] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Who signs in, one [documentdb.roles.<name>] table each; `owner`, for migrations, is always there."""

    password_version: int = Field(default=1, ge=1)
    """Raise it by one to get a new password of the master at the next apply."""

    checks: ClassVar[tuple[Check, ...]] = (
        _check_instance_count,
        _check_global_class,
        check_documentdb_version_class,
        check_backup_retention,
        check_windows,
        check_rotation_days,
        check_readers_have_a_schema,
    )
