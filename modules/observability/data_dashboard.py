"""The dashboard `data`: load, connections, storage and speed of the databases, and the ages of the data's copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.data.proxy_alarms import QUERY_MILLISECONDS
from modules.observability.dashboard import Dashboard
from modules.observability.widgets import Graph, Line, Text
from modules.recovery.copy_metrics import copy_age_minutes
from modules.recovery.drill_metrics import AGE, MINUTES, drill_metric

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from config.copies import CopiedStore
    from modules.data.documentdb import Documentdb
    from modules.data.instance_metrics import InstanceMetrics
    from modules.data.postgres import Postgres
    from modules.data.proxy_alarms import ProxyMetrics
    from modules.label import Label
    from modules.observability.widgets import Widget

_PERCENT: Final = "percent"
_HALF: Final = 12
_MICROSECONDS_PER_MILLISECOND: Final = 1000
_DAY_MINUTES: Final = 24 * 60


class DataDashboard(Construct):
    """Both databases, each if there is one, the proxy, and the copies in a second region, as their alarms see them."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        postgres: Postgres | None,
        documentdb: Documentdb | None,
        copies: Sequence[CopiedStore] = (),
        copies_region: str | None = None,
        drill_days: int | None = None,
    ) -> None:
        """Create the dashboard.

        Args:
            label: Names it.
            postgres: PostgreSQL, if there is one.
            documentdb: DocumentDB, if there is one.
            copies: What has copies in a second region.
            copies_region: That region.
            drill_days: How old the last restore drill may be; None without drills.
        """
        super().__init__(scope, id_)
        rows: list[Sequence[Widget]] = [
            [
                Text(
                    markdown=f"# Databases of {label.prefix}\nMade by Terraform: a change here is lost with the next "
                    "apply. Statements that take long: the saved queries of CloudWatch Logs."
                )
            ]
        ]
        if postgres:
            rows += _of_postgres(postgres)
            if postgres.proxy:
                rows.append(list(_of_proxy(postgres.proxy.metrics)))
        if documentdb:
            rows += _of_documentdb(documentdb)
        if copies and copies_region:
            rows.append(list(_of_copies(label, copies, region=copies_region)))
        if drill_days and copies_region:
            engines = {"PostgreSQL": ("postgres", postgres), "DocumentDB": ("documentdb", documentdb)}
            stores = {name: store for name, (store, database) in engines.items() if database}
            rows.append(list(_of_drills(label, stores, region=copies_region, drill_days=drill_days)))
        Dashboard(self, "Default", label=label, name="data", rows=rows)


def _of_postgres(postgres: Postgres) -> Iterator[Sequence[Widget]]:
    named = {
        "primary": postgres.metrics,
        **{f"replica {number}": metrics for number, metrics in postgres.replica_metrics.items()},
    }
    yield _load("PostgreSQL", named)
    yield [
        *_latency("PostgreSQL", named, unit="seconds"),
        Graph(
            title="PostgreSQL: free storage",
            series={name: metrics.free_storage_bytes for name, metrics in named.items()},
            unit="bytes",
        ),
    ]


def _of_proxy(metrics: ProxyMetrics) -> Iterator[Widget]:
    target = Line(value=QUERY_MILLISECONDS * _MICROSECONDS_PER_MILLISECOND, label="target")
    yield Graph(
        title="Proxy: time of a query, average",
        series={"query": metrics.query_microseconds, "wait for a connection": metrics.borrow_microseconds},
        lines=[target],
        unit="microseconds",
        width=_HALF,
    )
    yield Graph(title="Proxy: connections in use", series={"pool": metrics.pool_percent}, unit=_PERCENT, width=_HALF)


def _of_documentdb(documentdb: Documentdb) -> Iterator[Sequence[Widget]]:
    named = {f"instance {number}": metrics for number, metrics in documentdb.instance_metrics.items()}
    yield _load("DocumentDB", named)
    yield [
        *_latency("DocumentDB", named, unit="milliseconds"),
        Graph(
            title="DocumentDB: reads from memory",
            series={name: metrics.cache_hit_percent for name, metrics in named.items()},
            unit=_PERCENT,
        ),
    ]
    yield [
        Graph(
            title="DocumentDB: lag of the last replica",
            series={"cluster": documentdb.metrics.replica_lag_milliseconds},
            unit="milliseconds",
            width=_HALF,
        ),
        Graph(
            title="DocumentDB: connections in use",
            series={name: metrics.connection_percent for name, metrics in named.items()},
            unit=_PERCENT,
            width=_HALF,
        ),
    ]


def _of_copies(label: Label, copies: Sequence[CopiedStore], *, region: str) -> Iterator[Widget]:
    """One graph for those that may be minutes old, one for those of each day: on one axis the first would be flat."""
    by_day = {
        is_daily: [store for store in copies if (store.most_minutes >= _DAY_MINUTES) == is_daily]
        for is_daily in (False, True)
    }
    for is_daily, stores in by_day.items():
        if stores:
            yield Graph(
                title=f"Copies in {region}: age of the newest one, {'made each day' if is_daily else 'made at once'}",
                series={store.name: copy_age_minutes(label, store, region=region) for store in stores},
                lines=[
                    Line(value=minutes, label=f"target of {', '.join(names)}")
                    for minutes, names in _by_target(stores).items()
                ],
                unit="minutes",
                width=_HALF,
            )


def _of_drills(label: Label, stores: Mapping[str, str], *, region: str, drill_days: int) -> Iterator[Widget]:
    yield Graph(
        title=f"Restore drills in {region}: days since the last success",
        series={name: drill_metric(label, AGE, store, region=region) for name, store in stores.items()},
        lines=[Line(value=drill_days, label="target")],
        width=_HALF,
    )
    yield Graph(
        title=f"Restore drills in {region}: time of a restore",
        series={name: drill_metric(label, MINUTES, store, region=region) for name, store in stores.items()},
        unit="minutes",
        width=_HALF,
    )


def _by_target(stores: Sequence[CopiedStore]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for store in stores:
        found.setdefault(store.most_minutes, []).append(store.name)
    return found


def _load(engine: str, named: Mapping[str, InstanceMetrics]) -> list[Widget]:
    return [
        Graph(
            title=f"{engine}: CPU",
            series={name: metrics.cpu_percent for name, metrics in named.items()},
            unit=_PERCENT,
        ),
        Graph(
            title=f"{engine}: connections", series={name: metrics.connection_count for name, metrics in named.items()}
        ),
        Graph(
            title=f"{engine}: free memory",
            series={name: metrics.free_memory_bytes for name, metrics in named.items()},
            unit="bytes",
        ),
    ]


def _latency(engine: str, named: Mapping[str, InstanceMetrics], *, unit: str) -> Iterator[Widget]:
    yield Graph(
        title=f"{engine}: time of a read",
        series={name: metrics.read_latency for name, metrics in named.items()},
        unit=unit,
    )
    yield Graph(
        title=f"{engine}: time of a write",
        series={name: metrics.write_latency for name, metrics in named.items()},
        unit=unit,
    )
