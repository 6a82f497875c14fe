"""Restore drills that fail, take too long, leave something or are not measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.alarms import where
from tests.alarms.faults import START, bad, pair
from tests.alarms.scenario import Expected
from tests.alarms.world import world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.alarms.scenario import Scenario

_DATABASES: Final = ("postgres", "documentdb")
_VALUE_MINUTES: Final = 15
"""The function publishes one value in this time; that of a restore is published once."""
_UNMEASURED: Final = dict.fromkeys(_DATABASES)


def _of_each_database() -> Iterator[Scenario]:
    minutes, days = where.DRILL_TARGETS
    for name in _DATABASES:
        yield from pair(
            f"no drill of {name} has succeeded for too long",
            world(drill_ages={name: days + 0.01}),
            f"critical: {name}-drill-age",
            (30, 15),
            where.DRILLS,
        )
        yield bad(
            f"the last drill of {name} is as old as it may be",
            world(drill_ages={name: days}),
            only=where.DRILLS,
        )
        yield bad(
            f"a drill has restored {name} too slowly",
            world(restore_minutes={name: minutes + 1}),
            Expected(f"warning: {name}-restore-minutes", START + 2 * _VALUE_MINUTES),
            minutes=_VALUE_MINUTES,
            only=where.DRILLS,
        )
        yield bad(
            f"a drill has restored {name} just in time",
            world(restore_minutes={name: minutes}),
            minutes=_VALUE_MINUTES,
            only=where.DRILLS,
        )
        yield bad(
            f"a drill has left what it restored of {name}",
            world(left_restores={name: 1}),
            Expected(f"warning: {name}-restores-left", START + 2 * _VALUE_MINUTES),
            minutes=_VALUE_MINUTES,
            only=where.DRILLS,
        )


SCENARIOS: Final = (
    *_of_each_database(),
    bad(
        "drills are not measured",
        world(drill_ages=_UNMEASURED, left_restores=_UNMEASURED),
        *(Expected(f"critical: {name}-drill-age", START + 120) for name in _DATABASES),
        minutes=180,
        only=where.DRILLS,
    ),
    bad(
        "drills are not measured once",
        world(drill_ages=_UNMEASURED, left_restores=_UNMEASURED),
        minutes=_VALUE_MINUTES,
        only=where.DRILLS,
    ),
    bad(
        "the function restore-check fails",
        world(failed_messages={"drills/check": 1}),
        Expected("critical: restore-check-failed", START + 8),
        minutes=1,
        only=where.DRILLS,
    ),
)
