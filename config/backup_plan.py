"""Settings of [recovery.backup_plan]: when AWS Backup backs up the databases, and how long a backup is kept."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem
from config.model import Check, Model

START_WINDOW_MINUTES: Final = 60
"""Minutes after the start within which AWS Backup starts a job: the shortest that it accepts.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html
"""

MAX_RETENTION_DAYS: Final = 36_500
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html (100 years)"""

MIN_LOCK_DAYS: Final = 3
"""Days in which a lock can still be removed, at least: 72 hours (same page)."""

_HOUR: Final = r"([01][0-9]|2[0-3]):00"


def _start(value: str) -> str:
    if re.fullmatch(_HOUR, value):
        return value
    message = 'is not a valid full hour; use one from "00:00" to "23:00", in UTC'
    raise ValueError(message)


def _check_longer(daily_days: int, weekly_days: int, monthly_days: int) -> Iterator[Problem]:
    if weekly_days and weekly_days <= daily_days:
        yield Problem(
            key="weekly_days",
            value=weekly_days,
            allowed=f"must be more than daily_days = {daily_days}, or it keeps no backup for longer; raise it, or set "
            "it to 0",
        )
    longest, name = max((daily_days, "daily_days"), (weekly_days, "weekly_days"))
    if monthly_days and monthly_days <= longest:
        yield Problem(
            key="monthly_days",
            value=monthly_days,
            allowed=f"must be more than {name} = {longest}, or it keeps no backup for longer; raise it, or set it to 0",
        )


class BackupPlanSettings(Model):
    """Backups of the databases by AWS Backup, besides those that the databases make themselves.

    Each is copied to the second region, if there is one, and the copy is kept for as long as the original. If several
    are due in the same hour, AWS Backup makes one, which is kept for the longest time:
    https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
    """

    start: Annotated[str, AfterValidator(_start), WithJsonSchema({"type": "string", "pattern": f"^{_HOUR}$"})] = "08:00"
    """The full hour in UTC at which the daily backup starts, at the latest an hour later."""

    daily_days: int = Field(default=7, ge=1, le=MAX_RETENTION_DAYS)
    """Days that the backup of each day is kept, in each region.

    A GB costs 0.095 USD a month of PostgreSQL, and 0.021 USD of DocumentDB. Those of PostgreSQL after the first have
    only changes; one of DocumentDB costs its whole volume once it is older than backup_retention_days of [documentdb],
    and each copy in the second region does so at once.
    """
    # https://docs.aws.amazon.com/documentdb/latest/developerguide/backup_restore-understanding_backup_storage_usage.html

    weekly_days: int = Field(default=35, ge=0, le=MAX_RETENTION_DAYS)
    """Days that the backup of each Sunday is kept; 0 keeps it like that of any other day."""

    monthly_days: int = Field(default=365, ge=0, le=MAX_RETENTION_DAYS)
    """Days that the backup of the first day of each month is kept; 0 keeps it like that of any other day."""

    lock_after_days: int | None = Field(default=None, ge=MIN_LOCK_DAYS, le=MAX_RETENTION_DAYS)
    """Days until the lock of both vaults can never be removed, not even by the root user or AWS; without it, no lock.

    A locked vault deletes no backup before its time, so it cannot be destroyed until the last one has expired. It takes
    no backup that is to be kept for fewer days than daily_days, or more than the longest of the three, as they were on
    the day of the lock.
    """
    # https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html

    checks: ClassVar[tuple[Check, ...]] = (_check_longer,)

    @property
    def max_days(self) -> int:
        """The longest retention of a rule: a lock refuses what is longer."""
        return max(self.daily_days, self.weekly_days, self.monthly_days)
