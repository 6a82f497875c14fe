"""Copies in a second region that do not arrive, are late or are not measured, and messages on backups that are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.alarms import where
from tests.alarms.faults import START, bad, pair
from tests.alarms.scenario import Expected
from tests.alarms.world import world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.alarms.scenario import Scenario

_BUCKETS: Final = ("assets", "audit", "backups", "state")
_SEVERITIES: Final = {
    name: "critical" if name in {"postgres", "documentdb"} else "warning" for name in where.COPIED_STORES
}
_UNMEASURED: Final = dict.fromkeys(where.COPIED_STORES)


def _of_each_store() -> Iterator[Scenario]:
    for name, store in where.COPIED_STORES.items():
        yield from pair(
            f"the copies of {name} do not arrive",
            world(copy_ages={name: store.most_minutes + 1}),
            f"{_SEVERITIES[name]}: {name}-copy-age",
            (30, 15),
            where.COPIES,
        )
        yield bad(
            f"the copies of {name} are as late as they may be",
            world(copy_ages={name: store.most_minutes}),
            only=where.COPIES,
        )


def _of_each_bucket() -> Iterator[Scenario]:
    """S3 reports values of five minutes."""
    for component in _BUCKETS:
        yield bad(
            f"S3 could not copy an object of the bucket {component}",
            world(failed_replications={component: 1}),
            Expected(f"warning: {component}-copies-failed", START + 8),
            minutes=1,
            only=where.COPIES,
        )
        yield bad(
            f"S3 copies the bucket {component} late",
            world(replication_seconds={component: 1000}),
            Expected(f"warning: {component}-copies-late", START + 8),
            minutes=1,
            only=where.COPIES,
        )
        yield bad(
            f"S3 copies the bucket {component} just in time",
            world(replication_seconds={component: 900}),
            only=where.COPIES,
        )


SCENARIOS: Final = (
    *_of_each_store(),
    *_of_each_bucket(),
    *(
        bad(
            f"an event of the rule {rule} is not delivered",
            world(undelivered={rule: 1}),
            Expected("warning: backup-messages-undelivered", START + 8),
            Expected("warning: backup-messages-undelivered in *", START + 8, where.COPIES),
            minutes=1,
            only=where.RECOVERY,
        )
        for rule in ("backup-changes", "failed-backups", "failed-copies", "failed-restores")
    ),
    bad(
        "the ages of copies are not measured",
        world(copy_ages=_UNMEASURED),
        *(Expected(f"{severity}: {name}-copy-age", START + 120) for name, severity in _SEVERITIES.items()),
        minutes=180,
        only=where.COPIES,
    ),
    bad("the ages of copies are not measured once", world(copy_ages=_UNMEASURED), minutes=15, only=where.COPIES),
    *(
        bad(
            f"the function {function} fails",
            world(failed_messages={function: 1}),
            Expected(f"{severity}: {function}-failed", START + 8),
            minutes=1,
            only=where.COPIES,
        )
        for function, severity in (
            ("parameter-mirror", "critical"),
            ("copy-heartbeats", "warning"),
            ("copy-ages", "warning"),
        )
    ),
)
