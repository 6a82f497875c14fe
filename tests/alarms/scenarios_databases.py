"""What happens to the databases. Each fault just long enough, and not quite: a failover or a backup notifies nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.alarms import where
from tests.alarms.faults import START, bad, pair
from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, documentdb, postgres, proxy, world
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alarms.world import Change

_INSTANCES: Final = {str(number): where.documentdb(number) for number in (1, 2, 3)}
"""The instances of DocumentDB."""
# Both databases: what is too much of what, for how many minutes it is an alarm, and for how many it is not.
_LOADS: Final[tuple[tuple[str, dict[str, Any], int, int], ...]] = (
    ("cpu", {"cpu_percent": 100}, 15, 11),
    ("memory", {"free_memory_share": 0.02}, 15, 11),
    ("swap", {"swap_gib": 3}, 11, 6),
    ("read-latency", {"read_seconds": 0.12}, 11, 6),
    ("write-latency", {"write_seconds": 0.12}, 11, 6),
    ("credits", {"cpu_credits": 5}, 120, 115),
    ("connections", {"connections_share": 0.82}, 3, 2),
)


def _loads(name: str, change: Callable[..., Change], only: tuple[str, ...] = ENVIRONMENTS) -> tuple[Scenario, ...]:
    return tuple(
        scenario
        for what, values, just, short in _LOADS
        for scenario in pair(f"{name}: {what}", change(**values), f"warning: {name}-{what}", (just, short), only)
    )


def _of_instance(number: str, only: tuple[str, ...]) -> tuple[Scenario, ...]:
    name = f"documentdb-{number}"

    def change(**values: Any) -> Change:
        return documentdb(number, **values)

    return (
        *_loads(name, change, only),
        *pair(f"{name}: throttling", change(throttled=2), f"warning: {name}-throttling", (11, 6), only),
        bad(
            f"{name}: no connection is left",
            change(connections_share=0.98),
            Expected(f"critical: {name}-connections-full", START + 8),
            Expected(f"warning: {name}-connections", START + 8),
            minutes=3,
            only=only,
        ),
        bad(f"{name}: no connection is left", change(connections_share=0.98), minutes=2, only=only),
        bad(f"{name}: many connections", change(connections_share=0.76), only=only),
        bad(
            f"{name}: few connections are left",
            change(connections_share=0.92),
            Expected(f"warning: {name}-connections", START + 8),
            only=only,
        ),
    )


def _documentdb_fails() -> tuple[Scenario, ...]:
    stopped = documentdb("1", "2", "3", reports=False)
    return (
        bad(
            "DocumentDB has stopped",
            stopped,
            Expected("critical: documentdb-absence", START + 15),
            *(
                Expected(f"warning: documentdb-{number}-absence", START + 15, where.documentdb(2))
                for number in _INSTANCES
            ),
        ),
        bad("DocumentDB restarts", stopped, minutes=4),
        bad(
            "DocumentDB restarts",
            stopped,
            Expected("critical: documentdb-absence", START + 8),
            *(
                Expected(f"warning: documentdb-{number}-absence", START + 8, where.documentdb(2))
                for number in _INSTANCES
            ),
            minutes=5,
            if_late=True,
            only=where.NO_SLEEP,
        ),
        bad(
            "DocumentDB restarts",
            stopped,
            Expected("critical: documentdb-absence", START + 9),
            minutes=6,  # the composite alarm waits a minute
            if_late=True,
            only=where.SLEEP,
        ),
        *(
            bad(
                f"documentdb-{number} has failed",
                documentdb(number, reports=False),
                Expected(f"warning: documentdb-{number}-absence", START + 15),
                only=where.documentdb(2),
            )
            for number in _INSTANCES
        ),
        *pair(
            "DocumentDB's replicas are behind",
            world(documentdb_lag_ms=5000),
            "warning: documentdb-lag",
            (11, 6),
            where.documentdb(2),
        ),
        *pair(
            "DocumentDB: slow statements",
            world(events={"documentdb-slow-statements": 80}),
            "warning: documentdb-slow-statements",
            (11, 6),
        ),
    )


def _postgres_fails() -> tuple[Scenario, ...]:
    absence = Expected("critical: postgres-absence", START + 15)
    return (
        bad("PostgreSQL without a proxy has stopped", postgres(reports=False), absence, only=where.NO_PROXY),
        bad(
            "PostgreSQL has stopped",
            both(postgres(reports=False), proxy(available_percent=0, refused=5)),
            absence,
            Expected("critical: postgres-proxy-availability", START + 8),
            Expected("critical: postgres-proxy-refusals", START + 8),
            only=where.PROXY,
        ),
        bad(
            "PostgreSQL fails over",
            both(postgres(reports=False), proxy(available_percent=0, refused=5)),
            minutes=2,
        ),
        bad("PostgreSQL restarts", postgres(reports=False), minutes=4),
        bad(
            "PostgreSQL restarts",
            postgres(reports=False),
            Expected("critical: postgres-absence", START + 8),
            minutes=5,
            if_late=True,
            only=where.NO_SLEEP,
        ),
        bad(
            "PostgreSQL restarts",
            postgres(reports=False),
            Expected("critical: postgres-absence", START + 9),
            minutes=6,  # the composite alarm waits a minute
            if_late=True,
            only=where.SLEEP,
        ),
        bad(
            "PostgreSQL: no connection is left",
            postgres(connections_share=0.98),
            Expected("critical: postgres-connections-full", START + 8),
            Expected("warning: postgres-connections", START + 8),
            minutes=3,
        ),
        bad("PostgreSQL: no connection is left", postgres(connections_share=0.98), minutes=2),
        bad(
            "PostgreSQL: no storage is left",
            postgres(free_storage_gib=0.3),
            Expected("critical: postgres-storage-full", START + 5),
            minutes=10,
        ),
    )


SCENARIOS: Final = (
    *_loads("postgres", postgres),
    *pair("postgres: storage", postgres(free_storage_gib=1.5), "warning: postgres-storage", (55, 50)),
    *pair("postgres: waiting-io", postgres(waiting_io=60), "warning: postgres-waiting-io", (11, 6)),
    bad(
        "postgres: transaction-ids",
        postgres(transaction_ids=1.2e9),
        Expected("warning: postgres-transaction-ids", START + 8),
        minutes=1,
    ),
    *pair(
        "postgres: slow statements",
        world(events={"postgres-slow-statements": 80}),
        "warning: postgres-slow-statements",
        (11, 6),
        where.NO_PROXY,
    ),
    *pair(
        "postgres: slow queries",
        proxy(query_seconds=0.3),
        "warning: postgres-proxy-query-time",
        (11, 6),
        where.PROXY,
    ),
    *pair(
        "postgres: queries wait for a connection",
        proxy(borrow_seconds=0.6),
        "warning: postgres-proxy-borrowing",
        (11, 6),
        where.PROXY,
    ),
    *pair("postgres: pool", proxy(borrowed=270), "warning: postgres-proxy-connections", (3, 2), where.PROXY),
    *pair("postgres: refusals", proxy(refused=5), "critical: postgres-proxy-refusals", (3, 2), where.PROXY),
    *pair(
        "postgres: availability",
        proxy(available_percent=0),
        "critical: postgres-proxy-availability",
        (3, 2),
        where.PROXY,
    ),
    *(
        bad(
            f"the passwords of {database} cannot be replaced",
            world(failed_messages={f"{database}/roles": 1}),
            Expected(f"warning: {database}-roles-failed", START + 8),
            minutes=1,
        )
        for database in ("postgres", "documentdb")
    ),
    *_postgres_fails(),
    *(scenario for number, only in _INSTANCES.items() for scenario in _of_instance(number, only)),
    *_documentdb_fails(),
)
