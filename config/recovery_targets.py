"""Settings of [recovery.targets]: how old the newest copy of each kind of data may be before an alarm goes off."""

from typing import Final

from pydantic import Field

from config.model import Model

MAX_HOURS: Final = 168
"""A week: an alarm that waits for longer is of no use."""

MIN_POSTGRES_MINUTES: Final = 15
"""RDS uploads the transaction logs every five minutes, and copies them as soon as they are there.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
"""

MIN_FILES_MINUTES: Final = 15
"""S3 Replication Time Control: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html"""

MIN_DAILY_HOURS: Final = 25
"""A backup each day, which starts up to an hour after its time."""

MIN_RESTORE_MINUTES: Final = 30
"""RDS makes a new instance before it restores into it, and a cluster of DocumentDB gets its instance after that."""

MAX_DRILL_DAYS: Final = 45
"""More than a month: a drill each month, and two weeks to repeat one that failed."""

DRILL_TARGETS: Final = frozenset({"restore_minutes", "drill_days"})
"""Those that only [recovery.drills] measures."""


class CopyTargets(Model):
    """The most data that may be lost with the region, for each kind of data, and the time until it is there again."""

    postgres_minutes: int = Field(default=60, ge=MIN_POSTGRES_MINUTES, le=MAX_HOURS * 60)
    """Minutes by which the copy of PostgreSQL's transaction logs may be behind; RDS needs about five."""

    database_backup_hours: int = Field(default=30, ge=MIN_DAILY_HOURS, le=MAX_HOURS)
    """Hours since the newest daily backup of a database was copied, of PostgreSQL as of DocumentDB.

    The newest copy is oldest just before the next one is complete: a day, up to an hour until the backup starts, and
    the time that it and its copy take, for which the default leaves five hours.
    """

    files_minutes: int = Field(default=60, ge=MIN_FILES_MINUTES, le=MAX_HOURS * 60)
    """Minutes after which a file must be in the second region; S3 promises 15, for 0.015 USD per GB."""

    parameters_hours: int = Field(default=26, ge=MIN_DAILY_HOURS, le=MAX_HOURS)
    """Hours since all parameters were last compared with their copies, which happens daily and at each change."""

    restore_minutes: int = Field(default=120, ge=MIN_RESTORE_MINUTES, le=24 * 60)
    """Minutes that a drill may take from the start of a restore until the database can be asked."""

    drill_days: int = Field(default=9, ge=8, le=MAX_DRILL_DAYS)
    """Days since the last drill of each database that succeeded; a week and two days, or 32 if drills are monthly."""

    @property
    def chosen_for_drills(self) -> frozenset[str]:
        """The targets of drills with another value than the default: a default that is written out changes nothing."""
        fields = type(self).model_fields
        return frozenset(name for name in DRILL_TARGETS if getattr(self, name) != fields[name].default)
