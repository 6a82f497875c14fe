"""The dashboard of the databases shows those that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.copies import CopiedStore
from modules.data.documentdb import Documentdb
from modules.data.postgres import Postgres
from modules.observability.data_dashboard import DataDashboard
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.modules.data.databases import Layers
from tests.modules.observability.bodies import labels, metric_names, properties_in
from tests.template import LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

PROD = fixture_environment("prod")


STORES = (
    CopiedStore(name="postgres", what="PostgreSQL", most_minutes=60, is_critical=True),
    CopiedStore(name="backups", what="the bucket of backups", most_minutes=75),
    CopiedStore(name="assets", what="the bucket of static files", most_minutes=75),
    CopiedStore(name="documentdb", what="DocumentDB", most_minutes=26 * 60, is_critical=True),
)


def widgets(
    *, postgres: bool = True, documentdb: bool = True, copies: Sequence[CopiedStore] = (), **changes: Any
) -> dict[str, dict[str, Any]]:
    layers = Layers.new()
    context = layers.context(protect=False)
    settings = present(PROD.postgres).model_copy(update=changes)
    DataDashboard(
        layers.service,
        "dashboard",
        label=LABEL,
        postgres=Postgres(
            layers.data,
            "postgres",
            config=settings,
            context=context,
            roles=PROD.postgres_roles,
            log_retention_days=30,
        )
        if postgres
        else None,
        documentdb=Documentdb(
            layers.data,
            "documentdb",
            config=present(PROD.documentdb),
            context=context,
            roles=PROD.documentdb_roles,
            log_retention_days=30,
        )
        if documentdb
        else None,
        copies=copies,
        copies_region="us-west-2" if copies else None,
    )
    return properties_in(layers.service)


def test_it_shows_load_connections_storage_and_speed_of_both_databases() -> None:
    found = widgets()
    expected = {
        "PostgreSQL: CPU": {"CPUUtilization"},
        "PostgreSQL: connections": {"DatabaseConnections"},
        "PostgreSQL: free memory": {"FreeableMemory"},
        "PostgreSQL: time of a read": {"ReadLatency"},
        "PostgreSQL: time of a write": {"WriteLatency"},
        "PostgreSQL: free storage": {"FreeStorageSpace"},
        "DocumentDB: CPU": {"CPUUtilization"},
        "DocumentDB: connections in use": {"DatabaseConnectionsMax", "DatabaseConnectionsLimit"},
        "DocumentDB: lag of the last replica": {"DBClusterReplicaLagMaximum"},
        "DocumentDB: reads from memory": {"BufferCacheHitRatio"},
    }
    assert {title: metric_names(found[title]) for title in expected} == expected
    assert labels(found["DocumentDB: CPU"]) == ["instance 1", "instance 2", "instance 3"]


def test_the_average_query_is_compared_with_its_target() -> None:
    found = widgets()["Proxy: time of a query, average"]
    assert metric_names(found) == {"QueryDatabaseResponseLatency", "DatabaseConnectionsBorrowLatency"}
    assert found["annotations"]["horizontal"] == [{"value": 50_000, "label": "target"}]


def test_each_replica_is_a_line() -> None:
    assert labels(widgets(replicas=2)["PostgreSQL: CPU"]) == ["primary", "replica 1", "replica 2"]


def test_what_is_not_there_is_not_shown() -> None:
    titles = set(widgets(documentdb=False, proxy=None))
    assert not {title for title in titles if title.startswith(("DocumentDB", "Proxy"))}
    assert not {title for title in widgets(postgres=False) if title.startswith(("PostgreSQL", "Proxy"))}


def test_the_ages_of_copies_are_compared_with_their_targets_in_the_second_region() -> None:
    found = widgets(copies=STORES)
    often = found["Copies in us-west-2: age of the newest one, made at once"]
    daily = found["Copies in us-west-2: age of the newest one, made each day"]
    assert (often["region"], daily["region"]) == ("us-west-2", "us-west-2")
    assert (labels(often), labels(daily)) == (["postgres", "backups", "assets"], ["documentdb"])
    assert often["annotations"]["horizontal"] == [
        {"value": 60, "label": "target of postgres"},
        {"value": 75, "label": "target of backups, assets"},
    ]
    assert not {title for title in widgets() if title.startswith("Copies")}
