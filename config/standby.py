"""Settings of the second region as a place to serve from: [recovery.standby] and [recovery.fail_over]."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem
from config.model import Check, Model
from config.network import NetworkSettings

RecoveryMode = Literal["none", "backup", "pilot_light", "warm", "active"]
STANDBY_MODES: Final = ("pilot_light", "warm", "active")
"""The modes in which something stands by in the second region, and not only copies."""

_TAG: Final = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"
"""https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html, and the pattern of OCI's tags."""
_SNAPSHOT: Final = r"^arn:aws:rds:[a-z0-9-]+:[0-9]{12}:cluster-snapshot:[A-Za-z0-9:-]+$"
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_TIME_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"


def _time(value: str) -> str:
    try:
        is_valid = datetime.strptime(value, _TIME).strftime(_TIME) == value  # noqa: DTZ007 (UTC, as the "Z" says)
    except ValueError:
        is_valid = False
    if not is_valid:
        message = 'is not a second in UTC; use one like "2026-01-31T14:05:00Z"'
        raise ValueError(message)
    return value


ImageTag = Annotated[str, Field(pattern=_TAG)]
ClusterSnapshotArn = Annotated[str, Field(pattern=_SNAPSHOT)]
UtcTime = Annotated[str, AfterValidator(_time), WithJsonSchema({"type": "string", "pattern": _TIME_PATTERN})]


class StandbySettings(Model):
    """What the environment has in the second region, besides the copies, to serve from there."""

    network: NetworkSettings
    """The VPC there; its blocks overlap no other network of the project."""

    release: ImageTag | None = None
    """The tag of the images that services run there, like "release-..."; without it they start with the placeholder."""

    postgres_replica: bool = False
    """Whether PostgreSQL has a read replica there, at the cost of an instance: seconds are lost, not minutes."""

    protect_data: bool = True
    """Whether what serves there is protected like the rest; false after a fail back, so that it can be destroyed."""


class FailOverSettings(Model):
    """The second region serves: its databases are made from the copies. Without the table the first one does."""

    documentdb_snapshot: ClusterSnapshotArn | None = None
    """The recovery point that DocumentDB is restored from: the ARN of a snapshot in the second region."""

    postgres_time: UtcTime | None = None
    """The UTC second to which PostgreSQL is restored, like "2026-01-31T14:05:00Z"; without it the newest one."""


def _check_standby(mode: RecoveryMode, standby: object, fail_over: object) -> Iterator[Problem]:
    if standby is None and (mode in STANDBY_MODES or fail_over is not None) and mode != "none":
        why = f'mode = "{mode}"' if mode in STANDBY_MODES else "[recovery.fail_over]"
        yield Problem(
            key="standby",
            allowed=f"is missing; {why} needs a network in the second region; add [recovery.standby.network]",
        )
    for name, table in (("standby", standby), ("fail_over", fail_over)):
        if mode == "none" and table is not None:
            yield Problem(
                key=name,
                allowed='has no effect with mode = "none", which has no second region; remove it, or set '
                'mode = "backup"',
            )


def _check_replica(mode: RecoveryMode, standby__postgres_replica: bool | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if standby__postgres_replica and mode == "backup":
        yield Problem(
            key="standby.postgres_replica",
            value=True,
            allowed='must not be set with mode = "backup", in which no database runs in the second region; remove it, '
            'or set mode = "pilot_light"',
        )


def _check_postgres_time(
    standby__postgres_replica: bool | None,  # noqa: FBT001 (a setting)
    fail_over__postgres_time: str | None,
) -> Iterator[Problem]:
    if standby__postgres_replica and fail_over__postgres_time is not None:
        yield Problem(
            key="fail_over.postgres_time",
            value=fail_over__postgres_time,
            allowed="has no effect with postgres_replica = true: the replica is promoted as it is; remove this, or set "
            "postgres_replica = false, which restores from the copies of the backups",
        )


STANDBY_CHECKS: Final[tuple[Check, ...]] = (_check_standby, _check_replica, _check_postgres_time)
"""The checks within [recovery] on what serves from the second region."""
