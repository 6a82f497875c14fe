"""What [recovery.drills] needs of the other tables of an environment."""

from collections.abc import Iterator, Mapping
from typing import Final

from config.backup_plan import START_WINDOW_MINUTES
from config.database_offers import check_drill_classes
from config.database_roles import DocumentdbRoleSettings, PostgresRoleSettings
from config.errors import Problem
from config.model import Check
from config.recovery_drills import DrillSettings
from config.recovery_targets import CopyTargets
from config.zones import ZONE_PREFIXES, is_zone_in_region

_WITH_IAM: Final = "5.0.0"
"""The only version that lets clients sign in by IAM.

https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html
"""
_HOURS: Final = 24
WITHOUT_RESTORE_TESTS: Final = ("ap-southeast-5", "ap-southeast-7")
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html (by Region)"""


def _check_database(recovery__drills: object, postgres: object, documentdb: object) -> Iterator[Problem]:
    if recovery__drills is not None and postgres is None and documentdb is None:
        yield Problem(
            key="recovery.drills",
            allowed="has nothing to restore without [postgres] or [documentdb]; add one, or remove it",
        )


def _check_zones(recovery__drills: DrillSettings | None, recovery__region: str | None) -> Iterator[Problem]:
    if recovery__drills is None or recovery__region is None:
        return
    for index, zone in enumerate(recovery__drills.zones):
        if not is_zone_in_region(zone, recovery__region):
            yield Problem(
                key=f"recovery.drills.zones[{index}]",
                value=zone,
                allowed=f'is not in the second region, "{recovery__region}", where drills are; use one like '
                f'"{ZONE_PREFIXES[recovery__region]}-az1"; this prints their ids: aws ec2 describe-availability-zones '
                f"--region {recovery__region} --query 'AvailabilityZones[].ZoneId'",
            )


def _check_region(recovery__drills: object, recovery__region: str | None) -> Iterator[Problem]:
    if recovery__drills is not None and recovery__region in WITHOUT_RESTORE_TESTS:
        yield Problem(
            key="recovery.drills",
            allowed=f'cannot be in the second region "{recovery__region}", in which AWS Backup has no restore testing; '
            "use another second region, or remove [recovery.drills]",
        )


def _check_start(recovery__drills: DrillSettings | None, recovery__backup_plan__start: str | None) -> Iterator[Problem]:
    """A drill takes the newest copy, so none should arrive just then: it would be one or the other by chance."""
    if recovery__drills is None or recovery__backup_plan__start is None:
        return
    backup = int(recovery__backup_plan__start[:2])
    hours = {(backup + offset) % _HOURS for offset in (0, 1)}
    if recovery__drills.hour in hours:
        yield Problem(
            key="recovery.drills.start",
            value=recovery__drills.start,
            allowed="is in the hour of the backups or the one after it: they start at "
            f'"{recovery__backup_plan__start}", or up to {START_WINDOW_MINUTES} minutes later; use another hour, like '
            f'"{recovery__drills.start[:-5]}{(backup + len(hours)) % _HOURS:02}:00"',
        )


def _check_sign_in(recovery__drills: object, documentdb__engine_version: str | None) -> Iterator[Problem]:
    if recovery__drills is not None and documentdb__engine_version not in {None, _WITH_IAM}:
        yield Problem(
            key="documentdb.engine_version",
            value=documentdb__engine_version,
            allowed=f'must be "{_WITH_IAM}" with [recovery.drills]: a drill signs in by IAM, which earlier '
            "versions of DocumentDB do not know; upgrade, or remove [recovery.drills]",
        )


def _check_content(
    recovery__drills: object,
    postgres__roles: Mapping[str, PostgresRoleSettings] | None,
    documentdb__roles: Mapping[str, DocumentdbRoleSettings] | None,
) -> Iterator[Problem]:
    """A drill reads what the roles that write have made."""
    for database, roles in (("postgres", postgres__roles), ("documentdb", documentdb__roles)):
        if recovery__drills is None or roles is None:
            continue
        if not any(role.access == "read_write" for role in roles.values()):
            yield Problem(
                key="recovery.drills",
                allowed=f'has nothing to read in [{database}]: it has no role with access = "read_write"; add one '
                f"([{database}.roles.<name>]), or remove [recovery.drills]",
            )


def _check_targets(recovery__drills: DrillSettings | None, recovery__targets: CopyTargets | None) -> Iterator[Problem]:
    if recovery__targets is None:
        return
    if recovery__drills is None:
        for name in sorted(recovery__targets.chosen_for_drills):
            yield Problem(
                key=f"recovery.targets.{name}",
                allowed="has no effect without [recovery.drills]; add it, or remove this",
            )
    elif recovery__targets.drill_days < recovery__drills.least_days:
        yield Problem(
            key="recovery.targets.drill_days",
            value=recovery__targets.drill_days,
            allowed=f'must be {recovery__drills.least_days} or more with start = "{recovery__drills.start}", or the '
            "alarm goes off between two drills that succeed",
        )


DRILL_CHECKS: Final[tuple[Check, ...]] = (
    _check_database,
    _check_zones,
    _check_region,
    _check_start,
    _check_sign_in,
    _check_content,
    _check_targets,
    check_drill_classes,
)
"""The checks between [recovery.drills] and other tables."""
