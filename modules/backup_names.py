"""The tag by which AWS Backup finds databases, and the names that it gives to snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from modules.label import Label

BACKUP_TAG: Final = "backup-plan"
"""By this tag AWS Backup finds the databases of an environment; its value is the start of all names of that one."""

BACKUP_ROLE: Final = "backup"
"""Component of the name of the role with which AWS Backup works."""

BACKUP_SNAPSHOTS: Final = ("snapshot:awsbackup:*", "cluster-snapshot:awsbackup:*")
"""How AWS Backup names the snapshots that it makes and copies: after the job, so without the environment.

No other snapshot can have such a name:
https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html#resource-arns-table
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
"""


def backup_tag(label: Label) -> dict[str, str]:
    """The tag, for a database that the environment's plan backs up."""
    return {BACKUP_TAG: label.prefix}
