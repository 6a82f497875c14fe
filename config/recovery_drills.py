"""Settings of [recovery.drills]: when the newest backups are restored as a test, where, and what must be in them."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.aws import Ipv4Cidr
from config.database_classes import DOCUMENTDB_CLASSES, POSTGRES_CLASSES, validate_class
from config.errors import Problem
from config.maintenance_windows import WEEKDAYS
from config.model import Check, Model
from config.network import PRIVATE_BLOCKS
from config.zones import ZoneId

RESTORE_READER: Final = "restore-reader"
"""Component of the names of the function that reads what was restored, and of its role."""

START_HOURS: Final = 1
"""Hours after the start within which AWS Backup starts a restore test: the shortest that it accepts.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html#restore-testing-quotas
"""

VALIDATION_HOURS: Final = 6
"""Hours that AWS Backup keeps what was restored without a validation result; up to 168 (same page)."""

PATIENCE_HOURS: Final = 3
"""Hours after a restore in which the copy must have answered: the rest is for its deletion."""

COUNTED_ROWS: Final = 10_000
"""No more rows of a table or documents of a collection are counted: whether there are any is the question."""

ZONES: Final = 2
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"""

_MAX_DAY: Final = 28
"""The last day that each month has."""
_LARGEST_PREFIX: Final = 16
_SMALLEST_PREFIX: Final = 26
"""Four subnets of the smallest size that a subnet can have, /28.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""
_CIDR: Final = IPv4Network("10.255.255.0/26")
_DAY: Final = rf"({'|'.join(WEEKDAYS)}|[1-9]|1[0-9]|2[0-8])"
_START: Final = rf"{_DAY}:([01][0-9]|2[0-3]):00"


def _start(value: str) -> str:
    if re.fullmatch(_START, value):
        return value
    message = (
        f"is not a valid start; use a weekday ({', '.join(WEEKDAYS)}) or a day of the month from 1 to {_MAX_DAY}, and "
        'a full hour in UTC, like "sun:10:00" for each Sunday or "1:10:00" for the first of each month'
    )
    raise ValueError(message)


def _postgres_class(value: str) -> str:
    return validate_class(value, engine="PostgreSQL", classes=POSTGRES_CLASSES)


def _documentdb_class(value: str) -> str:
    return validate_class(value, engine="DocumentDB", classes=DOCUMENTDB_CLASSES)


def _check_cidr(cidr: IPv4Network) -> Iterator[Problem]:
    if not any(cidr.subnet_of(block) for block in PRIVATE_BLOCKS):
        yield Problem(
            key="cidr",
            value=str(cidr),
            allowed=f"is not a valid private block; use one inside {', '.join(map(str, PRIVATE_BLOCKS))}, like "
            f'"{_CIDR}"',
        )
    if not _LARGEST_PREFIX <= cidr.prefixlen <= _SMALLEST_PREFIX:
        yield Problem(
            key="cidr",
            value=str(cidr),
            allowed=f"must be between /{_LARGEST_PREFIX} and /{_SMALLEST_PREFIX}: it is divided into four subnets; use "
            f'one like "{_CIDR}"',
        )


def _check_zones(zones: tuple[str, ...]) -> Iterator[Problem]:
    if len(zones) != ZONES or len(set(zones)) != ZONES:
        is_double = len(zones) == ZONES
        yield Problem(
            key="zones[1]" if is_double else "zones",
            value=zones[1] if is_double else zones,
            allowed=f"must be {ZONES} different zones: RDS and DocumentDB need subnets in two; use the ids of those of "
            'the second region, like ["usw2-az1", "usw2-az2"]',
        )


class DrillSettings(Model):
    """Restore tests in the second region: the newest copy of each database comes up there, is read, and is deleted.

    AWS Backup restores it into a network without a way out. Each drill costs some hours of one instance of each class,
    and what the restore itself costs: docs/recovery.md.
    """

    start: Annotated[str, AfterValidator(_start), WithJsonSchema({"type": "string", "pattern": f"^{_START}$"})]
    """When a drill starts, at the latest an hour later, in UTC: "sun:10:00" each Sunday, "1:10:00" each first."""

    zones: tuple[ZoneId, ...] = Field(json_schema_extra={"minItems": ZONES, "maxItems": ZONES, "uniqueItems": True})
    """The ids of two Availability Zones of the second region, like "usw2-az1"."""

    cidr: Ipv4Cidr = _CIDR
    """The address block of the drills' own network, /16 to /26, private; nothing is connected to it."""

    postgres_class: Annotated[
        str, AfterValidator(_postgres_class), WithJsonSchema({"type": "string", "enum": list(POSTGRES_CLASSES)})
    ] = "db.t4g.micro"
    """The size of the restored instance of PostgreSQL, 0.016 USD an hour as db.t4g.micro."""

    documentdb_class: Annotated[
        str, AfterValidator(_documentdb_class), WithJsonSchema({"type": "string", "enum": list(DOCUMENTDB_CLASSES)})
    ] = "db.t3.medium"
    """The size of the one instance of the restored cluster of DocumentDB, 0.078 USD an hour as db.t3.medium."""

    minimum_rows: int = Field(default=1, ge=1, le=COUNTED_ROWS)
    """Rows that all tables of PostgreSQL must have together, or documents those of DocumentDB; fewer fail the drill."""

    checks: ClassVar[tuple[Check, ...]] = (_check_cidr, _check_zones)

    @property
    def is_weekly(self) -> bool:
        """Whether it is on a day of the week, and not of the month."""
        return self.start[:3] in WEEKDAYS

    @property
    def hour(self) -> int:
        """The hour in UTC."""
        return int(self.start[-5:-3])

    @property
    def schedule(self) -> str:
        """The schedule in AWS Backup's form."""
        day = self.start.partition(":")[0]
        days = f"? * {day.upper()}" if self.is_weekly else f"{day} * ?"
        return f"cron(0 {self.hour} {days} *)"

    @property
    def least_days(self) -> int:
        """Days between two drills at most, and one for the drill itself."""
        return (7 if self.is_weekly else 31) + 1
