"""What [recovery] needs of the other tables of an environment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from config.backup_plan import START_WINDOW_MINUTES
from config.edge import VIEWER_REGION
from config.errors import Problem
from config.jurisdictions import check_jurisdiction, offer_second_region
from config.maintenance_windows import WEEKDAYS, backup_minutes, maintenance_minutes
from config.model import Check
from config.recovery import RecoverySettings
from config.recovery_drill_checks import DRILL_CHECKS
from config.recovery_state import check_second_region_has_no_stacks
from config.sleep import awake_times, read_zone
from config.sleep_windows import is_awake
from config.standby_checks import STANDBY_ENVIRONMENT_CHECKS
from config.standby_traffic import STANDBY_TRAFFIC_CHECKS
from config.zone_features import DOCUMENTDB

_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY
_TROUBLESHOOTING: Final = "https://docs.aws.amazon.com/aws-backup/latest/devguide/troubleshooting.html"
_QUIET_MINUTES: Final = 60
"""A backup fails in a window of a database, and in so many minutes before it (same page)."""
_AWAKE_MINUTES: Final = START_WINDOW_MINUTES + 60
"""How long a sleeping environment is awake for a backup: until it starts, and an hour for the snapshot."""


def _check_second_region(region: str, recovery__region: str | None) -> Iterator[Problem]:
    if recovery__region == region:
        yield Problem(
            key="recovery.region",
            value=recovery__region,
            allowed="must not be the region of the environment itself: copies there are lost with it; "
            f"{offer_second_region(region)}",
        )


def _check_edge_region(region: str, edge: object, recovery__region: str | None) -> Iterator[Problem]:
    if edge is not None and recovery__region == VIEWER_REGION != region:
        yield Problem(
            key="recovery.region",
            value=recovery__region,
            allowed=f"must not be {VIEWER_REGION} with [edge]: CloudFront's certificate and the bucket of static files "
            "are there already, so a copy beside them would be lost with them; "
            f"{offer_second_region(region, without=(VIEWER_REGION,))}",
        )


def _check_documentdb_copies(region: str, documentdb: object, recovery__region: str | None) -> Iterator[Problem]:
    if documentdb is not None and recovery__region in DOCUMENTDB.without_regions:
        yield Problem(
            key="recovery.region",
            value=recovery__region,
            allowed=f"has no DocumentDB ({DOCUMENTDB.source}), so copies of [documentdb] could be neither kept nor "
            f"restored there; {offer_second_region(region, without=DOCUMENTDB.without_regions)}; or remove "
            "[documentdb]",
        )


def _check_data(recovery__mode: str | None, postgres: object, documentdb: object) -> Iterator[Problem]:
    """Copies are of states and images, too, which every environment has; backups are of databases alone."""
    if recovery__mode == "none" and postgres is None and documentdb is None:
        yield Problem(
            key="recovery.mode",
            value=recovery__mode,
            allowed="has nothing to back up; add [postgres] or [documentdb], or remove [recovery]",
        )


def _check_effect(
    *,
    recovery: RecoverySettings | None,
    postgres: object,
    documentdb: object,
    secrets: object,
    backups: object,
    edge: object,
    security__trail: object,
) -> Iterator[Problem]:
    """What the file sets has an effect; what only copies need is refused with mode "none" by the table itself."""
    if recovery is None or recovery.mode == "none":
        return
    databases = {"[postgres]": postgres, "[documentdb]": documentdb}
    needed: dict[str, Mapping[str, object]] = {
        "postgres_minutes": {"[postgres]": postgres},
        "database_backup_hours": databases,
        "parameters_hours": {"[secrets]": secrets},
        "files_minutes": {"[backups]": backups, "[edge]": edge, "[security.trail]": security__trail},
    }
    used = {f"targets.{name}": tables for name, tables in needed.items() if name in recovery.targets.model_fields_set}
    if "backup_plan" in recovery.model_fields_set:
        used["backup_plan"] = databases
    for name, tables in used.items():
        if all(table is None for table in tables.values()):
            yield Problem(
                key=f"recovery.{name}",
                allowed=f"has no effect without {_joined(tables)}; add {'one' if len(tables) > 1 else 'it'}, or "
                "remove this",
            )


def _joined(tables: Iterable[str]) -> str:
    *rest, last = tables
    return f"{', '.join(rest)} or {last}" if rest else last


def _check_lock(protect_data: bool, recovery__backup_plan__lock_after_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if recovery__backup_plan__lock_after_days is not None and not protect_data:
        yield Problem(
            key="recovery.backup_plan.lock_after_days",
            value=recovery__backup_plan__lock_after_days,
            allowed="must not be set where protect_data = false, because a locked vault cannot be destroyed; "
            "remove it, or set protect_data = true",
        )


def _check_windows(
    *,
    recovery__backup_plan__start: str | None,
    postgres__backup_window: str | None,
    postgres__maintenance_window: str | None,
    documentdb__backup_window: str | None,
    documentdb__maintenance_window: str | None,
) -> Iterator[Problem]:
    """No backup starts within the hour before a window of a database, or in it: it would fail."""
    if recovery__backup_plan__start is None:
        return
    daily = {"postgres.backup_window": postgres__backup_window, "documentdb.backup_window": documentdb__backup_window}
    weekly = {
        "postgres.maintenance_window": postgres__maintenance_window,
        "documentdb.maintenance_window": documentdb__maintenance_window,
    }
    quiet = {
        **{f'{key} = "{window}"': (*backup_minutes(window), _DAY) for key, window in daily.items() if window},
        **{f'{key} = "{window}"': (*maintenance_minutes(window), _WEEK) for key, window in weekly.items() if window},
    }
    hour = int(recovery__backup_plan__start[:2])
    hit = [name for name, window in quiet.items() if _meets(hour, *window)]
    if hit:
        free = [other for other in range(24) if not any(_meets(other, *window) for window in quiet.values())]
        yield Problem(
            key="recovery.backup_plan.start",
            value=recovery__backup_plan__start,
            allowed=f"a backup may start up to {START_WINDOW_MINUTES} minutes later, and it fails in a window of a "
            f"database and in the hour before ({_TROUBLESHOOTING}): {' and '.join(hit)}; {_offer(free)}",
        )


def _meets(hour: int, start: int, length: int, period: int) -> bool:
    """Whether a backup of this hour may start in the hour before a window, or in it, on any day.

    The window starts at a minute of its period, which is a day or a week.
    """
    begin = start - _QUIET_MINUTES
    for day in range(7):
        distance = (day * _DAY + hour * 60 - begin) % period
        if distance < length + _QUIET_MINUTES or period - distance < START_WINDOW_MINUTES:
            return True
    return False


def _offer(hours: Sequence[int]) -> str:
    if not hours:
        return "no hour is left; make the windows of the databases shorter"
    parts: list[list[int]] = []
    for hour in hours:
        if parts and parts[-1][-1] == hour - 1:
            parts[-1].append(hour)
        else:
            parts.append([hour])
    return f"use {', '.join(' to '.join(f'{hour:02}:00' for hour in sorted({part[0], part[-1]})) for part in parts)}"


def _check_sleep(
    *,
    postgres: object,
    documentdb: object,
    recovery__mode: str | None,
    recovery__backup_plan__start: str | None,
    cost__sleep__time_zone: str | None,
    cost__sleep__awake: Sequence[str] | None,
    cost__sleep__holidays: Sequence[str] | None,
) -> Iterator[Problem]:
    """A stopped database is neither backed up nor copied.

    RDS and DocumentDB take a snapshot of an available database only:
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
    """
    if recovery__backup_plan__start is None or cost__sleep__time_zone is None or cost__sleep__awake is None:
        return
    if postgres is None and documentdb is None:
        return
    if recovery__mode != "none":
        yield Problem(
            key="recovery.mode",
            value=recovery__mode,
            allowed="cannot be set with [cost.sleep]: a stopped database is not copied, so the alarms on the age of "
            'the copies would go off in each sleep; remove [cost.sleep], or set mode = "none"',
        )
        return
    if cost__sleep__holidays:
        yield Problem(
            key="cost.sleep.holidays",
            value=tuple(cost__sleep__holidays),
            allowed="cannot be set with [recovery]: AWS Backup backs up each day, and fails for a database that is "
            "stopped; remove the days, or [recovery]",
        )
    awake = partial(is_awake, read_zone(cost__sleep__time_zone), awake_times(cost__sleep__awake))
    hours = [
        hour for hour in range(24) if all(awake(day * _DAY + hour * 60, _AWAKE_MINUTES) for day in range(len(WEEKDAYS)))
    ]
    if int(recovery__backup_plan__start[:2]) not in hours:
        offer = (
            _offer(hours)
            if hours
            else f"there is no hour with {_AWAKE_MINUTES} minutes awake on all seven days; change awake, or remove "
            "[recovery]"
        )
        yield Problem(
            key="recovery.backup_plan.start",
            value=recovery__backup_plan__start,
            allowed="is in hours in which the environment sleeps ([cost.sleep]) on one day or more, and AWS Backup "
            f"fails for a database that is stopped; {offer}",
        )


RECOVERY_CHECKS: Final[tuple[Check, ...]] = (
    _check_second_region,
    _check_edge_region,
    _check_documentdb_copies,
    check_jurisdiction,
    _check_data,
    _check_effect,
    check_second_region_has_no_stacks,
    _check_lock,
    _check_windows,
    _check_sleep,
    *STANDBY_ENVIRONMENT_CHECKS,
    *STANDBY_TRAFFIC_CHECKS,
    *DRILL_CHECKS,
)
"""The checks between [recovery] and other tables."""
