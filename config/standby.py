"""Settings of the second region as a place to serve from: [recovery.standby] and [recovery.fail_over]."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, WithJsonSchema

from config.errors import Problem
from config.model import Check, Model
from config.network import NetworkSettings

RecoveryMode = Literal["none", "backup", "pilot_light", "warm", "active"]
STANDBY_MODES: Final = ("pilot_light", "warm", "active")
"""The modes in which something stands by in the second region, and not only copies."""

_TAG: Final = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
"""https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html, and the pattern of OCI's tags."""
_SNAPSHOT: Final = r"arn:aws:rds:[a-z0-9-]+:[0-9]{12}:cluster-snapshot:[A-Za-z0-9:-]+"
_BACKUPS: Final = r"arn:aws:rds:[a-z0-9-]+:[0-9]{12}:auto-backup:ab-[a-z0-9]+"
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.ARN.Constructing.html"""
_EXAMPLE_REGION: Final = "us-west-2"
_EXAMPLE_ACCOUNT: Final = "1" * 12
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_TIME_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"


def snapshot_example(region: str | None = None, account_id: str = _EXAMPLE_ACCOUNT) -> str:
    """What the ARN of a recovery point of DocumentDB is like, for a message."""
    return f"arn:aws:rds:{region or _EXAMPLE_REGION}:{account_id}:cluster-snapshot:awsbackup:copyjob-..."


def backups_example(region: str | None = None, account_id: str = _EXAMPLE_ACCOUNT) -> str:
    """What the ARN of the backups of an instance of RDS is like, for a message."""
    return f"arn:aws:rds:{region or _EXAMPLE_REGION}:{account_id}:auto-backup:ab-..."


def _tag(value: str) -> str:
    if re.fullmatch(_TAG, value):
        return value
    message = (
        "is not a valid tag of an image; use up to 128 letters, digits and _ . -, without . or - at the start, like "
        '"release-20260131T140500Z-0123456789ab"'
    )
    raise ValueError(message)


def _snapshot(value: str) -> str:
    if re.fullmatch(_SNAPSHOT, value):
        return value
    message = (
        f'is not a valid ARN of a recovery point of DocumentDB; use one like "{snapshot_example()}", which step 1 of '
        '"Fail over" in docs/region-loss.md prints'
    )
    raise ValueError(message)


def _backups(value: str) -> str:
    if re.fullmatch(_BACKUPS, value):
        return value
    message = (
        f'is not a valid ARN of backups of RDS; use one like "{backups_example()}", which step 1 of '
        '"Fail over" in docs/region-loss.md prints'
    )
    raise ValueError(message)


def _time(value: str) -> str:
    try:
        is_valid = datetime.strptime(value, _TIME).strftime(_TIME) == value  # noqa: DTZ007 (UTC, as the "Z" says)
    except ValueError:
        is_valid = False
    if not is_valid:
        message = 'is not a valid second in UTC; use one like "2026-01-31T14:05:00Z"'
        raise ValueError(message)
    return value


ImageTag = Annotated[str, AfterValidator(_tag), WithJsonSchema({"type": "string", "pattern": f"^{_TAG}$"})]
ClusterSnapshotArn = Annotated[
    str, AfterValidator(_snapshot), WithJsonSchema({"type": "string", "pattern": f"^{_SNAPSHOT}$"})
]
AutomatedBackupsArn = Annotated[
    str, AfterValidator(_backups), WithJsonSchema({"type": "string", "pattern": f"^{_BACKUPS}$"})
]
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

    postgres_backups: AutomatedBackupsArn | None = None
    """What PostgreSQL is restored from if its instance is gone: the ARN of its backups in the second region.

    Without it from what RDS replicates, which the provider no longer finds once RDS has ended that.
    """

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


def _check_restore(
    standby__postgres_replica: bool | None,  # noqa: FBT001 (a setting)
    fail_over__postgres_backups: str | None,
    fail_over__postgres_time: str | None,
) -> Iterator[Problem]:
    for name, value in (("backups", fail_over__postgres_backups), ("time", fail_over__postgres_time)):
        if standby__postgres_replica and value is not None:
            yield Problem(
                key=f"fail_over.postgres_{name}",
                value=value,
                allowed="has no effect with postgres_replica = true: the replica is promoted, with all that it has "
                "received; remove this; data of an earlier second is restored beside it, by hand: docs/recovery.md, "
                '"Databases of the second region"',
            )


STANDBY_CHECKS: Final[tuple[Check, ...]] = (_check_standby, _check_replica, _check_restore)
"""The checks within [recovery] on what serves from the second region."""
