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


RESTORE_ROLE: Final = "restore-testing"
"""Component of the name of the role with which AWS Backup restores copies in drills."""

RESTORE_GROUPS: Final = ("cluster-pg:default*", "og:default*", "pg:default*")
"""RDS compares a call that names no parameter or option group with AWS's own:

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/security_iam_id-based-policy-examples.html
"""

RESTORE_TESTS: Final = ("cluster:awsbackup-restore-test*", "db:awsbackup-restore-test*")
"""How AWS Backup names what a restore test makes: without the environment, too.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
"""

DRILL_INSTANCES: Final = "drill"
"""Component of the name of the instance that a restored cluster of DocumentDB gets."""


def backup_tag(label: Label) -> dict[str, str]:
    """The tag, for a database that the environment's plan backs up."""
    return {BACKUP_TAG: label.prefix}
