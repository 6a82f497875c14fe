"""Where the copies of each store are in the second region: how the function copy-ages measures them, and its rights.

By names alone, so that nothing has to be read of the environment's own region.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from config.buckets import ASSETS, AUDIT, BACKUPS, copy_name
from config.copies import DOCUMENTDB, PARAMETERS, POSTGRES, POSTGRES_BACKUPS
from modules.data.identifiers import documentdb_identifier, postgres_identifier
from modules.policy import Condition, Statement
from modules.recovery.backup_vault import vault_name
from modules.recovery.parameter_copies import MARKER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.label import Label

HEARTBEAT: Final = "recovery/heartbeat"
"""The object that the function copy-heartbeats writes into each bucket that is replicated."""


@dataclass(frozen=True, kw_only=True)
class CopyPlace:
    """Where the copies of one store are."""

    settings: Mapping[str, str]
    """What lambdas/copy_ages/measures.py needs: `way`, and the arguments of that way."""
    statements: tuple[Statement, ...]
    """What the function may do for that; none of it shows what is in a copy."""

    @staticmethod
    def automated_backups(label: Label, *, instance: str) -> CopyPlace:
        """The replicated automated backups of an RDS instance.

        Args:
            label: Of the second region.
            instance: The identifier of the instance, in the environment's own region.
        """
        return CopyPlace(
            settings={"way": "automated_backups", "instance": label.in_home_region().arn("rds", f"db:{instance}")},
            statements=(
                Statement(
                    sid="ReadAutomatedBackups",
                    actions=("rds:DescribeDBInstanceAutomatedBackups",),
                    # It lists all of a region. No page names what else it could be granted on, and AWS grants it so:
                    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupFullAccess.html
                    resources=("*",),
                    conditions=(Condition(operator="StringEquals", key="aws:RequestedRegion", values=(label.region,)),),
                ),
            ),
        )

    @staticmethod
    def recovery_points(label: Label, *, vault: str, resource: str) -> CopyPlace:
        """The copies of the backups of one database in a vault of AWS Backup.

        Args:
            label: Of the second region.
            vault: Name of the vault.
            resource: The end of the ARN of the database in the environment's own region: `db:..` or `cluster:..`.
        """
        return CopyPlace(
            settings={
                "way": "recovery_points",
                "vault": vault,
                "resource": label.in_home_region().arn("rds", resource),
            },
            statements=(
                Statement(
                    sid="ListRecoveryPoints",
                    actions=("backup:ListRecoveryPointsByBackupVault",),
                    resources=(label.arn("backup", f"backup-vault:{vault}"),),
                ),
            ),
        )

    @staticmethod
    def parameter(label: Label, *, name: str) -> CopyPlace:
        """A parameter of the second region that is written whenever all are equal to their copies."""
        return CopyPlace(
            settings={"way": "parameter", "name": name},
            statements=(
                Statement(
                    sid="ReadMarker",
                    actions=("ssm:GetParameter",),
                    resources=(label.arn("ssm", f"parameter{name}"),),
                ),
            ),
        )

    @staticmethod
    def objects(*, bucket: str, prefix: str = HEARTBEAT) -> CopyPlace:
        """The copies of objects.

        Args:
            bucket: Name of the bucket with the copies.
            prefix: The start of the keys that are looked at; `{date}` in it is a date like `2026/01/31`.
        """
        start = prefix.partition("{")[0]
        only = Condition(operator="StringLike", key="s3:prefix", values=(f"{start}*",))
        return CopyPlace(
            settings={"way": "objects", "bucket": bucket, "prefix": prefix},
            statements=(
                Statement(actions=("s3:ListBucket",), resources=(f"arn:aws:s3:::{bucket}",), conditions=(only,)),
            ),
        )


def copy_places(label: Label) -> dict[str, CopyPlace]:
    """Where the copies of each store are if there are any, by the name of the store.

    CloudTrail writes the trail all the time, so it needs no object that is written to see its copy arrive:
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html

    Args:
        label: Of the second region.
    """
    postgres, vault = postgres_identifier(label), vault_name(label)
    trail = f"AWSLogs/{label.account_id}/CloudTrail/{label.home_region}/{{date}}/"
    return {
        POSTGRES: CopyPlace.automated_backups(label, instance=postgres),
        POSTGRES_BACKUPS: CopyPlace.recovery_points(label, vault=vault, resource=f"db:{postgres}"),
        DOCUMENTDB: CopyPlace.recovery_points(label, vault=vault, resource=f"cluster:{documentdb_identifier(label)}"),
        PARAMETERS: CopyPlace.parameter(label, name=label.path(MARKER)),
        BACKUPS: CopyPlace.objects(bucket=copy_name(label, BACKUPS)),
        ASSETS: CopyPlace.objects(bucket=copy_name(label, ASSETS)),
        AUDIT: CopyPlace.objects(bucket=copy_name(label, AUDIT), prefix=trail),
    }
