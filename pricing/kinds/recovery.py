"""AWS Backup, its copies and restore tests, and RDS backups in another region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pricing.charge import Charge, Gap, Item, Site, prices
from pricing.kinds.databases import backup_gib
from pricing.prices import HOURS_PER_MONTH
from pricing.resource import number
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pricing.resource import Billable

_BACKUPS: Final = "backups"
_COPIES: Final = "copies to another region"
_DRILLS: Final = "restore tests"
_ARN_REGION: Final = 3
_KEPT_DAYS: Final = 365
"""How many days of a backup are counted that is kept for ever."""
_DAYS_PER_MONTH: Final = HOURS_PER_MONTH / 24
_WEEK: Final = 7


@prices("aws_backup_plan")
def backup_plan(resource: Billable, site: Site) -> Iterator[Item]:
    """Its backups once the oldest have expired: of each rule so many as it keeps, each with what has changed since."""
    data = _databases(site)
    for index, rule in enumerate(resource.blocks("rule")):
        interval = interval_days(str(rule.get("schedule") or ""))
        if interval is None:
            yield Gap(component=_BACKUPS, reason=f'the backups of the schedule "{rule.get("schedule")}" are not known')
            continue
        for price, gib in data.items():
            kept = number(_first(rule, "lifecycle").get("delete_after")) or _KEPT_DAYS
            # The first backup has all of the data; those of the other rules share it.
            whole = 0 if index else gib
            stored = whole + _kept_gib(gib, kept, interval, site)
            yield Charge(component=_BACKUPS, price=price, quantity=stored, is_usage=True)
            for copy in blocks(rule.get("copy_action")):
                kept = number(_first(copy, "lifecycle").get("delete_after")) or _KEPT_DAYS
                region = _region(str(copy.get("destination_vault_arn") or ""))
                stored = whole + _kept_gib(gib, kept, interval, site)
                yield Charge(component=_COPIES, price=price, quantity=stored, is_usage=True, region=region)
                if region and region != resource.region:
                    sent = _changed_gib(gib, interval, site) * _DAYS_PER_MONTH / interval
                    yield Charge(component=_COPIES, price="inter_region_data", quantity=sent, is_usage=True)


@prices("aws_db_instance_automated_backups_replication")
def replicated_backups(resource: Billable, site: Site) -> Iterator[Item]:
    """The backups in this region, and the changes that are sent to it."""
    data = site.usage.postgres_gib
    days = resource.number("retention_period") or _WEEK
    yield Charge(component=_COPIES, price="postgres_backup", quantity=backup_gib(data, days, site), is_usage=True)
    sent = _changed_gib(data, 1, site) * _DAYS_PER_MONTH
    source = _region(resource.text("source_db_instance_arn"))
    yield Charge(component=_COPIES, price="inter_region_data", quantity=sent, is_usage=True, region=source)


@prices("aws_backup_restore_testing_selection")
def restore_test(resource: Billable, site: Site) -> Iterator[Item]:
    """The hours of a restored instance; the tests of a week are four and a bit in a month."""
    overrides = resource.get("restore_metadata_overrides")
    kind = resource.text("protected_resource_type")
    values = overrides if isinstance(overrides, dict) else {}
    name = str(values.get("dbInstanceClass") or "")
    hours = site.usage.drill_hours * _DAYS_PER_MONTH / _WEEK / HOURS_PER_MONTH
    if kind == "RDS" and name:
        yield Charge(component=_DRILLS, price=f"postgres/{name}", quantity=hours, is_usage=True)
    elif kind != "DocumentDB":
        # A restored cluster of DocumentDB has no instance, and its storage is there for hours only.
        yield Gap(component=_DRILLS, reason=f"restores of {kind} have no price")


def interval_days(schedule: str) -> float | None:
    """The days between two runs of a cron expression that runs daily, on weekdays or monthly; None for others."""
    found = re.fullmatch(r"cron\(\S+ \S+ (\S+) (\S+) (\S+) \*\)", schedule)
    if not found or found[2] != "*":
        return None
    day, weekday = found[1], found[3]
    if day in {"*", "?"} and weekday in {"*", "?"}:
        return 1
    if day in {"*", "?"}:
        return _WEEK / len(weekday.split(",")) if re.fullmatch(r"[A-Za-z0-9,]+", weekday) else None
    return _DAYS_PER_MONTH if re.fullmatch(r"[0-9]+|L", day) else None


def _databases(site: Site) -> dict[str, float]:
    """GiB of the databases, by the price of their backups."""
    postgres = [one for one in site.inventory.all("aws_db_instance") if not one.get("replicate_source_db")]
    clusters = [*site.inventory.all("aws_docdb_cluster")]
    found = {
        "backup_rds_snapshot": len(postgres) * site.usage.postgres_gib,
        "backup_documentdb_snapshot": len(clusters) * site.usage.documentdb_gib,
    }
    return {price: gib for price, gib in found.items() if gib}


def _changed_gib(gib: float, interval: float, site: Site) -> float:
    return gib * min(1.0, site.usage.daily_change_percent / 100 * interval)


def _kept_gib(gib: float, days: float, interval: float, site: Site) -> float:
    """GiB of changes in the backups that a rule keeps."""
    return max(1.0, days / interval) * _changed_gib(gib, interval, site)


def _first(block: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next(iter(blocks(block.get(name))), {})


def _region(arn: str) -> str:
    parts = arn.split(":")
    return parts[_ARN_REGION] if len(parts) > _ARN_REGION else ""
